//! Effective weights as integers of 7 bits times a scale, for layers of which the projection of whole rows says nothing.
//!
//! A row is w = t q + r. Dots of q with the bytes are exact, and r takes the place of w in the projection: its part in the
//! directions in which the images vary most is known, and what is left is bounded by |r_tail| |p_tail|, both small.

use crate::simd::bytes::{
    BLOCK, LANES, LARGEST_SUM, LEFT_ROWS, OFFSET, RIGHT_ROWS, SignedRow, byte_dots, lane_of,
};

/// What is known of a row of bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[repr(C)]
pub struct CoarseUnit {
    /// t
    pub scale: f32,
    /// The sum of q, an integer.
    pub sum: f32,
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
    let largest = effective.iter().fold(0f32, |most, weight| most.max(weight.abs()));
    let mut largest_sum = 0f32;
    for block in effective.chunks(BLOCK) {
        let mut sums = [0f32; LANES];
        for chunk in block.chunks(2 * LANES) {
            for (sum, pair) in sums.iter_mut().zip(chunk.chunks(2)) {
                *sum += pair.iter().map(|weight| weight.abs()).sum::<f32>();
            }
        }
        largest_sum = sums.iter().fold(largest_sum, |most, &sum| most.max(sum));
    }
    // Rounding moves the sum of 32 by 16 at most, and most often by little.
    for allowed in [250.0, 238.0] {
        let scale = (largest / 63.0).max(largest_sum / allowed);
        if !(1e-37..=f32::MAX).contains(&scale) || effective.len() > MOST_INPUTS {
            break;
        }
        if quantise(effective, scale, bytes) {
            let mut sum = 0;
            for ((left, &weight), &byte) in residual.iter_mut().zip(effective).zip(&*bytes) {
                let q = i16::from(byte) - OFFSET;
                sum += i32::from(q);
                *left = weight - scale * f32::from(q);
            }
            *unit = CoarseUnit { scale, sum: sum as f32 };
            return;
        }
    }
    // Of a row that has no such integers all is left.
    bytes.fill(OFFSET as u8);
    *unit = CoarseUnit::default();
    residual.copy_from_slice(effective);
}

/// Dots of more could leave 31 bits.
const MOST_INPUTS: usize = 100_000;

/// Whether the sums of the integers are small enough.
fn quantise(effective: &[f32], scale: f32, bytes: &mut [u8]) -> bool {
    let inverse = 1.0 / scale;
    bytes.fill(OFFSET as u8);
    for (byte, weight) in bytes.iter_mut().zip(effective) {
        // As integers: beyond 63 by nothing but rounding.
        *byte = ((weight * inverse).round_ties_even() as i32 + i32::from(OFFSET)) as u8;
    }
    bytes.chunks_exact(BLOCK).all(|block| {
        let mut sums = [0u32; LANES];
        for (place, &byte) in block.iter().enumerate() {
            sums[lane_of(place)] += u32::from(byte.abs_diff(OFFSET as u8));
        }
        sums.iter().all(|&sum| sum <= LARGEST_SUM)
    })
}

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
    for first_unit in (0..hidden).step_by(RIGHT_ROWS) {
        let tile = &units[first_unit..hidden.min(first_unit + RIGHT_ROWS)];
        let rows = std::array::from_fn(|index| {
            &bytes[(first_unit + index.min(tile.len() - 1)) * length..][..length]
        });
        for first in (0..count).step_by(LEFT_ROWS) {
            let sums = byte_dots(
                std::array::from_fn(|index| {
                    let sample = (first + index).min(count - 1);
                    let values = &samples[sample * length..][..length];
                    SignedRow { values, starts: &starts[sample * blocks..][..blocks] }
                }),
                rows,
            );
            for (sample, sums) in (first..count).zip(sums) {
                let dots = &mut dots[sample * hidden + first_unit..][..tile.len()];
                for ((dot, unit), sum) in dots.iter_mut().zip(tile).zip(sums) {
                    *dot += unit.scale * (sum + 128 * unit.sum as i32) as f32 * factors[sample];
                }
            }
        }
    }
}
