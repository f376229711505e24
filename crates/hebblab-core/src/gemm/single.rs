//! Single outputs of a product, with the bits that they have in the whole one.

use super::SUM_DEPTH;
use crate::simd::{F32x4, LANES};

/// Rows that are multiplied at once.
pub const ROWS: usize = LANES;

/// `sum_d a[d] rows[i][d]` for each i, summed as [`super::gemm`] does: outputs of the form NT, one by one.
pub fn single_outputs(a: &[f32], rows: [&[f32]; ROWS]) -> [f32; ROWS] {
    let mut sums = F32x4::zero();
    let mut depth = 0;
    // Two parts of the sum at a time, since each is a chain in which every step waits for the one before.
    while depth + 2 * SUM_DEPTH <= a.len() {
        let [first, second] = part_sums([depth, depth + SUM_DEPTH], SUM_DEPTH, a, rows);
        sums = if depth == 0 { first } else { sums + first };
        sums = sums + second;
        depth += 2 * SUM_DEPTH;
    }
    while depth < a.len() {
        let length = SUM_DEPTH.min(a.len() - depth);
        let [part] = part_sums([depth], length, a, rows);
        sums = if depth == 0 { part } else { sums + part };
        depth += length;
    }
    sums.to_array()
}

#[inline(always)]
fn part_sums<const PARTS: usize>(
    starts: [usize; PARTS],
    length: usize,
    a: &[f32],
    rows: [&[f32]; ROWS],
) -> [F32x4; PARTS] {
    let mut sums = [F32x4::zero(); PARTS];
    let whole = length - length % LANES;
    for offset in (0..whole).step_by(LANES) {
        for (sum, start) in sums.iter_mut().zip(starts) {
            let depth = start + offset;
            let columns = F32x4::transpose(rows.map(|row| F32x4::load(&row[depth..]).flush_subnormals()));
            let values = F32x4::load(&a[depth..]).flush_subnormals().to_array();
            for (value, column) in values.into_iter().zip(columns) {
                *sum = F32x4::splat(value).mul_add(column, *sum);
            }
        }
    }
    for offset in whole..length {
        for (sum, start) in sums.iter_mut().zip(starts) {
            let depth = start + offset;
            let column = F32x4::load(&rows.map(|row| row[depth])).flush_subnormals();
            *sum = F32x4::splat(a[depth]).flush_subnormals().mul_add(column, *sum);
        }
    }
    sums
}
