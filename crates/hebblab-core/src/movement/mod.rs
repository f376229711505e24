//! Moving values without changing them: transposes, slices, pads, tiles and concatenations are strided copies;
//! rows are gathered by indices; the largest values are found with their places.

mod gather;
pub mod reference;
mod strided;
mod top_k;

pub use gather::{GatherShape, fill, gather, one_hot};
pub use strided::{Dimension, copy_strided};
pub use top_k::{Sortable, top_k};

/// Values of a piece: shorter arrays are not worth waking anybody.
const PART: usize = 1 << 15;

/// A value that is moved: f32 and i32 by their bits, bytes.
pub trait Element: Copy + Send + Sync + 'static {}
impl Element for u32 {}
impl Element for u8 {}
