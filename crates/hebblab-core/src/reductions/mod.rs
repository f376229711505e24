//! Sums, products, extremes and their places along one dimension of [outer, reduced, inner], and softmax of rows.
//!
//! Folds run in f64, in an order that the shape alone gives: the same bits for any number of threads and in every backend
//! of the SIMD lanes. NaN is an extreme; it is the place of one only where it comes first, as in tfjs.

mod places;
pub mod reference;
mod softmax;

pub use places::{Place, place, truth};
pub use softmax::{log_softmax, softmax};

use crate::buffers::zeros;
use crate::error::{KernelResult, ensure_length};
use crate::simd::quads::F64x4;
use crate::simd::{F32x4, LANES};
use crate::threads::{SharedOutput, Threads};

/// An input of [outer, reduced, inner] values, row-major, and an output of [outer, inner].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extents {
    pub outer: usize,
    pub reduced: usize,
    pub inner: usize,
}

/// What becomes of the values along the reduced dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// 0 of none.
    Sum,
    /// NaN of none.
    Mean,
    /// 1 of none.
    Product,
    /// NaN where one is; -infinity of none.
    Max,
    /// NaN where one is; infinity of none.
    Min,
}

/// Columns that are folded at the same time.
const COLUMNS: usize = 256;
/// How many values are folded by one piece of the work, about; where there are few outputs, longer folds are cut.
const PIECE: usize = 1 << 17;
/// As many pieces of outputs keep threads busy without cutting folds.
const ENOUGH_PIECES: usize = 8;

/// Reduces `input` to `out`.
///
/// # Errors
/// Lengths that do not fit, no memory for the parts of cut folds, or a thread that failed.
///
/// ```
/// use hebblab_core::reductions::{Extents, Reduction, reduce};
/// use hebblab_core::threads::OneThread;
/// let mut sums = [0.0; 2];
/// let columns = Extents { outer: 1, reduced: 3, inner: 2 };
/// reduce(&OneThread, Reduction::Sum, &[1.0, 10.0, 2.0, 20.0, 3.0, 30.0], columns, &mut sums)?;
/// assert_eq!(sums, [6.0, 60.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn reduce(
    threads: &dyn Threads,
    reduction: Reduction,
    input: &[f32],
    extents: Extents,
    out: &mut [f32],
) -> KernelResult<()> {
    const OPERATION: &str = "reduce";
    let Extents { outer, reduced, inner } = extents;
    ensure_length(OPERATION, "input", outer * reduced * inner, input.len())?;
    ensure_length(OPERATION, "out", outer * inner, out.len())?;
    let divisor = if reduction == Reduction::Mean { reduced as f64 } else { 1.0 };
    let blocks = inner.div_ceil(COLUMNS);
    let depth = depth_of_parts(extents);
    let parts = reduced.div_ceil(depth).max(1);
    // Folds of a few outputs go together.
    let together = if blocks == 1 && parts == 1 { (PIECE / (reduced * inner).max(1)).max(1) } else { 1 };
    let mut partial = zeros::<f64>(OPERATION, if parts > 1 { outer * parts * inner } else { 0 })?;
    let (shared, shared_partial) = (SharedOutput::new(out), SharedOutput::new(&mut partial));
    threads.run(outer.div_ceil(together) * parts * blocks, &|index, _| {
        let (first_column, rest) = (index % blocks * COLUMNS, index / blocks);
        let columns = COLUMNS.min(inner - first_column);
        let (part, group) = (rest % parts, rest / parts);
        let rows = part * depth..(part * depth + depth).min(reduced);
        for outer_index in group * together..(group * together + together).min(outer) {
            let mut results = [0.0; COLUMNS];
            let results = &mut results[..columns];
            let values = &input[outer_index * reduced * inner..][..reduced * inner];
            fold(reduction, &values[rows.start * inner..rows.end * inner], inner, first_column, results);
            let start = (outer_index * parts + part) * inner + first_column;
            // SAFETY: every outer index, part and block of columns has a range of its own.
            unsafe {
                if parts > 1 {
                    shared_partial.part(start..start + columns).copy_from_slice(results);
                } else {
                    finish(results, divisor, shared.part(start..start + columns));
                }
            }
        }
    })?;
    if parts > 1 {
        combine(reduction, &partial, parts, inner, divisor, out);
    }
    Ok(())
}

/// How many of the reduced values are folded in one go. Given by the shape alone.
fn depth_of_parts(Extents { outer, reduced, inner }: Extents) -> usize {
    let pieces = outer * inner.div_ceil(COLUMNS);
    if pieces >= ENOUGH_PIECES {
        return reduced.max(1);
    }
    (PIECE / inner.clamp(1, COLUMNS)).max(1)
}

fn combine(reduction: Reduction, partial: &[f64], parts: usize, inner: usize, divisor: f64, out: &mut [f32]) {
    for (index, value) in out.iter_mut().enumerate() {
        let first = index / inner * parts * inner + index % inner;
        let mut result = partial[first];
        for part in 1..parts {
            result = pair(reduction, result, partial[first + part * inner]);
        }
        *value = (result / divisor) as f32;
    }
}

fn finish(results: &[f64], divisor: f64, out: &mut [f32]) {
    for (value, result) in out.iter_mut().zip(results) {
        *value = (result / divisor) as f32;
    }
}

fn pair(reduction: Reduction, a: f64, b: f64) -> f64 {
    match reduction {
        Reduction::Sum | Reduction::Mean => a + b,
        Reduction::Product => a * b,
        Reduction::Max => larger(a, b),
        Reduction::Min => -larger(-a, -b),
    }
}

/// NaN where either is.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

/// Folds the rows of `inner` values for the columns from `first_column` on, as many as there are results. Sums, and extremes
/// of single rows, are the quick ones.
fn fold(reduction: Reduction, values: &[f32], inner: usize, first_column: usize, results: &mut [f64]) {
    match (reduction, inner) {
        (Reduction::Sum | Reduction::Mean, 1) => results[0] = sum_of_row(values),
        (Reduction::Sum | Reduction::Mean, _) => sum_columns(values, inner, first_column, results),
        (Reduction::Max, 1) => results[0] = extreme_of_row(values, 1.0),
        (Reduction::Min, 1) => results[0] = -extreme_of_row(values, -1.0),
        _ => {
            results.fill(match reduction {
                Reduction::Max => f64::NEG_INFINITY,
                Reduction::Min => f64::INFINITY,
                _ => 1.0,
            });
            for row in values.chunks_exact(inner) {
                for (result, value) in results.iter_mut().zip(&row[first_column..]) {
                    *result = pair(reduction, *result, f64::from(*value));
                }
            }
        }
    }
}

fn sum_of_row(values: &[f32]) -> f64 {
    const CHAINS: usize = 4;
    let mut sums = [F64x4::splat(0.0); CHAINS];
    let (blocks, rest) = values.as_chunks::<{ CHAINS * LANES }>();
    for block in blocks {
        for (chain, sum) in sums.iter_mut().enumerate() {
            *sum = *sum + F64x4::widen(F32x4::load(&block[chain * LANES..]));
        }
    }
    let whole = ((sums[0] + sums[1]) + (sums[2] + sums[3])).horizontal_sum();
    rest.iter().fold(whole, |sum, value| sum + f64::from(*value))
}

/// The largest of `sign * value`, NaN where one is.
fn extreme_of_row(values: &[f32], sign: f32) -> f64 {
    const CHAINS: usize = 4;
    let factor = F32x4::splat(sign);
    let mut kept = [F32x4::splat(f32::NEG_INFINITY); CHAINS];
    let (blocks, rest) = values.as_chunks::<{ CHAINS * LANES }>();
    for block in blocks {
        for (chain, kept) in kept.iter_mut().enumerate() {
            *kept = kept.maximum(F32x4::load(&block[chain * LANES..]) * factor);
        }
    }
    let lanes = kept[0].maximum(kept[1]).maximum(kept[2].maximum(kept[3])).to_array();
    let rest = rest.iter().map(|value| value * sign);
    lanes.into_iter().chain(rest).map(f64::from).fold(f64::NEG_INFINITY, larger)
}

fn sum_columns(values: &[f32], inner: usize, first_column: usize, sums: &mut [f64]) {
    /// Rows that are added to each other before they meet the sums so far.
    const ROWS: usize = 4;
    sums.fill(0.0);
    let columns = sums.len();
    let whole = columns - columns % LANES;
    let mut groups = values.chunks_exact(ROWS * inner);
    for group in groups.by_ref() {
        let row = |row: usize| &group[row * inner + first_column..][..columns];
        let rows = [row(0), row(1), row(2), row(3)];
        for first in (0..whole).step_by(LANES) {
            let load = |row: &[f32]| F64x4::widen(F32x4::load(&row[first..]));
            let pairs = (load(rows[0]) + load(rows[1])) + (load(rows[2]) + load(rows[3]));
            (F64x4::load(&sums[first..]) + pairs).store(&mut sums[first..]);
        }
        for column in whole..columns {
            let value = |row: &[f32]| f64::from(row[column]);
            sums[column] += (value(rows[0]) + value(rows[1])) + (value(rows[2]) + value(rows[3]));
        }
    }
    for row in groups.remainder().chunks_exact(inner) {
        for (sum, value) in sums.iter_mut().zip(&row[first_column..]) {
            *sum += f64::from(*value);
        }
    }
}
