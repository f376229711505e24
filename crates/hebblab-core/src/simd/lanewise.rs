//! What elementwise functions ask of [`F32x4`] beyond sums and products: quotients, roundings, comparisons.

use std::ops::Div;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use std::arch::wasm32::*;

use super::F32x4;

/// All bits of a lane, or none: the outcome of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Mask32x4(Lanes);

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Lanes = v128;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
type Lanes = [u32; 4];

macro_rules! lanewise {
    ($($(#[$doc:meta])* $name:ident($($operand:ident),*) -> $result:ident, $wasm:expr, $plain:expr;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(self, $($operand: Self),*) -> $result {
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            return $result($wasm(self.0, $($operand.0),*));
            #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
            return $result(std::array::from_fn(|lane| $plain(self.0[lane], $($operand.0[lane]),*)));
        }
    )*};
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
const fn bits(condition: bool) -> u32 {
    if condition { u32::MAX } else { 0 }
}

impl F32x4 {
    lanewise! {
        negated() -> F32x4, f32x4_neg, |x: f32| -x;
        sqrt() -> F32x4, f32x4_sqrt, f32::sqrt;
        floor() -> F32x4, f32x4_floor, f32::floor;
        ceil() -> F32x4, f32x4_ceil, f32::ceil;
        divided_by(other) -> F32x4, f32x4_div, |a: f32, b: f32| a / b;
        /// NaN where either is; +0 is larger than -0.
        maximum(other) -> F32x4, f32x4_max, maximum;
        /// NaN where either is; -0 is smaller than +0.
        minimum(other) -> F32x4, f32x4_min, minimum;
        less(other) -> Mask32x4, f32x4_lt, |a: f32, b: f32| bits(a < b);
        less_equal(other) -> Mask32x4, f32x4_le, |a: f32, b: f32| bits(a <= b);
        equal(other) -> Mask32x4, f32x4_eq, |a: f32, b: f32| bits(a == b);
        not_equal(other) -> Mask32x4, f32x4_ne, |a: f32, b: f32| bits(a != b);
    }
}

impl F32x4 {
    /// Fewer than four values, and padding after them. Without a copy of variable length, which is a call in wasm.
    #[inline(always)]
    pub fn load_rest(values: &[f32], padding: f32) -> Self {
        let lane = |index: usize| if index < values.len() { values[index] } else { padding };
        F32x4::load(&[lane(0), lane(1), lane(2), padding])
    }

    /// Writes fewer than four lanes.
    #[inline(always)]
    pub fn store_rest(self, values: &mut [f32]) {
        let lanes = self.to_array();
        for index in 0..3 {
            if index < values.len() {
                values[index] = lanes[index];
            }
        }
    }
}

impl Div for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.divided_by(other)
    }
}

impl Mask32x4 {
    /// `yes` where all bits are set, `no` where none is.
    #[inline(always)]
    pub fn select(self, yes: F32x4, no: F32x4) -> F32x4 {
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        return F32x4(v128_bitselect(yes.0, no.0, self.0));
        #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
        return F32x4(std::array::from_fn(|lane| if self.0[lane] != 0 { yes.0[lane] } else { no.0[lane] }));
    }

    /// Sixteen outcomes as bytes: 1 for yes, 0 for no.
    #[inline(always)]
    pub fn to_bytes(masks: [Self; 4], bytes: &mut [u8; 16]) {
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        {
            let low = i16x8_narrow_i32x4(masks[0].0, masks[1].0);
            let high = i16x8_narrow_i32x4(masks[2].0, masks[3].0);
            let ones = v128_and(i8x16_narrow_i16x8(low, high), u8x16_splat(1));
            // SAFETY: `bytes` holds sixteen, and wasm stores need no alignment.
            unsafe { v128_store(bytes.as_mut_ptr().cast(), ones) };
        }
        #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = (masks[index / 4].0[index % 4] & 1) as u8;
        }
    }
}

/// The larger one as wasm's `f32.max` and JavaScript's `Math.max` have it.
#[inline(always)]
pub fn maximum(a: f32, b: f32) -> f32 {
    if a.is_nan() || b.is_nan() {
        f32::NAN
    } else if a > b || (a == b && b.is_sign_negative()) {
        a
    } else {
        b
    }
}

/// The smaller one as wasm's `f32.min` and JavaScript's `Math.min` have it.
#[inline(always)]
pub fn minimum(a: f32, b: f32) -> f32 {
    if a.is_nan() || b.is_nan() {
        f32::NAN
    } else if a < b || (a == b && a.is_sign_negative()) {
        a
    } else {
        b
    }
}
