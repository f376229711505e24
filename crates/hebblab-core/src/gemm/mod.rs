//! Matrix products of row-major f32 matrices: `out = op(a) op(b)`.
//!
//! Blocked as in Goto & van de Geijn 2008 ("Anatomy of high-performance matrix multiplication"):
//! a block of b is packed once and stays in the outer cache, blocks of a pass by it, and tiles of the
//! output stay in registers. Not done here: threads.

mod packing;
pub mod reference;
mod tile;

use crate::buffers::grow;
use crate::error::{KernelResult, ensure_length};
use crate::simd::{F32x4, LANES};
use packing::{Block, pack_neighbouring_depths, pack_neighbouring_lanes};
use tile::{ColumnsAtDepth, RowsAtDepth, TILE_COLUMNS, TILE_ROWS, Tile, multiply_panels};

/// Values that a tile sums before it adds them to the output. Fixed, since it decides how a sum is
/// grouped: an output must not depend on the other two dimensions.
const SUM_DEPTH: usize = 256;
/// Summed values per block. The output, often too large for the caches, is read once per block.
const BLOCK_DEPTH: usize = 2 * SUM_DEPTH;
/// Rows of op(a) per block.
const BLOCK_ROWS: usize = 40 * TILE_ROWS;
/// Columns of op(b) per block.
const BLOCK_COLUMNS: usize = 170 * TILE_COLUMNS;

/// Which operand is stored transposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `a` is [rows, inner], `b` is [inner, columns].
    NN,
    /// `a` is [rows, inner], `b` is [columns, inner].
    NT,
    /// `a` is [inner, rows], `b` is [inner, columns].
    TN,
}

/// `out` is [rows, columns]; `inner` is the summed dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GemmShape {
    pub rows: usize,
    pub columns: usize,
    pub inner: usize,
}

/// Buffers for packed panels, kept between calls so that a hot loop allocates nothing.
#[derive(Debug, Default)]
pub struct GemmWorkspace {
    packed_a: Vec<RowsAtDepth>,
    packed_b: Vec<ColumnsAtDepth>,
}

/// `out = op(a) op(b)`; `inner = 0` gives zeros. A row of `out` depends on its own row of op(a) and
/// on `b` alone, bit for bit, whatever `rows` is. Subnormal operands count as zero.
///
/// # Errors
/// When a slice does not have the length its shape asks for, or memory is exhausted.
///
/// ```
/// use hebblab_core::gemm::{Form, GemmShape, GemmWorkspace, gemm};
/// let shape = GemmShape { rows: 1, columns: 2, inner: 2 };
/// let mut out = [0.0; 2];
/// gemm(Form::NN, shape, &[1.0, 2.0], &[3.0, 4.0, 5.0, 6.0], &mut out, &mut GemmWorkspace::default())?;
/// assert_eq!(out, [13.0, 16.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn gemm(
    form: Form,
    shape: GemmShape,
    a: &[f32],
    b: &[f32],
    out: &mut [f32],
    workspace: &mut GemmWorkspace,
) -> KernelResult<()> {
    let GemmShape { rows, columns, inner } = shape;
    ensure_length("gemm", "a", rows * inner, a.len())?;
    ensure_length("gemm", "b", inner * columns, b.len())?;
    ensure_length("gemm", "out", rows * columns, out.len())?;
    if inner == 0 {
        out.fill(0.0);
    }
    for column_block in blocks(columns, BLOCK_COLUMNS) {
        for depth_block in blocks(inner, BLOCK_DEPTH) {
            let packed_b = pack_b(form, shape, b, column_block, depth_block, &mut workspace.packed_b)?;
            for row_block in blocks(rows, BLOCK_ROWS) {
                let packed_a = pack_a(form, shape, a, row_block, depth_block, &mut workspace.packed_a)?;
                multiply_blocks(shape, packed_a, packed_b, row_block, column_block, depth_block, out);
            }
        }
    }
    Ok(())
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
    form: Form,
    shape: GemmShape,
    a: &[f32],
    rows: Span,
    depths: Span,
    buffer: &'w mut Vec<RowsAtDepth>,
) -> KernelResult<&'w [RowsAtDepth]> {
    let packed = grow("gemm", buffer, rows.length.div_ceil(TILE_ROWS) * depths.length)?;
    match form {
        Form::NN | Form::NT => {
            pack_neighbouring_depths::<LANES, TILE_ROWS>(block(a, shape.inner, rows, depths), packed)
        }
        Form::TN => pack_neighbouring_lanes::<LANES, TILE_ROWS>(block(a, shape.rows, rows, depths), packed),
    }
    Ok(packed)
}

fn pack_b<'w>(
    form: Form,
    shape: GemmShape,
    b: &[f32],
    columns: Span,
    depths: Span,
    buffer: &'w mut Vec<ColumnsAtDepth>,
) -> KernelResult<&'w [ColumnsAtDepth]> {
    const WIDTH: usize = TILE_COLUMNS;
    let packed = grow("gemm", buffer, columns.length.div_ceil(WIDTH) * depths.length)?;
    match form {
        Form::NN | Form::TN => {
            pack_neighbouring_lanes::<WIDTH, WIDTH>(block(b, shape.columns, columns, depths), packed)
        }
        Form::NT => pack_neighbouring_depths::<WIDTH, WIDTH>(block(b, shape.inner, columns, depths), packed),
    }
    Ok(packed)
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
    shape: GemmShape,
    packed_a: &[RowsAtDepth],
    packed_b: &[ColumnsAtDepth],
    rows: Span,
    columns: Span,
    depths: Span,
    out: &mut [f32],
) {
    for (panel, b_panel) in packed_b.chunks_exact(depths.length).enumerate() {
        let column = columns.first + panel * TILE_COLUMNS;
        let width = TILE_COLUMNS.min(columns.first + columns.length - column);
        for (panel, a_panel) in packed_a.chunks_exact(depths.length).enumerate() {
            let row = rows.first + panel * TILE_ROWS;
            let height = TILE_ROWS.min(rows.first + rows.length - row);
            let target = &mut out[row * shape.columns + column..];
            let mut is_first = depths.first == 0;
            for (a_part, b_part) in a_panel.chunks(SUM_DEPTH).zip(b_panel.chunks(SUM_DEPTH)) {
                let tile = multiply_panels(a_part, b_part);
                if is_first {
                    write_tile::<false>(tile, shape.columns, height, width, target);
                } else {
                    write_tile::<true>(tile, shape.columns, height, width, target);
                }
                is_first = false;
            }
        }
    }
}

/// Writes, or adds, the top left `height` x `width` part of a tile to `target`.
#[inline(always)]
fn write_tile<const ADD: bool>(tile: Tile, stride: usize, height: usize, width: usize, target: &mut [f32]) {
    for (row, sums) in tile.iter().enumerate().take(height) {
        let target = &mut target[row * stride..][..width];
        if width == TILE_COLUMNS {
            for (target, &sum) in target.chunks_exact_mut(LANES).zip(sums) {
                let value = if ADD { F32x4::load(target) + sum } else { sum };
                value.store(target);
            }
        } else {
            let sums = sums.map(F32x4::to_array);
            for (target, &sum) in target.iter_mut().zip(sums.as_flattened()) {
                *target = if ADD { *target + sum } else { sum };
            }
        }
    }
}
