//! What both steps ask of their arguments.

use super::{Batch, KrotovHopfieldRule, LayerShape, radius_power};
use crate::error::{KernelError, KernelResult, ensure, ensure_length};

pub fn rule(
    operation: &'static str,
    rule: &KrotovHopfieldRule,
    shape: LayerShape,
    learning_rate: f32,
) -> KernelResult<()> {
    let KrotovHopfieldRule { p, k, delta, radius, precision } = *rule;
    let hidden = shape.hidden;
    let positive = |value: f32| value.is_finite() && value > 0.0;
    let rank_in_range = (2..=hidden).contains(&k);
    ensure(p.is_finite() && p >= 2.0, operation, || "finite p >= 2".into(), || p.to_string())?;
    ensure(rank_in_range, operation, || format!("2 <= k <= {hidden} units"), || format!("k = {k}"))?;
    ensure(
        delta.is_finite() && delta >= 0.0,
        operation,
        || "finite delta >= 0".into(),
        || delta.to_string(),
    )?;
    ensure(positive(radius), operation, || "finite radius > 0".into(), || radius.to_string())?;
    ensure(
        positive(radius_power(rule)),
        operation,
        || "a radius whose power p is a positive f32".into(),
        || format!("{radius}^{p}"),
    )?;
    ensure(positive(precision), operation, || "finite precision > 0".into(), || precision.to_string())?;
    ensure(
        learning_rate.is_finite(),
        operation,
        || "a finite learning rate".into(),
        || learning_rate.to_string(),
    )
}

pub fn batch_lengths(
    operation: &'static str,
    shape: LayerShape,
    batch_count: usize,
    batch: Batch,
) -> KernelResult<()> {
    let values = batch_count * shape.inputs;
    match batch {
        Batch::Floats(samples) => ensure_length(operation, "samples", values, samples.len()),
        Batch::Bytes { pixels, scales } => {
            ensure_length(operation, "pixels", values, pixels.len())?;
            ensure_length(operation, "scales", batch_count, scales.len())
        }
    }
}

pub fn weight_lengths(
    operation: &'static str,
    shape: LayerShape,
    weights: &[f32],
    effective: &[f32],
) -> KernelResult<()> {
    ensure_length(operation, "weights", shape.hidden * shape.inputs, weights.len())?;
    ensure_length(operation, "effective weights", weights.len(), effective.len())
}

/// Checks that every value of a [rows, inputs] array is finite; `row_name` says what a row is.
pub fn finite_rows(
    operation: &'static str,
    name: &str,
    row_name: &str,
    inputs: usize,
    values: &[f32],
) -> KernelResult<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(place) => Err(KernelError {
            operation,
            expected: format!("finite {name}"),
            got: format!("{} at {row_name} {}, input {}", values[place], place / inputs, place % inputs),
        }),
    }
}
