//! The innermost product: one tile of the output, held in registers while the summed dimension runs.

use super::packing::Depth;
use crate::simd::{F32x4, LANES};

/// 9 running sums, 3 values of b and 1 of a, and without a fused multiply-add a product until it is added: fits the 15
/// vector registers that V8 has on x86-64, also where V8 loads all operands of a depth first. 10 sums of 5 x 2 are as
/// quick in Node 20 and spill in Node 26 (58 instead of 84 % of the peak); 8 of 4 x 2 need a load for each product
/// more often, which costs `simd128` 6 to 8 % of its time.
pub const TILE_ROWS: usize = 3;
const TILE_VECTORS: usize = 3;
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
        for (row, sums) in tile.iter_mut().enumerate() {
            let a = F32x4::splat(a[row]);
            for (sum, &b) in sums.iter_mut().zip(&b) {
                *sum = a.mul_add(b, *sum);
            }
        }
    }
    tile
}
