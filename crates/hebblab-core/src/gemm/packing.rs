//! Copies a block of a matrix into panels: neighbouring rows of op(a), or columns of op(b),
//! interleaved so that the tile kernel reads both operands from front to back. Subnormal values
//! become zero. Lanes that a panel does not need hold any values of the matrix, or zeros.

use crate::simd::{F32x4, LANES};

/// The lanes of a panel at one depth. Aligned, since a vector load across two cache lines costs two.
#[derive(Debug, Clone)]
#[repr(align(16))]
pub struct Depth<const WIDTH: usize>(pub [f32; WIDTH]);

impl<const WIDTH: usize> Default for Depth<WIDTH> {
    fn default() -> Self {
        Depth([0.0; WIDTH])
    }
}

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

/// Packs a block in which the lanes of one depth are neighbours in memory, `USED` in each panel.
pub fn pack_neighbouring_lanes<const WIDTH: usize, const USED: usize>(
    block: Block,
    packed: &mut [Depth<WIDTH>],
) {
    for (panel, packed) in packed.chunks_exact_mut(block.depth).enumerate() {
        let lanes = USED.min(block.lanes - panel * USED);
        let mut start = block.first_depth * block.stride + block.first_lane + panel * USED;
        for Depth(packed) in packed {
            // Reads on behind the block where the matrix does: simpler than the exact end, and quicker.
            if let Some(source) = block.values.get(start..start + WIDTH) {
                for (source, packed) in source.chunks_exact(LANES).zip(packed.chunks_exact_mut(LANES)) {
                    F32x4::load(source).flush_subnormals().store(packed);
                }
            } else {
                packed.fill(0.0);
                for (packed, &value) in packed.iter_mut().zip(&block.values[start..start + lanes]) {
                    *packed = flushed(value);
                }
            }
            start += block.stride;
        }
    }
}

/// Packs a block in which the values of one lane are neighbours in memory, `USED` lanes in each panel.
pub fn pack_neighbouring_depths<const WIDTH: usize, const USED: usize>(
    block: Block,
    packed: &mut [Depth<WIDTH>],
) {
    for (panel, packed) in packed.chunks_exact_mut(block.depth).enumerate() {
        let last_lane = USED.min(block.lanes - panel * USED) - 1;
        for lane in (0..WIDTH).step_by(LANES) {
            let sources = [lane, lane + 1, lane + 2, lane + 3].map(|lane| {
                let lane = block.first_lane + panel * USED + lane.min(last_lane);
                &block.values[lane * block.stride + block.first_depth..][..block.depth]
            });
            interleave_four(sources, lane, packed);
        }
    }
}

/// Writes the four lanes of depth d to `packed[d][first_lane..][..4]`.
fn interleave_four<const WIDTH: usize>(lanes: [&[f32]; 4], first_lane: usize, packed: &mut [Depth<WIDTH>]) {
    let lanes = lanes.map(|lane| lane.as_chunks::<LANES>());
    let whole = packed.len() / LANES;
    let (whole_packed, rest) = packed.split_at_mut(whole * LANES);
    for (chunk, packed) in whole_packed.chunks_exact_mut(LANES).enumerate() {
        let transposed =
            F32x4::transpose(lanes.map(|(lane, _)| F32x4::load(&lane[chunk]).flush_subnormals()));
        for (values, Depth(packed)) in transposed.into_iter().zip(packed) {
            values.store(&mut packed[first_lane..]);
        }
    }
    for (depth, Depth(packed)) in rest.iter_mut().enumerate() {
        for (packed, (_, lane)) in packed[first_lane..].iter_mut().zip(lanes) {
            *packed = flushed(lane[depth]);
        }
    }
}

pub fn flushed(value: f32) -> f32 {
    if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value }
}
