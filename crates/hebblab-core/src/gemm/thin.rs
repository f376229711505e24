//! Products with few columns, as a readout's: most of the time goes into reading op(a), which is used for no more
//! than one tile. So it is multiplied as it is read, or packed in parts that stay in the inner cache, and the lanes
//! of a vector are rows: none is wasted on columns that are not there.

use super::epilogue::Checked;
use super::packing::{Depth, flushed, pack_neighbouring_lanes};
use super::{Form, GemmShape, SMALL, SUM_DEPTH, Span, block, blocks};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::{F32x4, LANES};
use crate::threads::{OneThread, SharedOutput, Threads};

/// The classes of the usual data sets; their sums, a vector of op(a) and a value of op(b) fit the registers.
pub const MOST_COLUMNS: usize = 10;
/// Rows of a piece: two cache lines at each depth where rows are neighbours.
const PIECE_ROWS: usize = 8 * LANES;
/// Vectors in a packed part.
const PACKED: usize = PIECE_ROWS / LANES * SUM_DEPTH;

type Sums = [F32x4; MOST_COLUMNS];

#[derive(Debug, Default)]
pub struct ThinWorkspace {
    /// Zeros for columns that are not there.
    packed_b: Vec<[f32; MOST_COLUMNS]>,
    /// A part of op(a) per thread.
    packed_a: Vec<Depth<LANES>>,
}

impl ThinWorkspace {
    pub fn reserve(&mut self, inner: usize, threads: usize) -> KernelResult<()> {
        grow("gemm", &mut self.packed_b, inner)?;
        grow("gemm", &mut self.packed_a, threads * PACKED)?;
        Ok(())
    }
}

/// As [`super::gemm`], for at most [`MOST_COLUMNS`] columns and an `inner` that is not 0.
pub fn multiply_thin(
    threads: &dyn Threads,
    form: Form,
    shape: GemmShape,
    a: &[f32],
    b: &[f32],
    epilogue: Checked,
    out: &mut [f32],
    workspace: &mut ThinWorkspace,
) -> KernelResult<()> {
    let GemmShape { rows, columns, inner } = shape;
    let right = grow("gemm", &mut workspace.packed_b, inner)?;
    for (depth, values) in right.iter_mut().enumerate() {
        *values = std::array::from_fn(|column| {
            if column >= columns {
                0.0
            } else if form.transposes_b() {
                flushed(b[column * inner + depth])
            } else {
                flushed(b[depth * columns + column])
            }
        });
    }
    let right = &*right;
    let threads = if shape.multiply_adds() < SMALL { &OneThread } else { threads };
    let packed = SharedOutput::new(grow("gemm", &mut workspace.packed_a, threads.count() * PACKED)?);
    let out = SharedOutput::new(out);
    threads.run(rows.div_ceil(PIECE_ROWS), &|piece, thread| {
        let first = piece * PIECE_ROWS;
        let rows = Span { first, length: PIECE_ROWS.min(rows - first) };
        // SAFETY: pieces of one thread run one after the other, and each has rows of its own.
        let (packed, out) = unsafe {
            (
                packed.part(thread * PACKED..(thread + 1) * PACKED),
                out.part(first * columns..(first + rows.length) * columns),
            )
        };
        multiply_piece(form.transposes_a(), shape, a, right, rows, packed, out);
        epilogue.apply_to_rows(first, columns, out);
    })
}

fn multiply_piece(
    is_transposed: bool,
    shape: GemmShape,
    a: &[f32],
    right: &[[f32; MOST_COLUMNS]],
    rows: Span,
    packed: &mut [Depth<LANES>],
    out: &mut [f32],
) {
    let mut totals = [[F32x4::zero(); MOST_COLUMNS]; PIECE_ROWS / LANES];
    for depths in blocks(shape.inner, SUM_DEPTH) {
        let right = &right[depths.first..][..depths.length];
        let panels = rows.length.div_ceil(LANES);
        let packed = &mut packed[..panels * depths.length];
        if is_transposed {
            pack_neighbouring_lanes::<LANES, LANES>(block(a, shape.rows, rows, depths), packed);
        }
        for (panel, totals) in totals.iter_mut().enumerate().take(panels) {
            let sums = if is_transposed {
                sum_panel(right, &packed[panel * depths.length..][..depths.length])
            } else {
                let rows = std::array::from_fn(|lane| {
                    let row = rows.first + (panel * LANES + lane).min(rows.length - 1);
                    &a[row * shape.inner + depths.first..][..depths.length]
                });
                sum_rows(right, rows)
            };
            for (total, sum) in totals.iter_mut().zip(sums) {
                *total = if depths.first == 0 { sum } else { *total + sum };
            }
        }
    }
    for (rows, totals) in out.chunks_mut(LANES * shape.columns).zip(totals) {
        let totals = totals.map(F32x4::to_array);
        for (lane, row) in rows.chunks_exact_mut(shape.columns).enumerate() {
            for (value, total) in row.iter_mut().zip(&totals) {
                *value = total[lane];
            }
        }
    }
}

/// `sum_d panel[d][row] right[d][column]`, from the first depth to the last. Not inlined: V8 gives the registers of
/// one loop to another where both are in one function.
#[inline(never)]
fn sum_panel(right: &[[f32; MOST_COLUMNS]], panel: &[Depth<LANES>]) -> Sums {
    let mut sums = [F32x4::zero(); MOST_COLUMNS];
    for (Depth(rows), columns) in panel.iter().zip(right) {
        add_depth(&mut sums, F32x4::load(rows), columns);
    }
    sums
}

/// The same for rows that are not packed.
#[inline(never)]
fn sum_rows(right: &[[f32; MOST_COLUMNS]], rows: [&[f32]; LANES]) -> Sums {
    let mut sums = [F32x4::zero(); MOST_COLUMNS];
    let (chunks, rest) = right.as_chunks::<LANES>();
    let rows = rows.map(|row| row.as_chunks::<LANES>());
    for (chunk, columns) in chunks.iter().enumerate() {
        let transposed = F32x4::transpose(rows.map(|(row, _)| F32x4::load(&row[chunk]).flush_subnormals()));
        for (rows, columns) in transposed.into_iter().zip(columns) {
            add_depth(&mut sums, rows, columns);
        }
    }
    for (depth, columns) in rest.iter().enumerate() {
        add_depth(&mut sums, F32x4::load(&rows.map(|(_, row)| row[depth])).flush_subnormals(), columns);
    }
    sums
}

#[inline(always)]
fn add_depth(sums: &mut Sums, rows: F32x4, columns: &[f32; MOST_COLUMNS]) {
    for (sum, &column) in sums.iter_mut().zip(columns) {
        *sum = F32x4::splat(column).mul_add(rows, *sum);
    }
}
