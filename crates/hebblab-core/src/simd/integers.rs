//! Four i32 lanes, for sums of products of smaller integers.

use super::F32x4;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use std::arch::wasm32::*;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[derive(Debug, Clone, Copy)]
pub struct I32x4(pub(super) v128);

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
impl I32x4 {
    #[inline(always)]
    pub fn new(lanes: [i32; 4]) -> Self {
        I32x4(i32x4(lanes[0], lanes[1], lanes[2], lanes[3]))
    }

    /// The sums of the lanes of each.
    #[inline(always)]
    pub fn sums(of: [v128; 4]) -> Self {
        let pairs = [0, 2].map(|first| {
            let (a, b) = (of[first], of[first + 1]);
            i32x4_add(i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b))
        });
        let [low, high] = pairs;
        I32x4(i32x4_add(i64x2_shuffle::<0, 2>(low, high), i64x2_shuffle::<1, 3>(low, high)))
    }

    #[inline(always)]
    pub fn wrapping_add(self, other: [i32; 4]) -> Self {
        I32x4(i32x4_add(self.0, I32x4::new(other).0))
    }

    /// The nearest floats.
    #[inline(always)]
    pub fn to_floats(self) -> F32x4 {
        F32x4::from_integers(self)
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
#[derive(Debug, Clone, Copy)]
pub struct I32x4(pub(super) [i32; 4]);

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl I32x4 {
    pub fn new(lanes: [i32; 4]) -> Self {
        I32x4(lanes)
    }

    pub fn wrapping_add(self, other: [i32; 4]) -> Self {
        I32x4(std::array::from_fn(|lane| self.0[lane].wrapping_add(other[lane])))
    }

    /// The nearest floats.
    pub fn to_floats(self) -> F32x4 {
        F32x4::from_integers(self)
    }
}
