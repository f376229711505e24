//! Effective weights as integers times a scale, and what that leaves out.

use super::super::{LayerShape, check};
use super::{ROUNDED_UP, error_of_row};
use crate::error::{KernelResult, ensure_length};
use crate::simd::pairs::{Pair, pair};
use crate::threads::{SharedOutput, Threads, for_each_part};

/// What the screen knows of a unit.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub struct UnitScreen {
    /// t: a weight is about t times its integer.
    pub scale: f32,
    /// Bound of the error of t (q.p) per unit of |p|, and of everything else up to the f32 pre-activation.
    pub error: f32,
    /// |w|, rounded up.
    pub length: f32,
}

/// Derived forms of the effective weights, kept true for every row.
pub struct ScreenedWeights<'a> {
    /// q [hidden, padded_inputs / 2]: pairs of neighbouring inputs.
    pub quantised: &'a mut [Pair],
    /// [hidden]
    pub units: &'a mut [UnitScreen],
}

/// The inputs of a quantised row: even, the last may be a zero.
pub fn padded_inputs(inputs: usize) -> usize {
    inputs.next_multiple_of(2)
}

/// Writes q, t and the bounds of every row of `effective` [hidden, inputs].
///
/// # Errors
/// A wrong length.
pub fn refresh_all(
    threads: &dyn Threads,
    shape: LayerShape,
    effective: &[f32],
    screen: ScreenedWeights,
) -> KernelResult<()> {
    const OPERATION: &str = "createKrotovHopfieldScreen";
    ensure_length(OPERATION, "effective weights", shape.hidden * shape.inputs, effective.len())?;
    check::screened_lengths(OPERATION, shape, &screen)?;
    let pairs = padded_inputs(shape.inputs) / 2;
    let quantised = SharedOutput::new(screen.quantised);
    for_each_part(threads, screen.units, 8, &|part, units| {
        for (unit, place) in units.iter_mut().zip(8 * part..) {
            let row = &effective[place * shape.inputs..][..shape.inputs];
            // SAFETY: a unit belongs to one piece.
            refresh(row, unsafe { quantised.part(place * pairs..(place + 1) * pairs) }, unit);
        }
    })
}

/// Writes q, t and the bounds of one row of effective weights.
pub fn refresh(effective: &[f32], quantised: &mut [Pair], unit: &mut UnitScreen) {
    let largest = effective.iter().fold(0f32, |most, weight| most.max(weight.abs()));
    let levels = levels(effective.len());
    let scale = largest / levels;
    // Not representable, or so small that its inverse is not: the row is its own residual.
    let inverse = if scale > 1e-37 { 1.0 / scale } else { 0.0 };
    let scale = if inverse > 0.0 { scale } else { 0.0 };
    let integer = |weight: f32| (weight * inverse).round_ties_even().clamp(-levels, levels);
    let (pairs, rest) = effective.as_chunks::<2>();
    let (mut squares, mut residuals) = (0f64, 0f64);
    let mut add = |weight: f32, integer: f32| {
        // Subnormal weights count as zero in the product.
        let weight = if weight.abs() < f32::MIN_POSITIVE { 0.0 } else { f64::from(weight) };
        let residual = weight - f64::from(scale) * f64::from(integer);
        squares += weight * weight;
        residuals += residual * residual;
    };
    for (target, &[first, second]) in quantised.iter_mut().zip(pairs) {
        let (low, high) = (integer(first), integer(second));
        *target = pair(low as i16, high as i16);
        add(first, low);
        add(second, high);
    }
    if let (&[last], Some(target)) = (rest, quantised.last_mut()) {
        let low = integer(last);
        *target = pair(low as i16, 0);
        add(last, low);
    }
    let (length, residual) = (squares.sqrt() * ROUNDED_UP, residuals.sqrt() * ROUNDED_UP);
    *unit = UnitScreen {
        scale,
        error: error_of_row(effective.len(), length, residual) as f32 * ROUNDED_UP as f32,
        length: length as f32 * ROUNDED_UP as f32,
    };
}

/// The largest integer of a row such that the dot with bytes fits 31 bits; 12 bits at 3072 inputs.
fn levels(inputs: usize) -> f32 {
    const BYTES: usize = u8::MAX as usize;
    ((i32::MAX as usize) / (BYTES * inputs.max(1))).clamp(1, i16::MAX as usize) as f32
}
