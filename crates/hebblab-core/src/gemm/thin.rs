//! Products in which one operand has few rows or columns, as a readout's: most of the time goes into reading the other,
//! the tall one, which is used for few tiles. So it is packed in parts that stay in the inner cache, and the lanes of
//! a vector are its rows: none is wasted on columns that are not there.

use super::epilogue::Checked;
use super::packing::{Depth, flushed, pack_neighbouring_depths, pack_neighbouring_lanes};
use super::{Form, GemmShape, SMALL, SUM_DEPTH, Span, block, blocks};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::{F32x4, LANES};
use crate::threads::{OneThread, SharedOutput, Threads};

/// The classes of the usual data sets: up to these, always thin.
const FEW_COLUMNS: usize = 10;
/// Most columns, where there are many more rows: tiles of 12 columns waste more of a product than packing twice takes.
const MOST_COLUMNS: usize = 32;
const MANY_ROWS: usize = 16;
/// Columns of a tile. With four vectors of rows it needs 13 registers, and six loads for eight multiply-adds.
const TILE_COLUMNS: usize = 2;
const TILE_VECTORS: usize = 4;
/// Rows of a panel: a cache line at each depth where rows are neighbours.
const PANEL: usize = TILE_VECTORS * LANES;
/// Most panels of a strip, whose depths are done together.
const STRIP: usize = 8;
const STRIP_ROWS: usize = STRIP * PANEL;

type Rows = Depth<PANEL>;
type Tile = [[F32x4; TILE_VECTORS]; TILE_COLUMNS];
type Totals = [Tile; MOST_COLUMNS.div_ceil(TILE_COLUMNS)];

#[derive(Debug, Default)]
pub struct ThinWorkspace {
    /// The narrow operand, two columns side by side; zeros for one that is not there.
    narrow: Vec<[f32; TILE_COLUMNS]>,
    /// A part of the tall operand per thread.
    tall: Vec<Rows>,
}

impl ThinWorkspace {
    pub fn reserve(&mut self, shape: GemmShape, threads: usize) -> KernelResult<()> {
        let columns = shape.columns.min(shape.rows);
        grow("gemm", &mut self.narrow, columns.div_ceil(TILE_COLUMNS) * shape.inner)?;
        grow("gemm", &mut self.tall, threads * STRIP * SUM_DEPTH)?;
        Ok(())
    }
}

/// Whether [`multiply_thin`] does this product.
pub fn is_thin(shape: GemmShape) -> bool {
    let few = shape.rows.min(shape.columns);
    let many = shape.rows.max(shape.columns);
    few <= FEW_COLUMNS || (few <= MOST_COLUMNS && many >= MANY_ROWS * few)
}

/// The tall operand and how it stands in the product, which is transposed where its columns are the many.
#[derive(Clone, Copy)]
struct Thin<'a> {
    tall: &'a [f32],
    /// Values of one depth are neighbours.
    has_neighbouring_rows: bool,
    rows: usize,
    columns: usize,
    inner: usize,
    narrow: &'a [[f32; TILE_COLUMNS]],
    is_transposed: bool,
}

/// As [`super::gemm_fused`], for few rows or few columns and an `inner` that is not 0.
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
    let inner = shape.inner;
    let is_transposed = shape.columns > shape.rows;
    let (rows, columns) =
        if is_transposed { (shape.columns, shape.rows) } else { (shape.rows, shape.columns) };
    let (tall, values, has_neighbouring_rows, has_neighbouring_columns) = if is_transposed {
        (b, a, !form.transposes_b(), form.transposes_a())
    } else {
        (a, b, form.transposes_a(), !form.transposes_b())
    };
    let threads = if shape.multiply_adds() < SMALL { &OneThread } else { threads };
    workspace.reserve(shape, threads.count())?;
    let ThinWorkspace { narrow, tall: packed } = workspace;
    if has_neighbouring_columns {
        pack_neighbouring_columns(values, columns, inner, narrow);
    } else {
        pack_columns(values, inner, narrow);
    }
    // Where rows are neighbours, reading eight cache lines of each depth lets the processor fetch the next ones ahead; else
    // two panels stay in the inner cache.
    let strip_rows = if has_neighbouring_rows { STRIP_ROWS } else { 2 * PANEL };
    let thin = Thin { tall, has_neighbouring_rows, rows, columns, inner, narrow, is_transposed };
    let (packed, out) = (SharedOutput::new(packed), SharedOutput::new(out));
    let strips = rows.div_ceil(strip_rows);
    let group = (SMALL / 8 / (strip_rows * columns).saturating_mul(inner)).max(1);
    threads.run(strips.div_ceil(group), &|piece, thread| {
        // SAFETY: pieces of one thread run one after the other.
        let packed = unsafe { packed.part(thread * STRIP * SUM_DEPTH..(thread + 1) * STRIP * SUM_DEPTH) };
        for strip in piece * group..strips.min((piece + 1) * group) {
            let first = strip * strip_rows;
            let rows = Span { first, length: strip_rows.min(rows - first) };
            multiply_strip(thin, rows, packed, epilogue, &out);
        }
    })
}

fn pack_neighbouring_columns(
    values: &[f32],
    columns: usize,
    inner: usize,
    packed: &mut [[f32; TILE_COLUMNS]],
) {
    for (depth, columns) in values.chunks_exact(columns).enumerate() {
        for (pair, columns) in columns.chunks(TILE_COLUMNS).enumerate() {
            packed[pair * inner + depth] =
                std::array::from_fn(|column| columns.get(column).map_or(0.0, |&value| flushed(value)));
        }
    }
}

fn pack_columns(values: &[f32], inner: usize, packed: &mut [[f32; TILE_COLUMNS]]) {
    for (columns, packed) in values.chunks(TILE_COLUMNS * inner).zip(packed.chunks_exact_mut(inner)) {
        let (first, second) = columns.split_at(inner);
        for (depth, packed) in packed.iter_mut().enumerate() {
            *packed = [flushed(first[depth]), second.get(depth).map_or(0.0, |&value| flushed(value))];
        }
    }
}

fn multiply_strip(thin: Thin, rows: Span, packed: &mut [Rows], epilogue: Checked, out: &SharedOutput<f32>) {
    let pairs = thin.columns.div_ceil(TILE_COLUMNS);
    let mut totals: [Totals; STRIP] =
        [[[[F32x4::zero(); TILE_VECTORS]; TILE_COLUMNS]; MOST_COLUMNS.div_ceil(TILE_COLUMNS)]; STRIP];
    for depths in blocks(thin.inner, SUM_DEPTH) {
        let packed = &mut packed[..rows.length.div_ceil(PANEL) * depths.length];
        pack(thin, rows, depths, packed);
        for (packed, totals) in packed.chunks_exact(depths.length).zip(&mut totals) {
            for (pair, totals) in totals.iter_mut().enumerate().take(pairs) {
                let narrow = &thin.narrow[pair * thin.inner + depths.first..][..depths.length];
                add_panel(packed, narrow, depths.first == 0, totals);
            }
        }
    }
    write_strip(thin, rows, &totals, epilogue, out);
}

fn pack(thin: Thin, rows: Span, depths: Span, packed: &mut [Rows]) {
    if !thin.has_neighbouring_rows {
        let source = block(thin.tall, thin.inner, rows, depths);
        return pack_neighbouring_depths::<PANEL, PANEL>(source, packed);
    }
    let first = depths.first * thin.rows + rows.first;
    if rows.length < STRIP_ROWS {
        let source = block(thin.tall, thin.rows, rows, depths);
        return pack_neighbouring_lanes::<PANEL, PANEL>(source, packed);
    }
    // All panels of a depth together, as its cache lines are neighbours.
    for (depth, line) in thin.tall[first..].chunks(thin.rows).take(depths.length).enumerate() {
        let line = &line[..STRIP_ROWS];
        for (panel, line) in line.as_chunks::<PANEL>().0.iter().enumerate() {
            let Depth(target) = &mut packed[panel * depths.length + depth];
            for vector in 0..TILE_VECTORS {
                let values = F32x4::load(&line[vector * LANES..]).flush_subnormals();
                values.store(&mut target[vector * LANES..]);
            }
        }
    }
}

/// Adds `sum_d panel[d][row] narrow[d][column]`, from the first depth to the last, or writes it. Not inlined: V8 gives
/// the registers of one loop to another where both are in one function.
#[inline(never)]
fn add_panel(panel: &[Rows], narrow: &[[f32; TILE_COLUMNS]], is_first: bool, totals: &mut Tile) {
    let mut sums = [[F32x4::zero(); TILE_VECTORS]; TILE_COLUMNS];
    for (Depth(rows), columns) in panel.iter().zip(narrow) {
        let rows: [F32x4; TILE_VECTORS] = std::array::from_fn(|vector| F32x4::load(&rows[vector * LANES..]));
        for (sums, &column) in sums.iter_mut().zip(columns) {
            let column = F32x4::splat(column);
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum = column.mul_add(row, *sum);
            }
        }
    }
    if is_first {
        *totals = sums;
    } else {
        for (total, &sum) in totals.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
            *total = *total + sum;
        }
    }
}

fn write_strip(thin: Thin, rows: Span, totals: &[Totals; STRIP], epilogue: Checked, out: &SharedOutput<f32>) {
    let Thin { rows: stride, columns, is_transposed, .. } = thin;
    let lanes_of = |panel: usize, column: usize| -> [f32; PANEL] {
        let vectors = totals[panel][column / TILE_COLUMNS][column % TILE_COLUMNS].map(F32x4::to_array);
        std::array::from_fn(|lane| vectors[lane / LANES][lane % LANES])
    };
    if is_transposed {
        for column in 0..columns {
            let start = column * stride + rows.first;
            // SAFETY: each strip writes rows of its own, which are columns of the output.
            let values = unsafe { out.part(start..start + rows.length) };
            for (panel, values) in values.chunks_mut(PANEL).enumerate() {
                values.copy_from_slice(&lanes_of(panel, column)[..values.len()]);
            }
            epilogue.apply(column, rows.first, values);
        }
    } else {
        // SAFETY: each strip writes rows of its own.
        let values = unsafe { out.part(rows.first * columns..(rows.first + rows.length) * columns) };
        for (panel, values) in values.chunks_mut(PANEL * columns).enumerate() {
            for column in 0..columns {
                for (row, total) in values.chunks_exact_mut(columns).zip(lanes_of(panel, column)) {
                    row[column] = total;
                }
            }
        }
        epilogue.apply_to_rows(rows.first, columns, values);
    }
}
