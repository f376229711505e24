//! The innermost product: one tile of the output, held in registers while the summed dimension runs.

use super::packing::Depth;
use crate::simd::{F32x4, LANES};

/// With a fused multiply-add 10 running sums: more than the 8 that its latency asks for, and fewer than the 12
/// of 4 x 3 or 6 x 2, for which V8's 15 vector registers are too few. Without, each product needs a register of
/// its own until it is added, and 8 sums measure better.
#[cfg(target_feature = "relaxed-simd")]
pub const TILE_ROWS: usize = 5;
#[cfg(not(target_feature = "relaxed-simd"))]
pub const TILE_ROWS: usize = 4;
const TILE_VECTORS: usize = 2;
pub const TILE_COLUMNS: usize = TILE_VECTORS * LANES;
/// Rows take whole vectors, which makes them quick to pack.
pub const ROW_LANES: usize = TILE_ROWS.next_multiple_of(LANES);

pub type RowsAtDepth = Depth<ROW_LANES>;
pub type ColumnsAtDepth = Depth<TILE_COLUMNS>;

pub type Tile = [[F32x4; TILE_VECTORS]; TILE_ROWS];

/// The tile `sum_d a_panel[d, row] b_panel[d, column]`, summed from the first depth to the last.
/// Not unrolled: V8 unrolls it, and spills registers where it was unrolled before.
#[inline(always)]
pub fn multiply_panels(a_panel: &[RowsAtDepth], b_panel: &[ColumnsAtDepth]) -> Tile {
    let mut tile = [[F32x4::zero(); TILE_VECTORS]; TILE_ROWS];
    for (Depth(a), Depth(b)) in a_panel.iter().zip(b_panel) {
        let b: [F32x4; TILE_VECTORS] = std::array::from_fn(|vector| F32x4::load(&b[vector * LANES..]));
        #[cfg(target_feature = "relaxed-simd")]
        let a = spread(a);
        for (row, sums) in tile.iter_mut().enumerate() {
            #[cfg(target_feature = "relaxed-simd")]
            let a = a[row];
            #[cfg(not(target_feature = "relaxed-simd"))]
            let a = F32x4::splat(a[row]);
            for (sum, &b) in sums.iter_mut().zip(&b) {
                *sum = a.mul_add(b, *sum);
            }
        }
    }
    tile
}

/// Each row's value in all lanes. V8 loads all operands of a depth before it multiplies any, so that loads of five
/// rows would fill the registers; lanes of one vector are spread where they are used.
#[cfg(target_feature = "relaxed-simd")]
#[inline(always)]
fn spread(a: &[f32; ROW_LANES]) -> [F32x4; TILE_ROWS] {
    let [first, second, third, fourth] = F32x4::load(a).spread();
    [first, second, third, fourth, F32x4::splat(a[LANES])]
}
