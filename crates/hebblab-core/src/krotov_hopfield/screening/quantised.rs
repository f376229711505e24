//! Effective weights as integers times a scale, and what that leaves out.

use super::super::LayerShape;
use super::rounding::{ROUNDED_UP, UNIT, error_of_row};
use crate::error::{KernelResult, ensure_length};
use crate::simd::pairs::Pair;
use crate::simd::{F32x4, LANES};
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

impl ScreenedWeights<'_> {
    /// # Errors
    /// A wrong length.
    pub fn check_lengths(&self, operation: &'static str, shape: LayerShape) -> KernelResult<()> {
        let pairs = shape.hidden * padded_inputs(shape.inputs) / 2;
        ensure_length(operation, "quantised weights", pairs, self.quantised.len())?;
        ensure_length(operation, "unit screens", shape.hidden, self.units.len())
    }
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
    screen.check_lengths(OPERATION, shape)?;
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
///
/// With v = w / t, rounded twice, |w| is t |v| and |r| at most t (|v - q| + 2.2 u |v|), u = 2^-24; the f32 sums of up to 512
/// squares are off by less than 1e-5 of themselves.
pub fn refresh(effective: &[f32], quantised: &mut [Pair], unit: &mut UnitScreen) {
    let levels = levels(effective.len());
    let scale = largest_magnitude(effective) / levels;
    if !(SMALLEST_SCALE..=f32::MAX).contains(&scale) {
        quantised.fill(0);
        let squares: f64 = effective.iter().map(|&weight| f64::from(weight) * f64::from(weight)).sum();
        *unit = unit_screen(effective.len(), 0.0, squares.sqrt(), squares.sqrt());
        return;
    }
    let inverse = F32x4::splat(1.0 / scale);
    let (mut squares, mut residuals) = (0f64, 0f64);
    let chunks = effective.chunks(CHUNK).zip(quantised.chunks_mut(CHUNK / 2));
    for (weights, quantised) in chunks {
        let (mut square, mut residual) = (F32x4::zero(), F32x4::zero());
        let mut add = |weights: &[f32]| -> [Pair; 4] {
            let integers = [0, LANES].map(|lane| {
                let value = F32x4::load(&weights[lane..]) * inverse;
                let integer = value.nearest();
                let left = value - integer;
                square = square + value * value;
                residual = residual + left * left;
                integer
            });
            F32x4::to_pairs(integers[0], integers[1])
        };
        let (whole, rest) = weights.as_chunks::<{ 2 * LANES }>();
        let (targets, last) = quantised.split_at_mut(whole.len() * LANES);
        for (target, weights) in targets.chunks_exact_mut(LANES).zip(whole) {
            target.copy_from_slice(&add(weights));
        }
        if !rest.is_empty() {
            let mut padded = [0.0; 2 * LANES];
            padded[..rest.len()].copy_from_slice(rest);
            last.copy_from_slice(&add(&padded)[..last.len()]);
        }
        squares += f64::from(square.horizontal_sum());
        residuals += f64::from(residual.horizontal_sum());
    }
    const ROUNDED: f64 = 1.0 + 1e-5;
    let length = f64::from(scale) * squares.sqrt() * ROUNDED;
    let residual = f64::from(scale) * residuals.sqrt() * ROUNDED + 2.2 * UNIT * length;
    *unit = unit_screen(effective.len(), scale, length, residual);
}

/// Weights whose squares are summed in f32.
const CHUNK: usize = 512;

/// Of a row that is not its own residual: its inverse is a normal number too.
const SMALLEST_SCALE: f32 = 1e-37;

fn unit_screen(inputs: usize, scale: f32, length: f64, residual: f64) -> UnitScreen {
    UnitScreen {
        scale,
        error: (error_of_row(inputs, length, residual) * ROUNDED_UP) as f32,
        length: (length * ROUNDED_UP) as f32,
    }
}

fn largest_magnitude(values: &[f32]) -> f32 {
    let (whole, rest) = values.as_chunks::<LANES>();
    let largest = whole.iter().fold(F32x4::zero(), |most, values| most.max(F32x4::load(values).abs()));
    rest.iter().fold(largest.horizontal_max(), |most, value| most.max(value.abs()))
}

/// The largest integer of a row such that the dot with bytes fits 31 bits; 12 bits at 3072 inputs.
fn levels(inputs: usize) -> f32 {
    const BYTES: usize = u8::MAX as usize;
    ((i32::MAX as usize) / (BYTES * inputs.max(1))).clamp(1, i16::MAX as usize) as f32
}
