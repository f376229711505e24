//! Moving values without changing them: transposes, slices, pads, tiles and concatenations are strided copies;
//! rows are gathered by indices; the largest values are found with their places.

mod gather;
pub mod reference;
mod strided;
mod top_k;

pub use gather::{GatherShape, fill, gather, one_hot};
pub use strided::{Dimension, copy_strided};
pub use top_k::{Sortable, top_k};

use crate::simd::{F32x4, LANES};

/// Values of a piece: shorter arrays are not worth waking anybody.
const PART: usize = 1 << 15;

/// A value that is moved: four bytes (f32 and i32 by their bits) or one.
pub trait Element: Copy + Send + Sync + 'static {
    /// `to[row][column] = from[column][row]` for four of each.
    fn transpose_four(from: [&[Self]; LANES], to: [&mut [Self]; LANES]);
}

impl Element for u32 {
    #[inline(always)]
    fn transpose_four(from: [&[u32]; LANES], to: [&mut [u32]; LANES]) {
        let columns = F32x4::transpose(from.map(|column| F32x4::load(as_floats(column))));
        for (row, values) in to.into_iter().zip(columns) {
            values.store(as_floats_mut(row));
        }
    }
}

impl Element for u8 {
    #[inline(always)]
    fn transpose_four(from: [&[u8]; LANES], to: [&mut [u8]; LANES]) {
        for (row, to) in to.into_iter().enumerate() {
            to[..LANES].copy_from_slice(&from.map(|column| column[row]));
        }
    }
}

fn as_floats(values: &[u32]) -> &[f32] {
    // SAFETY: the same size and alignment, and every pattern of bits is an f32.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
}

fn as_floats_mut(values: &mut [u32]) -> &mut [f32] {
    // SAFETY: as above, and every f32 is a u32.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), values.len()) }
}
