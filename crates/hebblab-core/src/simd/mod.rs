//! Four f32 lanes: the one SIMD type on which every fast kernel is written.
//!
//! Three backends with the same operations:
//! - wasm with `relaxed-simd`: `mul_add` is `f32x4.relaxed_madd` (fused where the CPU can);
//! - wasm with `simd128`: `mul_add` rounds twice, a product and then a sum;
//! - plain `[f32; 4]` everywhere else, with the roundings of `simd128`, so that both give the same bits.

pub mod bytes;
pub mod doubles;
pub mod integers;
pub mod lanewise;
pub mod pairs;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod plain;
pub mod quads;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub use plain::F32x4;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use wasm::F32x4;

/// The number of lanes of [`F32x4`].
pub const LANES: usize = 4;

impl F32x4 {
    pub const fn zero() -> Self {
        Self::splat(0.0)
    }

    /// `(lane 0 + lane 1) + (lane 2 + lane 3)`.
    #[inline(always)]
    pub fn horizontal_sum(self) -> f32 {
        let [first, second, third, fourth] = self.to_array();
        (first + second) + (third + fourth)
    }

    /// The largest lane; a NaN lane is passed over unless it is the first.
    #[inline(always)]
    pub fn horizontal_max(self) -> f32 {
        let [first, second, third, fourth] = self.to_array();
        let larger = |a: f32, b: f32| if a < b { b } else { a };
        larger(larger(first, second), larger(third, fourth))
    }
}

/// `sum_i a[i] b[i]` in four running sums of four lanes each, combined in a fixed order.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    const UNROLLED: usize = 4 * LANES;
    let (a_chunks, b_chunks) = (a.chunks_exact(UNROLLED), b.chunks_exact(UNROLLED));
    let tail: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [F32x4::zero(); 4];
    for (a, b) in a_chunks.zip(b_chunks) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum = F32x4::load(&a[LANES * lane..]).mul_add(F32x4::load(&b[LANES * lane..]), *sum);
        }
    }
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).horizontal_sum() + tail
}
