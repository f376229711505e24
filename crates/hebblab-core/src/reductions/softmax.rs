//! Softmax and its logarithm, row by row.

use crate::elementwise::functions::exp_wide;
use crate::error::{KernelResult, ensure, ensure_length};
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
        (F64x4::widen(F32x4::load_rest(rest, 0.0)) * factor).narrow().store_rest(rest);
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

/// Takes a row's values, the largest of them, and where its results go.
type Row<'a> = dyn Fn(&[f32], f32, &mut [f32]) + Sync + 'a;

/// Calls `row(values, the largest of them, results)` where the largest is finite; the other rows become NaN.
fn for_each_row(
    threads: &dyn Threads,
    operation: &'static str,
    input: &[f32],
    columns: usize,
    out: &mut [f32],
    row: &Row,
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

/// Some value where one is NaN.
fn largest_of(values: &[f32]) -> f32 {
    const CHAINS: usize = 4;
    let padding = f32::NEG_INFINITY;
    let mut kept = [F32x4::splat(padding); CHAINS];
    let (blocks, rest) = values.as_chunks::<{ CHAINS * LANES }>();
    for block in blocks {
        for (chain, kept) in kept.iter_mut().enumerate() {
            *kept = kept.max(F32x4::load(&block[chain * LANES..]));
        }
    }
    let (blocks, rest) = rest.as_chunks::<LANES>();
    for block in blocks {
        kept[0] = kept[0].max(F32x4::load(block));
    }
    kept[1] = kept[1].max(F32x4::load_rest(rest, padding));
    kept[0].max(kept[1]).max(kept[2].max(kept[3])).horizontal_max()
}

/// The sum of `e^(x - largest)` over all values but one that is the largest; writes all the exponentials.
fn others(values: &[f32], largest: f32, out: Option<&mut [f32]>) -> f64 {
    let mut sums = Sums::of(largest);
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut out = out.map(|out| out.as_chunks_mut::<LANES>());
    // One place for whole blocks and the rest: it is long in machine code.
    for index in 0..=blocks.len() {
        let block = blocks.get(index);
        let x = block.map_or_else(|| F32x4::load_rest(rest, f32::NEG_INFINITY), |block| F32x4::load(block));
        let exponential = sums.add(x);
        if let Some((out_blocks, out_rest)) = &mut out {
            match out_blocks.get_mut(index) {
                Some(block) => exponential.store(block),
                None => exponential.store_rest(out_rest),
            }
        }
    }
    sums.below.horizontal_sum() + (sums.largest.horizontal_sum() - 1.0)
}

/// Sums over the values below the largest, and how many are the largest.
struct Sums {
    shift: F64x4,
    below: F64x4,
    largest: F64x4,
}

impl Sums {
    fn of(largest: f32) -> Self {
        let zero = F64x4::splat(0.0);
        Sums { shift: F64x4::splat(f64::from(largest)), below: zero, largest: zero }
    }

    #[inline(always)]
    fn add(&mut self, values: F32x4) -> F32x4 {
        let x = F64x4::widen(values);
        let exponential = exp_wide(x - self.shift);
        // NaN is among those below, and makes their sum NaN.
        let is_largest = x.equal(self.shift);
        let (zero, one) = (F64x4::splat(0.0), F64x4::splat(1.0));
        self.below = self.below + is_largest.select(zero, exponential);
        self.largest = self.largest + is_largest.select(one, zero);
        exponential.narrow()
    }
}
