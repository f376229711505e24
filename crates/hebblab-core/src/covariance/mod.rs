//! Unbiased covariance of samples.

pub mod reference;

use crate::buffers::grow;
use crate::error::{KernelResult, ensure, ensure_finite, ensure_length};
use crate::gemm::{Form, GemmShape, GemmWorkspace, gemm};
use crate::threads::OneThread;
use crate::vectors_f64::power_of_two_scale;

const OPERATION: &str = "covariance";

/// Samples whose products are summed in f32 before they are added up in f64.
const CHUNK: usize = 256;

/// Width of the square blocks of features that are multiplied at once; only those on or above the
/// diagonal are.
const BLOCK: usize = 128;

/// Scaled deviations below this become 0. They are compared with others of magnitude 1, and products of
/// two of them would be denormal.
const NEGLIGIBLE: f32 = 1.0 / (1_u64 << 62) as f32;

/// Buffers kept between calls: about features * (256 + 5) values of 4 bytes.
#[derive(Default)]
pub struct CovarianceWorkspace {
    means: Vec<f64>,
    scales: Vec<f64>,
    panels: Vec<f32>,
    products: Vec<f32>,
    gemm: GemmWorkspace,
}

/// Covariance of the columns of `samples` [count, features], divided by `count - 1`, into `out`
/// [features, features].
///
/// Means are f64. Deviations are scaled per feature by a power of two to magnitudes of at most 2, so that
/// no unit of measurement over- or underflows; their products are summed in f32 over 256 samples and in
/// f64 over these chunks, in order. Entries are accurate to about 1e-6 of the product of the two features'
/// largest deviations.
///
/// # Errors
/// `count < 2`, no features, lengths that do not fit, non-finite samples.
///
/// ```
/// # use hebblab_core::covariance::{CovarianceWorkspace, covariance};
/// let mut out = [0.0; 4];
/// covariance(&[1.0, 0.0, 3.0, 8.0], 2, 2, &mut out, &mut CovarianceWorkspace::default()).unwrap();
/// assert_eq!(out, [2.0, 8.0, 8.0, 32.0]);
/// ```
pub fn covariance(
    samples: &[f32],
    count: usize,
    features: usize,
    out: &mut [f64],
    workspace: &mut CovarianceWorkspace,
) -> KernelResult<()> {
    check(samples, count, features, out)?;
    measure_features(samples, count, features, workspace)?;
    let CovarianceWorkspace { means, scales, panels, products, gemm: gemm_workspace } = workspace;
    let (means, scales) = (&means[..features], &scales[..features]);
    let panels = grow(OPERATION, panels, CHUNK.min(count) * features)?;
    let products = grow(OPERATION, products, BLOCK.min(features) * BLOCK.min(features))?;
    out.fill(0.0);
    for chunk in samples.chunks(CHUNK * features) {
        let rows = chunk.len() / features;
        pack_panels(chunk, features, means, scales, panels);
        for first_row in (0..features).step_by(BLOCK) {
            let height = BLOCK.min(features - first_row);
            for first_column in (first_row..features).step_by(BLOCK) {
                let width = BLOCK.min(features - first_column);
                let shape = GemmShape { rows: height, columns: width, inner: rows };
                let left = &panels[first_row * rows..(first_row + height) * rows];
                let right = &panels[first_column * rows..(first_column + width) * rows];
                let block = &mut products[..height * width];
                gemm(&OneThread, Form::TN, shape, left, right, block, gemm_workspace)?;
                for (row, sums) in block.chunks_exact(width).enumerate() {
                    let start = (first_row + row) * features + first_column;
                    for (value, sum) in out[start..start + width].iter_mut().zip(sums) {
                        *value += f64::from(*sum);
                    }
                }
            }
        }
    }
    unscale_and_mirror(out, count, scales);
    Ok(())
}

fn check(samples: &[f32], count: usize, features: usize, out: &[f64]) -> KernelResult<()> {
    ensure(count >= 2, OPERATION, || "at least 2 samples".into(), || count.to_string())?;
    ensure(features >= 1, OPERATION, || "at least 1 feature".into(), || features.to_string())?;
    ensure_length(OPERATION, "samples", count * features, samples.len())?;
    ensure_length(OPERATION, "out", features * features, out.len())?;
    ensure_finite(OPERATION, "samples", samples)
}

/// Fills the means, and the powers of two that bring each feature's largest deviation to [1, 2).
fn measure_features(
    samples: &[f32],
    count: usize,
    features: usize,
    workspace: &mut CovarianceWorkspace,
) -> KernelResult<()> {
    let means = grow(OPERATION, &mut workspace.means, features)?;
    means.fill(0.0);
    for row in samples.chunks_exact(features) {
        for (mean, value) in means.iter_mut().zip(row) {
            *mean += f64::from(*value);
        }
    }
    for mean in means.iter_mut() {
        *mean /= count as f64;
    }
    let scales = grow(OPERATION, &mut workspace.scales, features)?;
    scales.fill(0.0);
    for row in samples.chunks_exact(features) {
        for ((largest, mean), value) in scales.iter_mut().zip(means.iter()).zip(row) {
            *largest = (f64::from(*value) - mean).abs().max(*largest);
        }
    }
    for scale in scales.iter_mut() {
        *scale = power_of_two_scale(*scale);
    }
    Ok(())
}

/// Splits the scaled deviations of a chunk into panels [rows, BLOCK], each contiguous.
fn pack_panels(chunk: &[f32], features: usize, means: &[f64], scales: &[f64], panels: &mut [f32]) {
    let rows = chunk.len() / features;
    for first in (0..features).step_by(BLOCK) {
        let width = BLOCK.min(features - first);
        let panel = &mut panels[first * rows..(first + width) * rows];
        let (means, scales) = (&means[first..first + width], &scales[first..first + width]);
        for (row, target) in panel.chunks_exact_mut(width).enumerate() {
            let start = row * features + first;
            let source = &chunk[start..start + width];
            for (((deviation, value), mean), scale) in target.iter_mut().zip(source).zip(means).zip(scales) {
                let scaled = ((f64::from(*value) - mean) * scale) as f32;
                *deviation = if scaled.abs() < NEGLIGIBLE { 0.0 } else { scaled };
            }
        }
    }
}

fn unscale_and_mirror(out: &mut [f64], count: usize, scales: &[f64]) {
    let features = scales.len();
    let divisor = (count - 1) as f64;
    for row in 0..features {
        for column in row..features {
            let value = out[row * features + column] / divisor / scales[row] / scales[column];
            out[row * features + column] = value;
            out[column * features + row] = value;
        }
    }
}
