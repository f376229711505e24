//! The lanes as a wasm `v128`.

use std::arch::wasm32::*;
use std::ops::{Add, Mul, Sub};

#[derive(Debug, Clone, Copy)]
pub struct F32x4(pub(super) v128);

impl F32x4 {
    #[inline(always)]
    pub const fn splat(value: f32) -> Self {
        F32x4(f32x4(value, value, value, value))
    }

    /// The first four values of `values`. Panics if there are fewer.
    #[inline(always)]
    pub fn load(values: &[f32]) -> Self {
        let values = &values[..4];
        // SAFETY: `values` holds four f32, and wasm loads need no alignment.
        F32x4(unsafe { v128_load(values.as_ptr().cast()) })
    }

    /// Writes the first four values of `values`. Panics if there are fewer.
    #[inline(always)]
    pub fn store(self, values: &mut [f32]) {
        let values = &mut values[..4];
        // SAFETY: `values` holds four f32, and wasm stores need no alignment.
        unsafe { v128_store(values.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(self.0),
            f32x4_extract_lane::<1>(self.0),
            f32x4_extract_lane::<2>(self.0),
            f32x4_extract_lane::<3>(self.0),
        ]
    }

    /// `self * factor + addend`: fused or not with `relaxed-simd`, rounded twice without.
    #[inline(always)]
    pub fn mul_add(self, factor: Self, addend: Self) -> Self {
        #[cfg(target_feature = "relaxed-simd")]
        return F32x4(f32x4_relaxed_madd(self.0, factor.0, addend.0));
        #[cfg(not(target_feature = "relaxed-simd"))]
        return self * factor + addend;
    }

    /// Per lane `other` where `self < other`, else `self`.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        F32x4(f32x4_pmax(self.0, other.0))
    }

    /// The nearest integers, the even one of two.
    #[inline(always)]
    pub fn nearest(self) -> Self {
        F32x4(f32x4_nearest(self.0))
    }

    /// Eight integers as 16-bit values, neighbours in one number; beyond 16 bits the nearest that fits.
    #[inline(always)]
    pub fn to_pairs(low: Self, high: Self) -> [u32; 4] {
        let narrow = i16x8_narrow_i32x4(i32x4_trunc_sat_f32x4(low.0), i32x4_trunc_sat_f32x4(high.0));
        [
            u32x4_extract_lane::<0>(narrow),
            u32x4_extract_lane::<1>(narrow),
            u32x4_extract_lane::<2>(narrow),
            u32x4_extract_lane::<3>(narrow),
        ]
    }

    #[inline(always)]
    pub fn abs(self) -> Self {
        F32x4(f32x4_abs(self.0))
    }

    /// Whether `low <= lane <= high` holds for every lane; false for NaN.
    #[inline(always)]
    pub fn all_within(self, low: Self, high: Self) -> bool {
        i32x4_all_true(v128_and(f32x4_le(low.0, self.0), f32x4_le(self.0, high.0)))
    }

    #[inline(always)]
    pub(super) fn from_integers(integers: super::integers::I32x4) -> Self {
        F32x4(f32x4_convert_i32x4(integers.0))
    }

    /// A bit for each lane that is at least that of `other`.
    #[inline(always)]
    pub fn at_least(self, other: Self) -> u32 {
        u32::from(i32x4_bitmask(f32x4_ge(self.0, other.0)))
    }

    /// Lanes smaller in magnitude than the smallest normal number become zero: arithmetic on
    /// subnormal operands is many times slower on common CPUs.
    #[inline(always)]
    pub fn flush_subnormals(self) -> Self {
        // By the bits of the exponent: three instructions, where V8 needs three for a magnitude alone.
        const EXPONENT: i32 = 0x7f80_0000;
        let is_small = i32x4_eq(v128_and(self.0, i32x4_splat(EXPONENT)), i32x4_splat(0));
        F32x4(v128_andnot(self.0, is_small))
    }

    /// The 4 x 4 transpose.
    #[inline(always)]
    pub fn transpose(rows: [Self; 4]) -> [Self; 4] {
        let [first, second, third, fourth] = rows.map(|row| row.0);
        let low_pairs = i32x4_shuffle::<0, 4, 1, 5>(first, second);
        let high_pairs = i32x4_shuffle::<2, 6, 3, 7>(first, second);
        let low_pairs_below = i32x4_shuffle::<0, 4, 1, 5>(third, fourth);
        let high_pairs_below = i32x4_shuffle::<2, 6, 3, 7>(third, fourth);
        [
            F32x4(i64x2_shuffle::<0, 2>(low_pairs, low_pairs_below)),
            F32x4(i64x2_shuffle::<1, 3>(low_pairs, low_pairs_below)),
            F32x4(i64x2_shuffle::<0, 2>(high_pairs, high_pairs_below)),
            F32x4(i64x2_shuffle::<1, 3>(high_pairs, high_pairs_below)),
        ]
    }
}

impl Add for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        F32x4(f32x4_add(self.0, other.0))
    }
}

impl Sub for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        F32x4(f32x4_sub(self.0, other.0))
    }
}

impl Mul for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        F32x4(f32x4_mul(self.0, other.0))
    }
}
