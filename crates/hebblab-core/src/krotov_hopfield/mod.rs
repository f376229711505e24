//! Krotov-Hopfield learning: units compete for each sample, the winner moves towards it and the
//! k-th ranked unit away from it.
//!
//! Sources: Krotov & Hopfield 2019, "Unsupervised learning by competing hidden units"; minibatch form
//! and settings as in arXiv 2405.00679. `reference` states both rules densely and in f64.

mod check;
mod contributions;
mod minibatch;
pub mod reference;
pub mod screening;
mod sequential;
mod update;

pub use minibatch::{RankedBy, Ranking, Step, minibatch_step};
pub use screening::{ProjectedLayer, Screen};
pub use sequential::sequential_step;

use crate::buffers::grow;
use crate::bytes::bytes_to_floats;
use crate::error::{KernelError, KernelResult, ensure, ensure_length};
use crate::gemm::{Form, GemmShape, GemmWorkspace, gemm};
use crate::threads::Threads;

use contributions::Contributions;
use screening::ScreeningWorkspace;

/// The settings of the rule that do not change while a layer learns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KrotovHopfieldRule {
    /// The power of the synaptic norm, finite and >= 2.
    pub p: f32,
    /// The rank of the unit that moves away, 2 <= k <= hidden.
    pub k: usize,
    /// The strength of moving away (anti-Hebbian learning), finite and >= 0; 0 turns it off.
    pub delta: f32,
    /// The L_p norm R that the weights of a unit converge to, finite and > 0.
    pub radius: f32,
    /// The least value that max |dW| is divided by as, finite and > 0 (1e-9 in the paper).
    pub precision: f32,
}

/// Weights are [hidden, inputs].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerShape {
    pub inputs: usize,
    pub hidden: usize,
}

/// Samples [batch, inputs], as floats or as bytes with one scale per sample.
#[derive(Debug, Clone, Copy)]
pub enum Batch<'a> {
    Floats(&'a [f32]),
    Bytes { pixels: &'a [u8], scales: &'a [f32] },
}

/// Buffers of both steps, kept between calls so that a training loop allocates nothing.
#[derive(Debug, Default)]
pub struct KrotovHopfieldWorkspace {
    gemm: GemmWorkspace,
    floats: Vec<f32>,
    preactivations: Vec<f32>,
    screening: ScreeningWorkspace,
    /// The pre-activations of winner and rival.
    ranked: Vec<f32>,
    contributions: Contributions,
    update: Vec<f32>,
    /// The largest change of each touched row.
    largest: Vec<f32>,
    power_sums: Vec<f64>,
}

impl KrotovHopfieldWorkspace {
    /// The units whose weights the last minibatch step changed, ascending.
    pub fn touched_units(&self) -> &[u32] {
        self.contributions.touched()
    }

    /// dW of the last minibatch step before it was scaled: one row of `inputs` values per touched unit.
    pub fn touched_updates(&self, inputs: usize) -> &[f32] {
        &self.update[..self.touched_units().len() * inputs]
    }
}

/// `out = W |W|^(p - 2)`, the weights that act on a sample (arXiv 2405.00679, A2), p >= 2.
///
/// # Errors
/// Lengths that differ, or p not finite or below 2.
///
/// ```
/// let mut effective = [0.0; 2];
/// hebblab_core::krotov_hopfield::effective_weights(3.0, &[-2.0, 0.5], &mut effective)?;
/// assert_eq!(effective, [-4.0, 0.25]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn effective_weights(p: f32, weights: &[f32], out: &mut [f32]) -> KernelResult<()> {
    const OPERATION: &str = "effectiveWeights";
    ensure(p >= 2.0 && p.is_finite(), OPERATION, || "finite p >= 2".into(), || p.to_string())?;
    ensure_length(OPERATION, "out", weights.len(), out.len())?;
    write_effective(p, weights, out);
    Ok(())
}

/// `out` [batch, hidden] = samples times effective weights transposed.
///
/// # Errors
/// A wrong length, or a scale that is not finite. Values are not looked at.
pub fn preactivations(
    threads: &dyn Threads,
    shape: LayerShape,
    batch_count: usize,
    batch: Batch,
    effective: &[f32],
    out: &mut [f32],
    workspace: &mut KrotovHopfieldWorkspace,
) -> KernelResult<()> {
    const OPERATION: &str = "krotovHopfieldPreactivations";
    check::batch_lengths(OPERATION, shape, batch_count, batch)?;
    ensure_length(OPERATION, "effective weights", shape.hidden * shape.inputs, effective.len())?;
    ensure_length(OPERATION, "out", batch_count * shape.hidden, out.len())?;
    let samples = samples_as_floats(threads, OPERATION, shape, batch, &mut workspace.floats)?;
    multiply(threads, shape, batch_count, samples, effective, out, &mut workspace.gemm)
}

fn multiply(
    threads: &dyn Threads,
    shape: LayerShape,
    batch_count: usize,
    samples: &[f32],
    effective: &[f32],
    out: &mut [f32],
    workspace: &mut GemmWorkspace,
) -> KernelResult<()> {
    let product = GemmShape { rows: batch_count, columns: shape.hidden, inner: shape.inputs };
    gemm(threads, Form::NT, product, samples, effective, out, workspace)
}

fn samples_as_floats<'a>(
    threads: &dyn Threads,
    operation: &'static str,
    shape: LayerShape,
    batch: Batch<'a>,
    buffer: &'a mut Vec<f32>,
) -> KernelResult<&'a [f32]> {
    match batch {
        Batch::Floats(samples) => Ok(samples),
        Batch::Bytes { pixels, scales } => {
            let floats = grow(operation, buffer, pixels.len())?;
            bytes_to_floats(threads, pixels, scales, shape.inputs, floats)
                .map_err(|error| KernelError { operation, ..error })?;
            Ok(floats)
        }
    }
}

fn write_effective(p: f32, weights: &[f32], out: &mut [f32]) {
    if p == 2.0 {
        out.copy_from_slice(weights);
    } else if p == 3.0 {
        for (out, weight) in out.iter_mut().zip(weights) {
            *out = weight * weight.abs();
        }
    } else {
        for (out, weight) in out.iter_mut().zip(weights) {
            *out = weight * libm::powf(weight.abs(), p - 2.0);
        }
    }
}

/// R^p, the weight of the sample in both rules.
fn radius_power(rule: &KrotovHopfieldRule) -> f32 {
    libm::pow(rule.radius as f64, rule.p as f64) as f32
}
