//! Products of f64 matrices: `out += factor * left right^T`, all of it or its lower triangle.
//!
//! Blocked as the f32 product is (Goto & van de Geijn 2008): operands are packed into panels of four lanes,
//! tiles of the output stay in registers. A panel serves as a left and as a right one, so that A A^T packs A once.

use std::ops::Range;

use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::doubles::{DOUBLES, F64x2};
use crate::threads::{OneThread, SharedOutput, Threads, for_each_part};

/// Rows, or columns, of a tile: 8 running sums of two lanes.
const TILE: usize = 4;
const VECTORS: usize = TILE / DOUBLES;

/// Summed values that are packed at once. Fixed: it decides how a sum is grouped.
pub const BLOCK_DEPTH: usize = 256;

/// A piece of the output: with [`BLOCK_DEPTH`] its rows take 192 KiB of the outer cache.
const PIECE_ROWS: usize = 24 * TILE;
const PIECE_COLUMNS: usize = 64 * TILE;

/// Panels that are packed as one piece.
const PANELS: usize = 8;

/// Products with fewer multiply-adds than this are not worth waking anybody.
const SMALL: usize = 1 << 18;

/// Four neighbouring lanes at one depth.
pub type Lanes = [f64; TILE];

/// Writes lanes of an operand, from the given one on and zeros where it ends, at the given depths.
pub type Pack<'a> = &'a (dyn Fn(usize, Range<usize>, &mut [Lanes]) + Sync);

/// `out` is [rows, columns] with its rows `stride` apart.
pub struct Product<'a> {
    pub rows: usize,
    pub columns: usize,
    pub depth: usize,
    pub stride: usize,
    pub left: Pack<'a>,
    /// `None`: the same as `left`.
    pub right: Option<Pack<'a>>,
    pub factor: f64,
    /// Only tiles that touch the diagonal or lie below it.
    pub lower: bool,
}

/// Packed panels, kept between calls: (rows + columns) * 256 values of 8 bytes at most.
#[derive(Debug, Default)]
pub struct ProductWorkspace {
    left: Vec<Lanes>,
    right: Vec<Lanes>,
}

#[inline(never)]
pub fn add_product(
    threads: &dyn Threads,
    operation: &'static str,
    product: &Product,
    out: &mut [f64],
    workspace: &mut ProductWorkspace,
) -> KernelResult<()> {
    let &Product { rows, columns, depth, .. } = product;
    let threads = if rows * columns * depth < SMALL { &OneThread } else { threads };
    let out = SharedOutput::new(out);
    let across = columns.div_ceil(PIECE_COLUMNS);
    for first in (0..depth).step_by(BLOCK_DEPTH) {
        let depths = first..depth.min(first + BLOCK_DEPTH);
        let ProductWorkspace { left, right } = &mut *workspace;
        let left = pack(threads, operation, product.left, rows, depths.clone(), left)?;
        let right = match product.right {
            Some(packer) => pack(threads, operation, packer, columns, depths.clone(), right)?,
            None => left,
        };
        threads.run(rows.div_ceil(PIECE_ROWS) * across, &|piece, _| {
            let (row, column) = (piece / across * PIECE_ROWS, piece % across * PIECE_COLUMNS);
            multiply_piece(product, row, column, depths.len(), left, right, &out);
        })?;
    }
    Ok(())
}

/// Packs lanes that are `lane_stride` apart and depths that are `depth_stride` apart; there are `lanes` of them.
pub fn strided(
    values: &[f64],
    lanes: usize,
    lane_stride: usize,
    depth_stride: usize,
) -> impl Fn(usize, Range<usize>, &mut [Lanes]) + Sync {
    move |first, depths, panel| {
        for (target, depth) in panel.iter_mut().zip(depths) {
            *target = std::array::from_fn(|lane| {
                if first + lane < lanes {
                    values[(first + lane) * lane_stride + depth * depth_stride]
                } else {
                    0.0
                }
            });
        }
    }
}

#[inline(never)]
fn pack<'w>(
    threads: &dyn Threads,
    operation: &'static str,
    packer: Pack,
    lanes: usize,
    depths: Range<usize>,
    buffer: &'w mut Vec<Lanes>,
) -> KernelResult<&'w [Lanes]> {
    let depth = depths.len();
    let packed = grow(operation, buffer, lanes.div_ceil(TILE) * depth)?;
    for_each_part(threads, packed, PANELS * depth, &|part, panels| {
        for (index, panel) in panels.chunks_exact_mut(depth).enumerate() {
            packer((part * PANELS + index) * TILE, depths.clone(), panel);
        }
    })?;
    Ok(packed)
}

#[inline(never)]
fn multiply_piece(
    product: &Product,
    first_row: usize,
    first_column: usize,
    depth: usize,
    left: &[Lanes],
    right: &[Lanes],
    out: &SharedOutput<f64>,
) {
    let last_row = product.rows.min(first_row + PIECE_ROWS);
    let last_column = product.columns.min(first_column + PIECE_COLUMNS);
    let panel = |packed, lane: usize| -> &[Lanes] { part_of(packed, lane / TILE * depth, depth) };
    for column in (first_column..last_column).step_by(TILE) {
        let right = panel(right, column);
        // Rows above the first tile that the column's tile meets the diagonal in are not wanted.
        let start = if product.lower { first_row.max(column) } else { first_row };
        for row in (start..last_row).step_by(TILE) {
            let tile = multiply_panels(panel(left, row), right);
            let width = TILE.min(last_column - column);
            for (offset, sums) in tile.iter().enumerate().take(last_row - row) {
                let place = (row + offset) * product.stride + column;
                // SAFETY: each piece writes rows and columns of its own.
                let target = unsafe { out.part(place..place + width) };
                add_sums(target, product.factor, sums);
            }
        }
    }
}

fn part_of(packed: &[Lanes], first: usize, length: usize) -> &[Lanes] {
    &packed[first..first + length]
}

#[inline(always)]
fn add_sums(target: &mut [f64], factor: f64, sums: &[F64x2; VECTORS]) {
    if let ([first, second], []) = target.as_chunks_mut::<DOUBLES>() {
        let factor = F64x2::splat(factor);
        factor.mul_add(sums[0], F64x2::load(first)).store(first);
        factor.mul_add(sums[1], F64x2::load(second)).store(second);
    } else {
        let sums = sums.map(F64x2::to_array);
        for (value, &sum) in target.iter_mut().zip(sums.as_flattened()) {
            let added = F64x2::splat(factor).mul_add(F64x2::splat(sum), F64x2::splat(*value));
            *value = added.to_array()[0];
        }
    }
}

/// The tile `sum_d left[d][row] right[d][column]`, summed from the first depth to the last.
#[inline(always)]
fn multiply_panels(left: &[Lanes], right: &[Lanes]) -> [[F64x2; VECTORS]; TILE] {
    let mut tile = [[F64x2::zero(); VECTORS]; TILE];
    for (left, &[first, second, third, fourth]) in left.iter().zip(right) {
        let columns = [F64x2::load(&[first, second]), F64x2::load(&[third, fourth])];
        for (sums, &value) in tile.iter_mut().zip(left) {
            let value = F64x2::splat(value);
            sums[0] = value.mul_add(columns[0], sums[0]);
            sums[1] = value.mul_add(columns[1], sums[1]);
        }
    }
    tile
}
