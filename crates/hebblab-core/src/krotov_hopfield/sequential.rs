//! The sequential rule: the paper's differential equation, one sample after another.

use super::{
    Batch, KrotovHopfieldRule, KrotovHopfieldWorkspace, LayerShape, check, radius_power, samples_as_floats,
    write_effective,
};
use crate::buffers::grow;
use crate::competition::winners_and_rivals;
use crate::error::{KernelError, KernelResult, ensure};
use crate::norms::power_sum;
use crate::simd::dot;
use crate::threads::OneThread;

const OPERATION: &str = "krotovHopfieldSequentialStep";

/// Shows `batch_count` samples one after another. Each ranks the units by
/// Q = h / <W, W>^((p - 1) / p) with <W, W> = sum |W|^p, and moves two of them at once:
/// W += learning_rate g (R^p v - h W) with g = 1 for the first and -delta for rank k
/// (Krotov & Hopfield 2019, eq. 3, 9 and 10; arXiv 2405.00679, A2). `precision` plays no part.
///
/// `effective` [hidden, inputs] must hold [`super::effective_weights`] of `weights` and does so again afterwards.
///
/// # Errors
/// A rule out of range, a wrong length, inputs or weights that are not finite, or a unit whose
/// weights are all zero (its Q is 0 / 0): found before any weight changes. Weights that leave the
/// range of f32 because the learning rate is too large: found at the sample after.
pub fn sequential_step(
    rule: &KrotovHopfieldRule,
    shape: LayerShape,
    learning_rate: f32,
    batch_count: usize,
    batch: Batch,
    weights: &mut [f32],
    effective: &mut [f32],
    workspace: &mut KrotovHopfieldWorkspace,
) -> KernelResult<()> {
    check::rule(OPERATION, rule, shape, learning_rate)?;
    check::batch_lengths(OPERATION, shape, batch_count, batch)?;
    check::weight_lengths(OPERATION, shape, weights, effective)?;
    let LayerShape { inputs, hidden } = shape;
    ensure(inputs >= 1, OPERATION, || "at least 1 input".into(), || "0".into())?;
    let KrotovHopfieldWorkspace { floats, preactivations, power_sums, .. } = workspace;
    let samples = samples_as_floats(&OneThread, OPERATION, shape, batch, floats)?;
    check::finite_rows(OPERATION, "inputs", "sample", inputs, samples)?;
    check::finite_rows(OPERATION, "weights", "unit", inputs, weights)?;
    let power_sums = grow(OPERATION, power_sums, hidden)?;
    for (unit, (sum, row)) in power_sums.iter_mut().zip(weights.chunks_exact(inputs)).enumerate() {
        *sum = power_sum(row, rule.p);
        ensure(*sum > 0.0, OPERATION, || "weights that are not all zero".into(), || format!("unit {unit}"))?;
    }

    let radius_power = radius_power(rule);
    let exponent = (rule.p as f64 - 1.0) / rule.p as f64;
    let (preactivations, scores) = grow(OPERATION, preactivations, 2 * hidden)?.split_at_mut(hidden);
    for (sample_index, sample) in samples.chunks_exact(inputs).enumerate() {
        let rows = effective.chunks_exact(inputs);
        for (((h, score), row), sum) in
            preactivations.iter_mut().zip(&mut *scores).zip(rows).zip(&*power_sums)
        {
            *h = dot(row, sample);
            *score = (*h as f64 / libm::pow(*sum, exponent)) as f32;
        }
        let (mut winner, mut rival) = ([0], [0]);
        winners_and_rivals(scores, 1, hidden, rule.k, &mut winner, &mut rival).map_err(|error| {
            KernelError {
                operation: OPERATION,
                expected: "weights that stay within the range of f32 (a smaller learning rate helps)".into(),
                got: format!("{} after {sample_index} samples", error.got),
            }
        })?;
        for (unit, factor) in [(winner[0] as usize, 1.0), (rival[0] as usize, -rule.delta)] {
            let place = unit * inputs..(unit + 1) * inputs;
            let row = &mut weights[place.clone()];
            let (towards, decay) = (radius_power, preactivations[unit]);
            let rate = learning_rate * factor;
            for (weight, value) in row.iter_mut().zip(sample) {
                *weight += rate * (towards * value - decay * *weight);
            }
            write_effective(rule.p, row, &mut effective[place]);
            power_sums[unit] = power_sum(row, rule.p);
        }
    }
    Ok(())
}
