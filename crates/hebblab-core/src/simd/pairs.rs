//! Products of pairs of 16-bit integers, eight at a time, summed in four i32 lanes: `i32x4.dot_i16x8`.

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
pub fn pair_dots(left: [&[Pair]; LEFT_ROWS], right: [&[Pair]; RIGHT_ROWS]) -> [[i32; RIGHT_ROWS]; LEFT_ROWS] {
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
    let mut dots = sums.map(|sums| {
        let pairs = [0, 2].map(|first| {
            let (a, b) = (sums[first], sums[first + 1]);
            i32x4_add(i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b))
        });
        let both =
            i32x4_add(i64x2_shuffle::<0, 2>(pairs[0], pairs[1]), i64x2_shuffle::<1, 3>(pairs[0], pairs[1]));
        [
            i32x4_extract_lane::<0>(both),
            i32x4_extract_lane::<1>(both),
            i32x4_extract_lane::<2>(both),
            i32x4_extract_lane::<3>(both),
        ]
    });
    if whole < length {
        add_rest(left.map(|row| &row[whole..]), right.map(|row| &row[whole..]), &mut dots);
    }
    dots
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub fn pair_dots(left: [&[Pair]; LEFT_ROWS], right: [&[Pair]; RIGHT_ROWS]) -> [[i32; RIGHT_ROWS]; LEFT_ROWS] {
    let mut dots = [[0; RIGHT_ROWS]; LEFT_ROWS];
    add_rest(left, right, &mut dots);
    dots
}

fn add_rest(
    left: [&[Pair]; LEFT_ROWS],
    right: [&[Pair]; RIGHT_ROWS],
    dots: &mut [[i32; RIGHT_ROWS]; LEFT_ROWS],
) {
    for (row, dots) in left.into_iter().zip(dots) {
        for (other, dot) in right.into_iter().zip(dots) {
            for (&a, &b) in row.iter().zip(other) {
                let product = |shift: u32| (a >> shift) as i16 as i32 * (b >> shift) as i16 as i32;
                *dot = dot.wrapping_add(product(0)).wrapping_add(product(16));
            }
        }
    }
}
