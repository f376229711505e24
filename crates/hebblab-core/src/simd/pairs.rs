//! Products of pairs of 16-bit integers, eight at a time, summed in four i32 lanes: `i32x4.dot_i16x8`.

use super::integers::I32x4;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use std::arch::wasm32::*;

/// Two neighbouring 16-bit values: the first in the low half.
pub type Pair = u32;

/// Rows that are multiplied at once, of either operand.
pub const LEFT_ROWS: usize = 2;
pub const RIGHT_ROWS: usize = 4;

/// The pair of two values.
#[inline(always)]
pub fn pair(first: i16, second: i16) -> Pair {
    first as u16 as u32 | (second as u16 as u32) << 16
}

/// `dots[l][r] = sum_i left[l][i].0 right[r][i].0 + left[l][i].1 right[r][i].1` over rows of one length, modulo 2^32.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub fn pair_dots(left: [&[Pair]; LEFT_ROWS], right: [&[Pair]; RIGHT_ROWS]) -> [I32x4; LEFT_ROWS] {
    let length = left[0].len();
    let (left, right) = (left.map(|row| &row[..length]), right.map(|row| &row[..length]));
    let whole = length - length % 4;
    let mut sums = [[i32x4_splat(0); RIGHT_ROWS]; LEFT_ROWS];
    let mut at = 0;
    while at < whole {
        // SAFETY: `at + 4` pairs lie in every row, and wasm loads need no alignment.
        let load = |row: &[Pair]| unsafe { v128_load(row.as_ptr().add(at).cast()) };
        let values = left.map(load);
        for (column, row) in right.into_iter().enumerate() {
            let other = load(row);
            for (sums, &value) in sums.iter_mut().zip(&values) {
                sums[column] = i32x4_add(sums[column], i32x4_dot_i16x8(value, other));
            }
        }
        at += 4;
    }
    let dots = sums.map(I32x4::sums);
    if whole == length {
        return dots;
    }
    let rest = rest_dots(left.map(|row| &row[whole..]), right.map(|row| &row[whole..]));
    std::array::from_fn(|row| dots[row].wrapping_add(rest[row]))
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub fn pair_dots(left: [&[Pair]; LEFT_ROWS], right: [&[Pair]; RIGHT_ROWS]) -> [I32x4; LEFT_ROWS] {
    rest_dots(left, right).map(I32x4::new)
}

fn rest_dots(left: [&[Pair]; LEFT_ROWS], right: [&[Pair]; RIGHT_ROWS]) -> [[i32; RIGHT_ROWS]; LEFT_ROWS] {
    left.map(|row| {
        right.map(|other| {
            row.iter().zip(other).fold(0i32, |dot, (&a, &b)| {
                let product = |shift: u32| (a >> shift) as i16 as i32 * (b >> shift) as i16 as i32;
                dot.wrapping_add(product(0)).wrapping_add(product(16))
            })
        })
    })
}
