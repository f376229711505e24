//! Products of bytes, sixteen at a time, summed in eight i16 lanes: `i16x8.relaxed_dot_i8x16_i7x16_s` where it is there.
//!
//! The right operand is q + 64 in 0..=127, since the instruction differs between machines beyond that, and the left one a
//! signed byte p. Sums of 16 bits wrap, which loses nothing: begun with -64 times the sum of p they end as a sum of q p,
//! and that fits. It does where the magnitudes of the q of a lane and block sum up to 255 at most.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use std::arch::wasm32::*;

use super::integers::I32x4;

/// Values that are summed in 16 bits: 32 in each of 8 lanes. Rows are whole blocks.
pub const BLOCK: usize = 256;
pub const LANES: usize = 8;
/// What is added to q.
pub const OFFSET: i16 = 64;
/// Of the q of a lane and block.
pub const LARGEST_SUM: f32 = 255.0;

/// Rows that are multiplied at once, of either operand.
pub const LEFT_ROWS: usize = 2;
pub const RIGHT_ROWS: usize = 4;

/// A row of the left operand, and for each lane of each block -64 times its sum, modulo 2^16.
#[derive(Clone, Copy)]
pub struct SignedRow<'a> {
    pub values: &'a [u8],
    pub starts: &'a [[i16; LANES]],
}

/// `dots[l][r] = sum_i left[l][i] (right[r][i] - 64)`.
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
#[inline(always)]
pub fn byte_dots(left: [SignedRow; LEFT_ROWS], right: [&[u8]; RIGHT_ROWS]) -> [I32x4; LEFT_ROWS] {
    let blocks = left[0].starts.len();
    for row in left {
        assert!(row.starts.len() == blocks && row.values.len() == blocks * BLOCK);
    }
    for row in right {
        assert!(row.len() == blocks * BLOCK);
    }
    let mut sums = [[i32x4_splat(0); RIGHT_ROWS]; LEFT_ROWS];
    for block in 0..blocks {
        // SAFETY: `block` is below the number of starts, and wasm loads need no alignment.
        let mut parts =
            left.map(|row| [unsafe { v128_load(row.starts.as_ptr().add(block).cast()) }; RIGHT_ROWS]);
        let mut at = block * BLOCK;
        while at < (block + 1) * BLOCK {
            // SAFETY: `at + 16` bytes lie in every row: all have `blocks` blocks.
            let load = |row: &[u8]| unsafe { v128_load(row.as_ptr().add(at).cast()) };
            let values = left.map(|row| load(row.values));
            for (column, row) in right.into_iter().enumerate() {
                let other = load(row);
                for (parts, &value) in parts.iter_mut().zip(&values) {
                    parts[column] = i16x8_add(parts[column], i16x8_relaxed_dot_i8x16_i7x16(value, other));
                }
            }
            at += 16;
        }
        for (sums, parts) in sums.iter_mut().zip(parts) {
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum = i32x4_add(*sum, i32x4_extadd_pairwise_i16x8(part));
            }
        }
    }
    sums.map(I32x4::sums)
}

/// Without that instruction 16-bit integers are multiplied, in sums of 32 bits that need no start.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(target_feature = "relaxed-simd")))]
#[inline(always)]
pub fn byte_dots(left: [SignedRow; LEFT_ROWS], right: [&[u8]; RIGHT_ROWS]) -> [I32x4; LEFT_ROWS] {
    let length = left[0].values.len();
    let (left, right) = (left.map(|row| &row.values[..length]), right.map(|row| &row[..length]));
    let mut sums = [[i32x4_splat(0); RIGHT_ROWS]; LEFT_ROWS];
    for at in (0..length / 8).map(|step| 8 * step) {
        // SAFETY: `at + 8` bytes lie in every row, and wasm loads need no alignment.
        let values = left.map(|row| unsafe { i16x8_load_extend_i8x8(row.as_ptr().add(at).cast()) });
        for (column, row) in right.into_iter().enumerate() {
            // SAFETY: as above.
            let other = unsafe { i16x8_load_extend_u8x8(row.as_ptr().add(at)) };
            let other = i16x8_sub(other, i16x8_splat(OFFSET));
            for (sums, &value) in sums.iter_mut().zip(&values) {
                sums[column] = i32x4_add(sums[column], i32x4_dot_i16x8(value, other));
            }
        }
    }
    sums.map(I32x4::sums)
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub fn byte_dots(left: [SignedRow; LEFT_ROWS], right: [&[u8]; RIGHT_ROWS]) -> [I32x4; LEFT_ROWS] {
    left.map(|row| {
        I32x4::new(right.map(|other| {
            let mut dot = 0;
            let blocks = row.values.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK));
            for ((values, others), &start) in blocks.zip(row.starts) {
                let mut sums = start;
                for (place, (&value, &other)) in values.iter().zip(others).enumerate() {
                    let sum = &mut sums[place / 2 % LANES];
                    *sum = sum.wrapping_add(i16::from(value as i8) * i16::from(other));
                }
                dot += sums.iter().map(|&sum| i32::from(sum)).sum::<i32>();
            }
            dot
        }))
    })
}
