//! Two f64 lanes, with the backends and the roundings of [`super::F32x4`].

use std::ops::{Add, Mul};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use std::arch::wasm32::*;

/// The number of lanes of [`F64x2`].
pub const DOUBLES: usize = 2;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Lanes = v128;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
type Lanes = [f64; DOUBLES];

#[derive(Debug, Clone, Copy)]
pub struct F64x2(Lanes);

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
impl F64x2 {
    #[inline(always)]
    pub const fn splat(value: f64) -> Self {
        F64x2(f64x2(value, value))
    }

    #[inline(always)]
    pub fn load(values: &[f64; DOUBLES]) -> Self {
        // SAFETY: `values` holds two f64, and wasm loads need no alignment.
        F64x2(unsafe { v128_load(values.as_ptr().cast()) })
    }

    #[inline(always)]
    pub fn store(self, values: &mut [f64; DOUBLES]) {
        // SAFETY: `values` holds two f64, and wasm stores need no alignment.
        unsafe { v128_store(values.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    pub fn to_array(self) -> [f64; DOUBLES] {
        [f64x2_extract_lane::<0>(self.0), f64x2_extract_lane::<1>(self.0)]
    }

    /// `self * factor + addend`: fused or not with `relaxed-simd`, rounded twice without.
    #[inline(always)]
    pub fn mul_add(self, factor: Self, addend: Self) -> Self {
        #[cfg(target_feature = "relaxed-simd")]
        return F64x2(f64x2_relaxed_madd(self.0, factor.0, addend.0));
        #[cfg(not(target_feature = "relaxed-simd"))]
        return self * factor + addend;
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
impl Add for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        F64x2(f64x2_add(self.0, other.0))
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
impl Mul for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        F64x2(f64x2_mul(self.0, other.0))
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl F64x2 {
    #[inline(always)]
    pub const fn splat(value: f64) -> Self {
        F64x2([value; DOUBLES])
    }

    #[inline(always)]
    pub fn load(values: &[f64; DOUBLES]) -> Self {
        F64x2(*values)
    }

    #[inline(always)]
    pub fn store(self, values: &mut [f64; DOUBLES]) {
        *values = self.0;
    }

    #[inline(always)]
    pub fn to_array(self) -> [f64; DOUBLES] {
        self.0
    }

    /// `self * factor + addend`, rounded twice.
    #[inline(always)]
    pub fn mul_add(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl Add for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        F64x2([self.0[0] + other.0[0], self.0[1] + other.0[1]])
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl Mul for F64x2 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        F64x2([self.0[0] * other.0[0], self.0[1] * other.0[1]])
    }
}

impl F64x2 {
    #[inline(always)]
    pub const fn zero() -> Self {
        Self::splat(0.0)
    }

    /// `lane 0 + lane 1`.
    #[inline(always)]
    pub fn horizontal_sum(self) -> f64 {
        let [first, second] = self.to_array();
        first + second
    }
}
