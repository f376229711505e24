//! The minibatch rule, sparse: a sample moves two units, so only rows of W that won or were the rival
//! in the batch are computed and changed.

use super::contributions::Contribution;
use super::{
    Batch, KrotovHopfieldRule, KrotovHopfieldWorkspace, LayerShape, check, multiply, radius_power,
    samples_as_floats, write_effective,
};
use crate::buffers::grow;
use crate::competition::winners_and_rivals;
use crate::error::{KernelError, KernelResult, ensure, ensure_length};
use crate::simd::{F32x4, LANES};

const OPERATION: &str = "krotovHopfieldMinibatchStep";

/// One step of the minibatch rule on `batch_count` >= 1 samples; returns max |dW|.
///
/// h = W~ v; g = 1 for the winner, -delta for rank k; dW = R^p g^T V - (sum_b g h) W;
/// W += learning_rate dW / max(max |dW|, precision)  (arXiv 2405.00679, A2).
///
/// `effective` [hidden, inputs] must hold [`super::effective_weights`] of `weights` and does so again
/// afterwards. `winner` and `rival` [batch] receive the ranked units. The contributions to a row are
/// summed in the order of the samples. A failed step leaves weights and effective weights as they were.
///
/// # Errors
/// A rule out of range, a wrong length, or values that are not finite (blaming inputs or weights).
///
/// ```
/// use hebblab_core::krotov_hopfield::*;
/// let rule = KrotovHopfieldRule { p: 2.0, k: 2, delta: 0.0, radius: 1.0, precision: 1e-9 };
/// let shape = LayerShape { inputs: 2, hidden: 2 };
/// let (mut weights, mut effective) = ([1.0, 0.0, 0.0, 0.5], [1.0, 0.0, 0.0, 0.5]);
/// let (mut winner, mut rival) = ([0], [0]);
/// let batch = Batch::Floats(&[0.5, 0.5]);
/// // h = (0.5, 0.25): unit 0 moves by v - 0.5 w = (0, 0.5), scaled to a largest change of 0.1.
/// let largest = minibatch_step(&rule, shape, 0.1, 1, batch, &mut weights, &mut effective,
///     &mut winner, &mut rival, &mut KrotovHopfieldWorkspace::default())?;
/// assert_eq!((largest, winner, rival), (0.5, [0], [1]));
/// assert_eq!(weights, [1.0, 0.1, 0.0, 0.5]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn minibatch_step(
    rule: &KrotovHopfieldRule,
    shape: LayerShape,
    learning_rate: f32,
    batch_count: usize,
    batch: Batch,
    weights: &mut [f32],
    effective: &mut [f32],
    winner: &mut [u32],
    rival: &mut [u32],
    workspace: &mut KrotovHopfieldWorkspace,
) -> KernelResult<f32> {
    check::rule(OPERATION, rule, shape, learning_rate)?;
    ensure(batch_count >= 1, OPERATION, || "at least 1 sample".into(), || "0".into())?;
    check::batch_lengths(OPERATION, shape, batch_count, batch)?;
    check::weight_lengths(OPERATION, shape, weights, effective)?;
    ensure_length(OPERATION, "winner", batch_count, winner.len())?;
    ensure_length(OPERATION, "rival", batch_count, rival.len())?;

    let KrotovHopfieldWorkspace { gemm, floats, preactivations, contributions, update, .. } = workspace;
    let samples = samples_as_floats(OPERATION, shape, batch, floats)?;
    let preactivations = grow(OPERATION, preactivations, batch_count * shape.hidden)?;
    multiply(shape, batch_count, samples, effective, preactivations, gemm)?;
    winners_and_rivals(preactivations, batch_count, shape.hidden, rule.k, winner, rival)
        .map_err(|error| blame(error, shape, samples, weights))?;

    contributions.group(OPERATION, shape.hidden, rule.delta, winner, rival)?;
    let most_touched = shape.hidden.min(2 * batch_count);
    let rows = grow(OPERATION, update, most_touched * shape.inputs)?.chunks_exact_mut(shape.inputs.max(1));
    let radius_power = radius_power(rule);
    let mut largest = 0f32;
    for (&unit, row) in contributions.touched().iter().zip(rows) {
        let entries = contributions.of(unit);
        let weights = &weights[unit as usize * shape.inputs..][..shape.inputs];
        let preactivation = |sample: u32| preactivations[sample as usize * shape.hidden + unit as usize];
        let decay: f64 =
            entries.iter().map(|entry| entry.factor as f64 * preactivation(entry.sample) as f64).sum();
        sum_samples(entries, samples, row);
        largest = largest.max(finish_row(radius_power, decay as f32, weights, row));
    }
    ensure(
        largest.is_finite(),
        OPERATION,
        || "an update within the range of f32".into(),
        || "overflow: inputs or weights are too large".into(),
    )?;

    let divisor = largest.max(rule.precision);
    let rows = update.chunks_exact(shape.inputs.max(1));
    for (&unit, row) in contributions.touched().iter().zip(rows) {
        let place = unit as usize * shape.inputs..(unit as usize + 1) * shape.inputs;
        let weights = &mut weights[place.clone()];
        for (weight, change) in weights.iter_mut().zip(row) {
            *weight += learning_rate * (change / divisor);
        }
        write_effective(rule.p, weights, &mut effective[place]);
    }
    Ok(largest)
}

/// `row = sum factor * sample` in the order of the entries.
fn sum_samples(entries: &[Contribution], samples: &[f32], row: &mut [f32]) {
    let inputs = row.len();
    row.fill(0.0);
    for entry in entries {
        let sample = &samples[entry.sample as usize * inputs..][..inputs];
        let factor = F32x4::splat(entry.factor);
        let whole = inputs - inputs % LANES;
        for (sums, values) in row.chunks_exact_mut(LANES).zip(sample.chunks_exact(LANES)) {
            factor.mul_add(F32x4::load(values), F32x4::load(sums)).store(sums);
        }
        for (sum, value) in row[whole..].iter_mut().zip(&sample[whole..]) {
            *sum += entry.factor * value;
        }
    }
}

/// `row = radius_power * row - decay * weights`; returns the largest magnitude, infinite if a value is not finite.
fn finish_row(radius_power: f32, decay: f32, weights: &[f32], row: &mut [f32]) -> f32 {
    let mut largest = 0f32;
    let mut finite = true;
    for (change, weight) in row.iter_mut().zip(weights) {
        *change = radius_power * *change - decay * weight;
        finite &= change.is_finite();
        largest = largest.max(change.abs());
    }
    if finite { largest } else { f32::INFINITY }
}

/// Replaces "the pre-activation is not finite" by its cause.
fn blame(error: KernelError, shape: LayerShape, samples: &[f32], weights: &[f32]) -> KernelError {
    check::finite_rows(OPERATION, "inputs", "sample", shape.inputs, samples)
        .and_then(|()| check::finite_rows(OPERATION, "weights", "unit", shape.inputs, weights))
        .err()
        .unwrap_or(KernelError {
            operation: OPERATION,
            expected: "effective weights that belong to the weights, and pre-activations within f32".into(),
            got: error.got,
        })
}
