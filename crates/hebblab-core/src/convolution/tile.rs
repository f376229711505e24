//! Tiles of a product that stay in registers while the summed dimension runs.

use super::strips::{Position, Run, flushed};
use crate::simd::{F32x4, LANES};

/// Outputs, or values of the filter, of a tile.
pub const TILE_ROWS: usize = 4;
const TILE_VECTORS: usize = 2;
/// Neighbouring channels of a tile: numbers of channels are mostly multiples of 8.
pub const TILE_COLUMNS: usize = TILE_VECTORS * LANES;

pub type Tile = [[F32x4; TILE_VECTORS]; TILE_ROWS];

/// The channels of a panel at one place of the summed dimension.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(16))]
pub struct Columns(pub [f32; TILE_COLUMNS]);

/// For outputs that begin at `starts` in a copied strip: the sum over all runs with the filter's panel of them.
#[inline(always)]
pub fn multiply_runs(strip: &[f32], starts: [usize; TILE_ROWS], runs: &[Run], filter: &[Columns]) -> Tile {
    let mut tile = [[F32x4::zero(); TILE_VECTORS]; TILE_ROWS];
    let mut filter = filter;
    for run in runs {
        let (panel, others) = filter.split_at(run.length);
        filter = others;
        let [first, second, third, fourth] = starts.map(|start| &strip[start + run.offset..][..run.length]);
        for ((((columns, a), b), c), d) in panel.iter().zip(first).zip(second).zip(third).zip(fourth) {
            add_products(&mut tile, [*a, *b, *c, *d], columns);
        }
    }
    tile
}

/// For four values that each position reads of a copied strip, at `offsets` behind its start: the sum over all
/// positions with their panel of gradients. Starts must ascend.
pub fn multiply_positions(
    strip: &[f32],
    positions: &[Position],
    offsets: [u32; TILE_ROWS],
    gradient: &[Columns],
) -> Tile {
    let last = positions.last().map_or(0, |position| position.start as usize);
    assert!(
        offsets.iter().all(|&offset| last + (offset as usize) < strip.len()),
        "offsets inside of a strip"
    );
    let tails = offsets.map(|offset| &strip[offset as usize..]);
    let mut tile = [[F32x4::zero(); TILE_VECTORS]; TILE_ROWS];
    if offsets == [0, 1, 2, 3].map(|place| offsets[0] + place) {
        // Of one address instead of four.
        for (position, columns) in positions.iter().zip(gradient) {
            let start = position.start as usize;
            // SAFETY: no start is behind the last, and from there on all offsets are inside.
            let values = unsafe { tails[0].get_unchecked(start..start + TILE_ROWS) };
            add_products(&mut tile, [values[0], values[1], values[2], values[3]], columns);
        }
    } else {
        for (position, columns) in positions.iter().zip(gradient) {
            // SAFETY: as above.
            let values = tails.map(|tail| unsafe { *tail.get_unchecked(position.start as usize) });
            add_products(&mut tile, values, columns);
        }
    }
    tile
}

/// For outputs that begin at `starts` in a copied strip, and eight neighbouring channels, each by itself: the sum over
/// all taps, which are at `offsets` behind a start. Offsets must ascend.
#[inline(always)]
pub fn multiply_taps(
    strip: &[f32],
    starts: [usize; TILE_ROWS],
    offsets: &[u32],
    weights: &[Columns],
) -> Tile {
    let last = offsets.last().map_or(0, |&offset| offset as usize) + TILE_COLUMNS;
    let tails = starts.map(|start| &strip[start..]);
    assert!(tails.iter().all(|tail| last <= tail.len()), "taps inside of a strip");
    let mut tile = [[F32x4::zero(); TILE_VECTORS]; TILE_ROWS];
    for (&offset, Columns(weights)) in offsets.iter().zip(weights) {
        for (sums, tail) in tile.iter_mut().zip(tails) {
            let first = offset as usize;
            // SAFETY: no offset is behind the last, and from there on eight channels are inside.
            let values = unsafe { tail.get_unchecked(first..first + TILE_COLUMNS) };
            add_channels(sums, values, weights);
        }
    }
    tile
}

/// For four taps, at `offsets` behind the start of a position in a copied strip, and eight neighbouring channels, each by
/// itself: the sum over all positions with their panel of gradients. Starts must ascend.
pub fn multiply_channels(
    strip: &[f32],
    positions: &[Position],
    offsets: [u32; TILE_ROWS],
    gradient: &[Columns],
) -> Tile {
    let last = positions.last().map_or(0, |position| position.start as usize) + TILE_COLUMNS;
    assert!(offsets.iter().all(|&offset| last + offset as usize <= strip.len()), "offsets inside of a strip");
    let mut tile = [[F32x4::zero(); TILE_VECTORS]; TILE_ROWS];
    for (position, Columns(gradient)) in positions.iter().zip(gradient) {
        for (sums, offset) in tile.iter_mut().zip(offsets) {
            let first = position.start as usize + offset as usize;
            // SAFETY: no start is behind the last, and from there on eight channels of all offsets are inside.
            let values = unsafe { strip.get_unchecked(first..first + TILE_COLUMNS) };
            add_channels(sums, values, gradient);
        }
    }
    tile
}

#[inline(always)]
fn add_channels(sums: &mut [F32x4; TILE_VECTORS], values: &[f32], factors: &[f32; TILE_COLUMNS]) {
    for (vector, sum) in sums.iter_mut().enumerate() {
        let lanes = vector * LANES..(vector + 1) * LANES;
        *sum = F32x4::load(&values[lanes.clone()]).mul_add(F32x4::load(&factors[lanes]), *sum);
    }
}

#[inline(always)]
fn add_products(tile: &mut Tile, values: [f32; TILE_ROWS], Columns(columns): &Columns) {
    let columns: [F32x4; TILE_VECTORS] =
        std::array::from_fn(|vector| F32x4::load(&columns[vector * LANES..]));
    for (sums, value) in tile.iter_mut().zip(values) {
        let value = F32x4::splat(value);
        for (sum, &columns) in sums.iter_mut().zip(&columns) {
            *sum = value.mul_add(columns, *sum);
        }
    }
}

/// Up to eight values, the others zero; subnormal ones become zero.
#[inline(always)]
pub fn panel_of(values: &[f32]) -> Columns {
    let mut columns = Columns::default();
    if values.len() == TILE_COLUMNS {
        for (values, columns) in values.chunks_exact(LANES).zip(columns.0.chunks_exact_mut(LANES)) {
            F32x4::load(values).flush_subnormals().store(columns);
        }
    } else {
        for (column, &value) in columns.0.iter_mut().zip(values) {
            *column = flushed(value);
        }
    }
    columns
}
