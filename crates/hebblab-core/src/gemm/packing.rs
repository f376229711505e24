//! Copies a block of a matrix into panels: `WIDTH` neighbouring rows of op(a), or columns of op(b),
//! interleaved so that the tile kernel reads both operands from front to back. Missing lanes of the
//! last panel are zeros, and subnormal values become zero.

use crate::simd::{F32x4, LANES};

/// A block of a stored matrix: `lanes` rows or columns that stay apart in the product, `depth`
/// values along the summed dimension.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    pub values: &'a [f32],
    /// Distance in `values` between two rows of the stored matrix.
    pub stride: usize,
    pub first_lane: usize,
    pub lanes: usize,
    pub first_depth: usize,
    pub depth: usize,
}

/// The number of values that `lanes` lanes of `depth` values take when packed.
pub fn packed_length(width: usize, lanes: usize, depth: usize) -> usize {
    lanes.next_multiple_of(width) * depth
}

/// Packs a block in which the lanes of one depth are neighbours in memory.
pub fn pack_neighbouring_lanes<const WIDTH: usize>(block: Block, packed: &mut [f32]) {
    for (panel, packed) in packed.chunks_exact_mut(WIDTH * block.depth).enumerate() {
        let lanes = WIDTH.min(block.lanes - panel * WIDTH);
        let start = block.first_depth * block.stride + block.first_lane + panel * WIDTH;
        for (depth, packed) in packed.chunks_exact_mut(WIDTH).enumerate() {
            let source = &block.values[start + depth * block.stride..][..lanes];
            if lanes == WIDTH {
                for (source, packed) in source.chunks_exact(LANES).zip(packed.chunks_exact_mut(LANES)) {
                    F32x4::load(source).flush_subnormals().store(packed);
                }
            } else {
                packed.fill(0.0);
                copy_flushed(source, packed.iter_mut());
            }
        }
    }
}

/// Packs a block in which the values of one lane are neighbours in memory.
pub fn pack_neighbouring_depths<const WIDTH: usize>(block: Block, packed: &mut [f32]) {
    for (panel, packed) in packed.chunks_exact_mut(WIDTH * block.depth).enumerate() {
        let lanes = WIDTH.min(block.lanes - panel * WIDTH);
        if lanes < WIDTH {
            packed.fill(0.0);
        }
        let lane_values = |lane: usize| {
            let start = (block.first_lane + panel * WIDTH + lane) * block.stride + block.first_depth;
            &block.values[start..start + block.depth]
        };
        let whole_lanes = lanes - lanes % LANES;
        for lane in (0..whole_lanes).step_by(LANES) {
            interleave_four(
                [lane_values(lane), lane_values(lane + 1), lane_values(lane + 2), lane_values(lane + 3)],
                WIDTH,
                &mut packed[lane..],
            );
        }
        for lane in whole_lanes..lanes {
            copy_flushed(lane_values(lane), packed[lane..].iter_mut().step_by(WIDTH));
        }
    }
}

/// Writes the four lanes of depth d to `packed[d * width..][..4]`.
fn interleave_four(lanes: [&[f32]; 4], width: usize, packed: &mut [f32]) {
    let depth = lanes[0].len();
    let whole_depth = depth - depth % LANES;
    for first in (0..whole_depth).step_by(LANES) {
        let transposed = F32x4::transpose(lanes.map(|lane| F32x4::load(&lane[first..]).flush_subnormals()));
        for (offset, values) in transposed.into_iter().enumerate() {
            values.store(&mut packed[(first + offset) * width..]);
        }
    }
    for (offset, lane) in lanes.into_iter().enumerate() {
        let places = packed[offset..].iter_mut().step_by(width);
        copy_flushed(&lane[whole_depth..], places.skip(whole_depth));
    }
}

fn copy_flushed<'a>(source: &[f32], places: impl Iterator<Item = &'a mut f32>) {
    for (place, &value) in places.zip(source) {
        *place = if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value };
    }
}
