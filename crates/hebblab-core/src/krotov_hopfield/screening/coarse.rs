//! Effective weights as integers of 7 bits times a scale, for layers of which the projection of whole rows says nothing.
//!
//! A row is w = t q + r. Dots of q with the bytes are exact, and r takes the place of w in the projection: its part in the
//! directions in which the images vary most is known, and what is left is bounded by |r_tail| |p_tail|, both small.

use super::integer_product::store;
use crate::simd::F32x4;
use crate::simd::bytes::{BLOCK, LANES, LARGEST_SUM, LEFT_ROWS, OFFSET, RIGHT_ROWS, SignedRow, byte_dots};
use std::array::from_fn;

/// What is known of a row of bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[repr(C)]
pub struct CoarseUnit {
    /// t
    pub scale: f32,
    /// 128 times the sum of q: what dots with p - 128 leave out.
    pub centre: i32,
}

/// Coarse forms of the effective weights.
pub struct CoarseWeights<'a> {
    /// q + 64 [hidden, padded_bytes]
    pub bytes: &'a mut [u8],
    /// [hidden]
    pub units: &'a mut [CoarseUnit],
}

/// The bytes of a row.
pub fn padded_bytes(inputs: usize) -> usize {
    inputs.next_multiple_of(BLOCK)
}

/// Writes q, t and r = w - t q of a row; r is rounded twice.
pub fn refresh(effective: &[f32], bytes: &mut [u8], unit: &mut CoarseUnit, residual: &mut [f32]) {
    let (largest, largest_sum) = largest_of(effective);
    // Rounding moves the sum of 32 by 16 at most, and most often by little.
    for allowed in [250.0, 238.0] {
        let scale = (largest / 63.0).max(largest_sum / allowed);
        if !(1e-37..=f32::MAX).contains(&scale) || effective.len() > MOST_INPUTS {
            break;
        }
        if let Some(sum) = quantise(effective, scale, bytes, residual) {
            *unit = CoarseUnit { scale, centre: 128 * sum };
            return;
        }
    }
    // Of a row that has no such integers all is left.
    bytes.fill(OFFSET as u8);
    *unit = CoarseUnit::default();
    residual.copy_from_slice(effective);
}

/// The largest magnitude, and the largest sum of those of a lane and block, about.
fn largest_of(effective: &[f32]) -> (f32, f32) {
    let (mut largest, mut largest_sum) = (F32x4::zero(), 0f32);
    for block in effective.chunks(BLOCK) {
        let mut sums = [F32x4::zero(); VECTORS];
        for chunk in block.chunks(STEP) {
            for (sum, values) in sums.iter_mut().zip(magnitudes(chunk)) {
                largest = largest.max(values);
                *sum = *sum + values;
            }
        }
        let lanes = sums.map(F32x4::to_array);
        let pairs = lanes.as_flattened().as_chunks::<2>().0;
        largest_sum = pairs.iter().fold(largest_sum, |most, pair| most.max(pair[0] + pair[1]));
    }
    (largest.horizontal_max(), largest_sum)
}

/// Values that one instruction takes.
const STEP: usize = 2 * LANES;
const VECTORS: usize = STEP / 4;

fn magnitudes(chunk: &[f32]) -> [F32x4; VECTORS] {
    let mut padded = [0.0; STEP];
    padded[..chunk.len()].copy_from_slice(chunk);
    std::array::from_fn(|vector| F32x4::load(&padded[4 * vector..]).abs())
}

/// The sum of q; nothing where the sums of a lane and block are too large.
fn quantise(effective: &[f32], scale: f32, bytes: &mut [u8], residual: &mut [f32]) -> Option<i32> {
    let (scales, inverses) = (F32x4::splat(scale), F32x4::splat(1.0 / scale));
    bytes.fill(OFFSET as u8);
    let mut sum = F32x4::zero();
    let blocks = effective.chunks(BLOCK).zip(residual.chunks_mut(BLOCK)).zip(bytes.chunks_exact_mut(BLOCK));
    for ((weights, residual), bytes) in blocks {
        let mut sums = [F32x4::zero(); VECTORS];
        let chunks = weights.chunks(STEP).zip(residual.chunks_mut(STEP)).zip(bytes.chunks_exact_mut(STEP));
        for ((weights, residual), bytes) in chunks {
            let mut padded = [0.0; STEP];
            padded[..weights.len()].copy_from_slice(weights);
            let mut integers = [0.0; STEP];
            for (vector, sums) in sums.iter_mut().enumerate() {
                let weights = F32x4::load(&padded[4 * vector..]);
                let integer = (weights * inverses).nearest();
                integer.store(&mut integers[4 * vector..]);
                (weights - scales * integer).store(&mut padded[4 * vector..]);
                *sums = *sums + integer.abs();
                sum = sum + integer;
            }
            residual.copy_from_slice(&padded[..residual.len()]);
            for (byte, integer) in bytes.iter_mut().zip(integers) {
                // Beyond 63 by nothing but rounding.
                *byte = (integer as i32 + i32::from(OFFSET)) as u8;
            }
        }
        let lanes = sums.map(F32x4::to_array);
        if lanes.as_flattened().as_chunks::<2>().0.iter().any(|pair| pair[0] + pair[1] > LARGEST_SUM) {
            return None;
        }
    }
    Some(sum.horizontal_sum() as i32)
}

/// Dots of more could leave 31 bits.
const MOST_INPUTS: usize = 100_000;

/// The bytes p of a sample as p - 128, and where the sums of their products begin.
pub fn write_signed(pixels: &[u8], values: &mut [u8], starts: &mut [[i16; LANES]]) {
    values[pixels.len()..].fill(0);
    for (value, pixel) in values.iter_mut().zip(pixels) {
        *value = pixel ^ 0x80;
    }
    for (block, starts) in values.chunks_exact(BLOCK).zip(starts) {
        let mut sums = [0i16; LANES];
        for chunk in block.chunks_exact(2 * LANES) {
            for (sum, pair) in sums.iter_mut().zip(chunk.as_chunks::<2>().0) {
                *sum += i16::from(pair[0] as i8) + i16::from(pair[1] as i8);
            }
        }
        *starts = sums.map(|sum| sum.wrapping_mul(-OFFSET));
    }
}

/// `dots[sample, unit] += t_unit (q_unit . p_sample) factors[sample]`, rounded four times.
pub fn add_dots(
    samples: &[u8],
    starts: &[[i16; LANES]],
    factors: &[f32],
    bytes: &[u8],
    units: &[CoarseUnit],
    dots: &mut [f32],
) {
    let (count, hidden) = (factors.len(), units.len());
    let (length, blocks) = (samples.len() / count, starts.len() / count);
    for (units, first_unit) in units.chunks(RIGHT_ROWS).zip((0..).step_by(RIGHT_ROWS)) {
        let unit = |index: usize| index.min(units.len() - 1);
        let rows = from_fn(|index| &bytes[(first_unit + unit(index)) * length..][..length]);
        let scales = F32x4::load(&from_fn::<_, RIGHT_ROWS, _>(|index| units[unit(index)].scale));
        let centres = from_fn(|index| units[unit(index)].centre);
        for first in (0..count).step_by(LEFT_ROWS) {
            let samples = from_fn(|index| {
                let sample = (first + index).min(count - 1);
                let values = &samples[sample * length..][..length];
                SignedRow { values, starts: &starts[sample * blocks..][..blocks] }
            });
            for (sample, sums) in (first..count).zip(byte_dots(samples, rows)) {
                let dots = &mut dots[sample * hidden + first_unit..][..units.len()];
                let mut before = [0.0; RIGHT_ROWS];
                before[..dots.len()].copy_from_slice(dots);
                let products = scales * sums.wrapping_add(centres).to_floats();
                store(F32x4::load(&before) + products * F32x4::splat(factors[sample]), dots);
            }
        }
    }
}
