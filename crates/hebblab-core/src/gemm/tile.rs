//! The innermost product: one tile of the output, held in registers while the summed dimension runs.

use crate::simd::{F32x4, LANES};

/// 8 running sums, 2 values of b and 1 of a: fits the 15 vector registers that a wasm engine has on x86-64.
pub const TILE_ROWS: usize = 4;
pub const TILE_COLUMNS: usize = 2 * LANES;

pub type Tile = [[F32x4; TILE_COLUMNS / LANES]; TILE_ROWS];

/// The tile `sum_d a_panel[d, row] b_panel[d, column]`, summed from the first depth to the last.
#[inline(always)]
pub fn multiply_panels(a_panel: &[f32], b_panel: &[f32]) -> Tile {
    let mut tile = [[F32x4::zero(); TILE_COLUMNS / LANES]; TILE_ROWS];
    for (a, b) in a_panel.chunks_exact(TILE_ROWS).zip(b_panel.chunks_exact(TILE_COLUMNS)) {
        let left = F32x4::load(b);
        let right = F32x4::load(&b[LANES..]);
        for (row, sums) in tile.iter_mut().enumerate() {
            let a = F32x4::splat(a[row]);
            sums[0] = a.mul_add(left, sums[0]);
            sums[1] = a.mul_add(right, sums[1]);
        }
    }
    tile
}
