//! Matrix products of row-major f32 matrices: `out = op(a) op(b)`.
//!
//! Blocked after Goto & van de Geijn 2008 ("Anatomy of high-performance matrix multiplication"): both operands are
//! packed block by block, a block of op(b) stays in the outer cache of a core while panels of op(a) pass by it, and
//! tiles of the output stay in registers. Tiles follow each other along the rows of the output, which the processor
//! then fetches ahead. Threads share the packed operands and take pieces of the output.

mod batched;
mod epilogue;
mod packing;
pub mod reference;
pub mod single;
mod thin;
mod tile;

use crate::buffers::grow;
use crate::error::{KernelResult, ensure_length};
use crate::simd::{F32x4, LANES};
use crate::threads::{OneThread, SharedOutput, Threads, for_each_part};
pub use batched::batched_gemm;
use epilogue::Checked;
pub use epilogue::{Activation, Epilogue};
use packing::{Block, pack_neighbouring_depths, pack_neighbouring_lanes};
use tile::{ColumnsAtDepth, ROW_LANES, RowsAtDepth, TILE_COLUMNS, TILE_ROWS, Tile, multiply_panels};

/// Values that a tile sums before it adds them to the output. Fixed, since it decides how a sum is
/// grouped: an output must not depend on the other two dimensions.
const SUM_DEPTH: usize = 256;
/// Summed values per block. The output, often too large for the caches, is read once per block.
const BLOCK_DEPTH: usize = 2 * SUM_DEPTH;
/// Most rows of op(a) in a piece.
const PIECE_ROWS: usize = 20 * TILE_ROWS;
/// Most columns of op(b) in a piece: with [`BLOCK_DEPTH`] they take 600 KB, which stay in the outer cache.
const PIECE_COLUMNS: usize = 25 * TILE_COLUMNS;
/// Rows of op(a) that are packed at once. Not more where they are short: packed, they still fit the outer cache.
const BLOCK_ROWS: usize = 32 * PIECE_ROWS;
/// Columns of op(b) that are packed at once.
const BLOCK_COLUMNS: usize = 170 * TILE_COLUMNS;
/// Pieces that a block of the output is cut into where it is large enough: many, since the last to end
/// is waited for.
const PIECES: usize = 32;
/// Panels that are packed as one piece, or more where they are short.
const PANELS: usize = 8;
/// Products with fewer multiply-adds than this are not worth waking anybody: some 20 microseconds.
const SMALL: usize = 1 << 19;

/// Which operand is stored transposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `a` is [rows, inner], `b` is [inner, columns].
    NN,
    /// `a` is [rows, inner], `b` is [columns, inner].
    NT,
    /// `a` is [inner, rows], `b` is [inner, columns].
    TN,
    /// `a` is [inner, rows], `b` is [columns, inner].
    TT,
}

impl Form {
    /// Whether `a` is stored as [inner, rows].
    pub fn transposes_a(self) -> bool {
        matches!(self, Form::TN | Form::TT)
    }

    /// Whether `b` is stored as [columns, inner].
    pub fn transposes_b(self) -> bool {
        matches!(self, Form::NT | Form::TT)
    }
}

/// `out` is [rows, columns]; `inner` is the summed dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GemmShape {
    pub rows: usize,
    pub columns: usize,
    pub inner: usize,
}

impl GemmShape {
    /// At most the largest number: in WebAssembly the product of the sizes can be beyond it.
    fn multiply_adds(self) -> usize {
        self.rows.saturating_mul(self.columns).saturating_mul(self.inner)
    }
}

/// Buffers for packed panels, kept between calls so that a hot loop allocates nothing.
#[derive(Debug, Default)]
pub struct GemmWorkspace {
    packed_a: Vec<RowsAtDepth>,
    packed_b: Vec<ColumnsAtDepth>,
    thin: thin::ThinWorkspace,
}

/// `out = op(a) op(b)`; `inner = 0` gives zeros. A row of `out` depends on its own row of op(a) and
/// on `b` alone, bit for bit, whatever `rows` is. Subnormal operands count as zero.
///
/// # Errors
/// When a slice does not have the length its shape asks for, or memory is exhausted.
///
/// ```
/// use hebblab_core::gemm::{Form, GemmShape, GemmWorkspace, gemm};
/// use hebblab_core::threads::OneThread;
/// let shape = GemmShape { rows: 1, columns: 2, inner: 2 };
/// let mut out = [0.0; 2];
/// gemm(&OneThread, Form::NN, shape, &[1.0, 2.0], &[3.0, 4.0, 5.0, 6.0], &mut out,
///     &mut GemmWorkspace::default())?;
/// assert_eq!(out, [13.0, 16.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn gemm(
    threads: &dyn Threads,
    form: Form,
    shape: GemmShape,
    a: &[f32],
    b: &[f32],
    out: &mut [f32],
    workspace: &mut GemmWorkspace,
) -> KernelResult<()> {
    gemm_fused(threads, form, shape, a, b, &Epilogue::default(), out, workspace)
}

/// [`gemm`] with what follows it, before the product leaves the cache.
///
/// # Errors
/// As [`gemm`]; when the bias or the row scale does not fit, or the power is not positive and finite.
///
/// ```
/// use hebblab_core::gemm::{Activation, Epilogue, Form, GemmShape, GemmWorkspace, gemm_fused};
/// use hebblab_core::threads::OneThread;
/// let shape = GemmShape { rows: 1, columns: 2, inner: 2 };
/// let epilogue =
///     Epilogue { bias: Some(&[1.0, -20.0]), activation: Activation::Relu, ..Epilogue::default() };
/// let mut out = [0.0; 2];
/// gemm_fused(&OneThread, Form::NN, shape, &[1.0, 2.0], &[3.0, 4.0, 5.0, 6.0], &epilogue, &mut out,
///     &mut GemmWorkspace::default())?;
/// assert_eq!(out, [14.0, 0.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn gemm_fused(
    threads: &dyn Threads,
    form: Form,
    shape: GemmShape,
    a: &[f32],
    b: &[f32],
    epilogue: &Epilogue,
    out: &mut [f32],
    workspace: &mut GemmWorkspace,
) -> KernelResult<()> {
    let GemmShape { rows, columns, inner } = shape;
    ensure_length("gemm", "a", rows * inner, a.len())?;
    ensure_length("gemm", "b", inner * columns, b.len())?;
    ensure_length("gemm", "out", rows * columns, out.len())?;
    let epilogue = epilogue.check(shape)?;
    if rows == 0 || columns == 0 {
        return Ok(());
    }
    if inner == 0 {
        out.fill(0.0);
        epilogue.apply_to_rows(0, columns, out);
        return Ok(());
    }
    if thin::is_thin(shape) {
        return thin::multiply_thin(threads, form, shape, a, b, epilogue, out, &mut workspace.thin);
    }
    let threads = if shape.multiply_adds() < SMALL { &OneThread } else { threads };
    let out = SharedOutput::new(out);
    for rows in blocks(rows, BLOCK_ROWS) {
        for depths in blocks(inner, BLOCK_DEPTH) {
            let packed_a = pack_a(threads, form, shape, a, rows, depths, &mut workspace.packed_a)?;
            for columns in blocks(columns, BLOCK_COLUMNS) {
                let packed_b = pack_b(threads, form, shape, b, columns, depths, &mut workspace.packed_b)?;
                multiply_blocks(threads, shape, packed_a, packed_b, rows, columns, depths, epilogue, &out)?;
            }
        }
    }
    Ok(())
}

impl GemmWorkspace {
    /// Takes the memory that products of this shape need on one thread, so that they cannot fail for lack of it.
    ///
    /// # Errors
    /// When memory is exhausted.
    pub fn reserve(&mut self, shape: GemmShape) -> KernelResult<()> {
        if thin::is_thin(shape) {
            return self.thin.reserve(shape, 1);
        }
        let depth = shape.inner.min(BLOCK_DEPTH);
        let (rows, columns) = (shape.rows.min(BLOCK_ROWS), shape.columns.min(BLOCK_COLUMNS));
        grow("gemm", &mut self.packed_a, rows.div_ceil(TILE_ROWS) * depth)?;
        grow("gemm", &mut self.packed_b, columns.div_ceil(TILE_COLUMNS) * depth)?;
        Ok(())
    }
}

/// How many times a depth goes into a whole block's.
fn times_shorter(depth: usize) -> usize {
    (BLOCK_DEPTH / depth.max(1)).max(1)
}

#[derive(Clone, Copy)]
struct Span {
    first: usize,
    length: usize,
}

fn blocks(total: usize, block: usize) -> impl Iterator<Item = Span> {
    (0..total).step_by(block).map(move |first| Span { first, length: block.min(total - first) })
}

fn pack_a<'w>(
    threads: &dyn Threads,
    form: Form,
    shape: GemmShape,
    a: &[f32],
    rows: Span,
    depths: Span,
    buffer: &'w mut Vec<RowsAtDepth>,
) -> KernelResult<&'w [RowsAtDepth]> {
    let packed = grow("gemm", buffer, rows.length.div_ceil(TILE_ROWS) * depths.length)?;
    let panels = PANELS * times_shorter(depths.length);
    for_each_part(threads, packed, panels * depths.length, &|part, packed| {
        let rows = part_of(rows, part, panels * TILE_ROWS);
        if form.transposes_a() {
            pack_neighbouring_lanes::<ROW_LANES, TILE_ROWS>(block(a, shape.rows, rows, depths), packed);
        } else {
            pack_neighbouring_depths::<ROW_LANES, TILE_ROWS>(block(a, shape.inner, rows, depths), packed);
        }
    })?;
    Ok(packed)
}

fn pack_b<'w>(
    threads: &dyn Threads,
    form: Form,
    shape: GemmShape,
    b: &[f32],
    columns: Span,
    depths: Span,
    buffer: &'w mut Vec<ColumnsAtDepth>,
) -> KernelResult<&'w [ColumnsAtDepth]> {
    const WIDTH: usize = TILE_COLUMNS;
    let packed = grow("gemm", buffer, columns.length.div_ceil(WIDTH) * depths.length)?;
    let panels = PANELS * times_shorter(depths.length);
    for_each_part(threads, packed, panels * depths.length, &|part, packed| {
        let columns = part_of(columns, part, panels * WIDTH);
        if form.transposes_b() {
            pack_neighbouring_depths::<WIDTH, WIDTH>(block(b, shape.inner, columns, depths), packed);
        } else {
            pack_neighbouring_lanes::<WIDTH, WIDTH>(block(b, shape.columns, columns, depths), packed);
        }
    })?;
    Ok(packed)
}

/// Part number `part` of a span that is cut into parts of `length`.
fn part_of(span: Span, part: usize, length: usize) -> Span {
    let first = part * length;
    Span { first: span.first + first, length: length.min(span.length - first) }
}

fn block(values: &[f32], stride: usize, lanes: Span, depths: Span) -> Block<'_> {
    Block {
        values,
        stride,
        first_lane: lanes.first,
        lanes: lanes.length,
        first_depth: depths.first,
        depth: depths.length,
    }
}

fn multiply_blocks(
    threads: &dyn Threads,
    shape: GemmShape,
    packed_a: &[RowsAtDepth],
    packed_b: &[ColumnsAtDepth],
    rows: Span,
    columns: Span,
    depths: Span,
    epilogue: Checked,
    out: &SharedOutput<f32>,
) -> KernelResult<()> {
    let is_last = depths.first + depths.length == shape.inner;
    let tall = equal_parts(rows.length, rows.length.div_ceil(PIECE_ROWS), TILE_ROWS);
    let pieces_down = rows.length.div_ceil(tall);
    let pieces_across = PIECES.div_ceil(pieces_down).max(columns.length.div_ceil(PIECE_COLUMNS));
    let wide = equal_parts(columns.length, pieces_across, TILE_COLUMNS);
    let pieces_across = columns.length.div_ceil(wide);
    threads.run(pieces_down * pieces_across, &|piece, _| {
        let (down, across) = (piece / pieces_across, piece % pieces_across);
        let (rows, columns) = (part_of(rows, down, tall), part_of(columns, across, wide));
        let packed_a = packed_a.chunks(tall / TILE_ROWS * depths.length).nth(down).unwrap_or_default();
        let packed_b = packed_b.chunks(wide / TILE_COLUMNS * depths.length).nth(across).unwrap_or_default();
        multiply_piece(shape.columns, packed_a, packed_b, rows, columns, depths, out);
        if is_last && !epilogue.does_nothing() {
            finish_piece(epilogue, shape.columns, rows, columns, out);
        }
    })
}

/// Apart from the tiles' loop, since V8 gives the registers of one loop to another where both are in one function.
#[inline(never)]
fn finish_piece(epilogue: Checked, stride: usize, rows: Span, columns: Span, out: &SharedOutput<f32>) {
    for row in rows.first..rows.first + rows.length {
        let start = row * stride + columns.first;
        // SAFETY: each piece writes rows and columns of its own.
        epilogue.apply(row, columns.first, unsafe { out.part(start..start + columns.length) });
    }
}

/// The length of a part where `total` is cut into about `parts`, in whole tiles.
fn equal_parts(total: usize, parts: usize, tile: usize) -> usize {
    total.div_ceil(parts).next_multiple_of(tile)
}

fn multiply_piece(
    stride: usize,
    packed_a: &[RowsAtDepth],
    packed_b: &[ColumnsAtDepth],
    rows: Span,
    columns: Span,
    depths: Span,
    out: &SharedOutput<f32>,
) {
    for (panel, a_panel) in packed_a.chunks_exact(depths.length).enumerate() {
        let row = rows.first + panel * TILE_ROWS;
        let height = TILE_ROWS.min(rows.first + rows.length - row);
        for (panel, b_panel) in packed_b.chunks_exact(depths.length).enumerate() {
            let column = columns.first + panel * TILE_COLUMNS;
            let width = TILE_COLUMNS.min(columns.first + columns.length - column);
            let place = Place { start: row * stride + column, stride };
            if height == TILE_ROWS && width == TILE_COLUMNS {
                multiply_tile(a_panel, b_panel, depths.first == 0, place, out);
            } else {
                multiply_part_of_tile(a_panel, b_panel, depths.first == 0, place, height, width, out);
            }
        }
    }
}

/// Where a tile stands in the output.
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    stride: usize,
}

/// Writes a tile of the output, or adds to it.
#[inline(always)]
fn multiply_tile(
    a_panel: &[RowsAtDepth],
    b_panel: &[ColumnsAtDepth],
    mut is_first: bool,
    place: Place,
    out: &SharedOutput<f32>,
) {
    for (a_part, b_part) in a_panel.chunks(SUM_DEPTH).zip(b_panel.chunks(SUM_DEPTH)) {
        let tile = multiply_panels(a_part, b_part);
        if is_first {
            write_tile::<false>(tile, place, out);
        } else {
            write_tile::<true>(tile, place, out);
        }
        is_first = false;
    }
}

#[inline(always)]
fn write_tile<const ADD: bool>(tile: Tile, Place { start, stride }: Place, out: &SharedOutput<f32>) {
    for (row, sums) in tile.into_iter().enumerate() {
        let start = start + row * stride;
        // SAFETY: each piece writes rows and columns of its own.
        let target = unsafe { out.part(start..start + TILE_COLUMNS) };
        for (vector, sum) in sums.into_iter().enumerate() {
            let target = &mut target[vector * LANES..];
            let value = if ADD { F32x4::load(target) + sum } else { sum };
            value.store(target);
        }
    }
}

/// The top left part of a tile, where the output has no room for more. Apart, so that whole tiles need not leave
/// their registers.
#[inline(never)]
fn multiply_part_of_tile(
    a_panel: &[RowsAtDepth],
    b_panel: &[ColumnsAtDepth],
    mut is_first: bool,
    Place { start, stride }: Place,
    height: usize,
    width: usize,
    out: &SharedOutput<f32>,
) {
    for (a_part, b_part) in a_panel.chunks(SUM_DEPTH).zip(b_panel.chunks(SUM_DEPTH)) {
        let tile = multiply_panels(a_part, b_part);
        for (row, sums) in tile.iter().enumerate().take(height) {
            let start = start + row * stride;
            // SAFETY: each piece writes rows and columns of its own.
            let (vectors, rest) = unsafe { out.part(start..start + width) }.as_chunks_mut::<LANES>();
            let mut sums = sums.iter();
            for (target, &sum) in vectors.iter_mut().zip(&mut sums) {
                let value = if is_first { sum } else { F32x4::load(target) + sum };
                value.store(target);
            }
            let last = sums.next().copied().unwrap_or(F32x4::zero()).to_array();
            for (target, sum) in rest.iter_mut().zip(last) {
                *target = if is_first { sum } else { *target + sum };
            }
        }
        is_first = false;
    }
}
