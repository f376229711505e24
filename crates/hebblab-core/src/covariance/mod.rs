//! Unbiased covariance of samples.

pub mod reference;

use std::ops::Range;

use crate::buffers::grow;
use crate::error::{KernelResult, ensure, ensure_finite, ensure_length};
use crate::products_f64::{Lanes, Product, ProductWorkspace, add_product};
use crate::threads::{SharedOutput, Threads};

const OPERATION: &str = "covariance";

/// Rows of the output that are finished as one piece.
const PIECE_ROWS: usize = 64;

/// Buffers kept between calls: features * (256 + 1) values of 8 bytes.
#[derive(Default)]
pub struct CovarianceWorkspace {
    means: Vec<f64>,
    product: ProductWorkspace,
}

/// Covariance of the columns of `samples` [count, features], divided by `count - 1`, into `out`
/// [features, features].
///
/// Means, deviations and sums are f64; 256 samples are centred and packed at a time, so no f64 copy of the
/// samples is made. An entry is accurate to about 1e-16 `count` of the product of the two features' deviations.
/// The bits do not depend on the number of threads.
///
/// # Errors
/// `count < 2`, no features, lengths that do not fit, non-finite samples.
///
/// ```
/// # use hebblab_core::covariance::{CovarianceWorkspace, covariance};
/// # use hebblab_core::threads::OneThread;
/// let mut out = [0.0; 4];
/// let workspace = &mut CovarianceWorkspace::default();
/// covariance(&OneThread, &[1.0, 0.0, 3.0, 8.0], 2, 2, &mut out, workspace).unwrap();
/// assert_eq!(out, [2.0, 8.0, 8.0, 32.0]);
/// ```
pub fn covariance(
    threads: &dyn Threads,
    samples: &[f32],
    count: usize,
    features: usize,
    out: &mut [f64],
    workspace: &mut CovarianceWorkspace,
) -> KernelResult<()> {
    ensure(count >= 2, OPERATION, || "at least 2 samples".into(), || count.to_string())?;
    ensure(features >= 1, OPERATION, || "at least 1 feature".into(), || features.to_string())?;
    ensure_length(OPERATION, "samples", count * features, samples.len())?;
    ensure_length(OPERATION, "out", features * features, out.len())?;
    ensure_finite(OPERATION, "samples", samples)?;
    let CovarianceWorkspace { means, product } = workspace;
    let means = grow(OPERATION, means, features)?;
    fill_means(samples, means);
    let means = &*means;
    let deviations = |first, depths: Range<usize>, panel: &mut [Lanes]| {
        for (target, sample) in panel.iter_mut().zip(depths) {
            pack_deviations(&samples[sample * features..(sample + 1) * features], means, first, target);
        }
    };
    out.fill(0.0);
    let whole = Product {
        rows: features,
        columns: features,
        depth: count,
        stride: features,
        left: &deviations,
        right: None,
        factor: 1.0,
        lower: true,
    };
    add_product(threads, OPERATION, &whole, out, product)?;
    divide_and_mirror(threads, out, features, (count - 1) as f64)
}

/// The mean of each column of `samples`.
pub(crate) fn fill_means(samples: &[f32], means: &mut [f64]) {
    means.fill(0.0);
    for row in samples.chunks_exact(means.len()) {
        for (mean, value) in means.iter_mut().zip(row) {
            *mean += f64::from(*value);
        }
    }
    let count = (samples.len() / means.len()) as f64;
    for mean in means.iter_mut() {
        *mean /= count;
    }
}

/// The deviations of four neighbouring features of a sample; zeros beyond the last.
#[inline(always)]
pub(crate) fn pack_deviations(sample: &[f32], means: &[f64], first: usize, target: &mut Lanes) {
    let last = sample.len().min(first + target.len());
    *target = Lanes::default();
    for ((deviation, value), mean) in target.iter_mut().zip(&sample[first..last]).zip(&means[first..last]) {
        *deviation = f64::from(*value) - mean;
    }
}

fn divide_and_mirror(
    threads: &dyn Threads,
    out: &mut [f64],
    features: usize,
    divisor: f64,
) -> KernelResult<()> {
    let out = SharedOutput::new(out);
    threads.run(features.div_ceil(PIECE_ROWS), &|piece, _| {
        for row in piece * PIECE_ROWS..features.min((piece + 1) * PIECE_ROWS) {
            // SAFETY: a piece writes its rows up to the diagonal, and their mirror images.
            let own = unsafe { out.part(row * features..row * features + row + 1) };
            for (column, value) in own.iter_mut().enumerate() {
                *value /= divisor;
                if column < row {
                    let place = column * features + row;
                    // SAFETY: as above.
                    let mirror = unsafe { out.part(place..place + 1) };
                    mirror[0] = *value;
                }
            }
        }
    })
}
