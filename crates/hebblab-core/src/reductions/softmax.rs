//! Softmax and its logarithm, row by row.

use crate::elementwise::functions::exp_wide;
use crate::error::{KernelResult, ensure, ensure_length};
use crate::simd::lanewise::maximum;
use crate::simd::quads::F64x4;
use crate::simd::{F32x4, LANES};
use crate::threads::{Threads, for_each_part};

/// Values that a piece of the work has, about.
const PIECE: usize = 1 << 14;

/// `out[i] = e^(x[i]) / sum_j e^(x[j])` over the rows of [rows, columns], within 1 unit in the last place, also below the
/// normal range. A row with NaN or infinity becomes NaN, except for -infinity beside finite values, which becomes 0.
///
/// # Errors
/// Lengths that do not fit, or a thread that failed.
///
/// ```
/// let mut out = [0.0; 2];
/// hebblab_core::reductions::softmax(&hebblab_core::threads::OneThread, &[7.0, 7.0], 2, &mut out)?;
/// assert_eq!(out, [0.5, 0.5]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn softmax(threads: &dyn Threads, input: &[f32], columns: usize, out: &mut [f32]) -> KernelResult<()> {
    for_each_row(threads, "softmax", input, columns, out, &|values, largest, out| {
        let others = others(values, largest, Some(&mut *out));
        let factor = F64x4::splat(1.0 / (1.0 + others));
        let (blocks, rest) = out.as_chunks_mut::<LANES>();
        for block in blocks {
            (F64x4::widen(F32x4::load(block)) * factor).narrow().store(block);
        }
        let mut block = [0.0; LANES];
        block[..rest.len()].copy_from_slice(rest);
        let block = (F64x4::widen(F32x4::load(&block)) * factor).narrow().to_array();
        rest.copy_from_slice(&block[..rest.len()]);
    })
}

/// The logarithm of [`softmax`], from the sum of the other exponentials: that of the largest keeps its precision where it
/// is almost 0.
///
/// # Errors
/// As [`softmax`].
pub fn log_softmax(
    threads: &dyn Threads,
    input: &[f32],
    columns: usize,
    out: &mut [f32],
) -> KernelResult<()> {
    for_each_row(threads, "logSoftmax", input, columns, out, &|values, largest, out| {
        let (largest, logarithm) = (f64::from(largest), libm::log1p(others(values, largest, None)));
        for (result, value) in out.iter_mut().zip(values) {
            *result = ((f64::from(*value) - largest) - logarithm) as f32;
        }
    })
}

/// Calls `row(values, the largest of them, results)` where the largest is finite; the other rows become NaN.
fn for_each_row(
    threads: &dyn Threads,
    operation: &'static str,
    input: &[f32],
    columns: usize,
    out: &mut [f32],
    row: &(dyn Fn(&[f32], f32, &mut [f32]) + Sync),
) -> KernelResult<()> {
    ensure_length(operation, "out", input.len(), out.len())?;
    let columns = columns.max(1);
    ensure(
        input.len().is_multiple_of(columns),
        operation,
        || format!("rows of {columns} values"),
        || format!("{} values", input.len()),
    )?;
    let piece = (PIECE / columns).max(1) * columns;
    for_each_part(threads, out, piece, &|index, part| {
        let rows = input[index * piece..].chunks_exact(columns).zip(part.chunks_exact_mut(columns));
        for (values, results) in rows {
            let largest = largest_of(values);
            if largest.is_finite() {
                row(values, largest, results);
            } else {
                results.fill(f32::NAN);
            }
        }
    })
}

/// NaN where one of the values is.
fn largest_of(values: &[f32]) -> f32 {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let start = F32x4::splat(f32::NEG_INFINITY);
    let lanes = blocks.iter().fold(start, |kept, block| kept.maximum(F32x4::load(block)));
    lanes.to_array().into_iter().chain(rest.iter().copied()).fold(f32::NEG_INFINITY, maximum)
}

/// The sum of `e^(x - largest)` over all values but one that is the largest; writes all the exponentials.
fn others(values: &[f32], largest: f32, mut out: Option<&mut [f32]>) -> f64 {
    let (one, zero, shift) = (F64x4::splat(1.0), F64x4::splat(0.0), F64x4::splat(f64::from(largest)));
    let (mut below, mut equal) = (zero, zero);
    for first in (0..values.len()).step_by(LANES) {
        let count = LANES.min(values.len() - first);
        let mut block = [f32::NEG_INFINITY; LANES];
        let x = if count == LANES {
            F32x4::load(&values[first..])
        } else {
            block[..count].copy_from_slice(&values[first..]);
            F32x4::load(&block)
        };
        let x = F64x4::widen(x);
        let exponential = exp_wide(x - shift);
        let is_below = x.less(shift);
        below = below + is_below.select(exponential, zero);
        equal = equal + is_below.select(zero, one);
        if let Some(out) = &mut out {
            if count == LANES {
                exponential.narrow().store(&mut out[first..]);
            } else {
                out[first..].copy_from_slice(&exponential.narrow().to_array()[..count]);
            }
        }
    }
    below.horizontal_sum() + (equal.horizontal_sum() - 1.0)
}
