//! The lanes as an array, for native builds and for wasm without SIMD.

use std::array::from_fn;
use std::ops::{Add, Mul, Sub};

#[derive(Debug, Clone, Copy)]
#[repr(align(16))]
pub struct F32x4(pub(super) [f32; 4]);

impl F32x4 {
    #[inline(always)]
    pub const fn splat(value: f32) -> Self {
        F32x4([value; 4])
    }

    /// The first four values of `values`. Panics if there are fewer.
    #[inline(always)]
    pub fn load(values: &[f32]) -> Self {
        F32x4([values[..4][0], values[..4][1], values[..4][2], values[..4][3]])
    }

    /// Writes the first four values of `values`. Panics if there are fewer.
    #[inline(always)]
    pub fn store(self, values: &mut [f32]) {
        values[..4].copy_from_slice(&self.0);
    }

    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        self.0
    }

    /// `self * factor + addend`, rounded twice.
    #[inline(always)]
    pub fn mul_add(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }

    /// Per lane `other` where `self < other`, else `self`.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        F32x4(from_fn(|lane| if self.0[lane] < other.0[lane] { other.0[lane] } else { self.0[lane] }))
    }

    /// The nearest integers, the even one of two.
    #[inline(always)]
    pub fn nearest(self) -> Self {
        F32x4(self.0.map(f32::round_ties_even))
    }

    /// Eight integers as 16-bit values, neighbours in one number; beyond 16 bits the nearest that fits.
    #[inline(always)]
    pub fn to_pairs(low: Self, high: Self) -> [u32; 4] {
        let integers = [low.0.map(|value| value as i16), high.0.map(|value| value as i16)];
        let flat = integers.as_flattened();
        from_fn(|pair| crate::simd::pairs::pair(flat[2 * pair], flat[2 * pair + 1]))
    }

    #[inline(always)]
    pub fn abs(self) -> Self {
        F32x4(from_fn(|lane| self.0[lane].abs()))
    }

    /// Whether `low <= lane <= high` holds for every lane; false for NaN.
    #[inline(always)]
    pub fn all_within(self, low: Self, high: Self) -> bool {
        (0..4).all(|lane| low.0[lane] <= self.0[lane] && self.0[lane] <= high.0[lane])
    }

    #[inline(always)]
    pub(super) fn from_integers(integers: super::integers::I32x4) -> Self {
        F32x4(integers.0.map(|integer| integer as f32))
    }

    /// A bit for each lane that is at least that of `other`.
    #[inline(always)]
    pub fn at_least(self, other: Self) -> u32 {
        (0..4).map(|lane| u32::from(self.0[lane] >= other.0[lane]) << lane).sum()
    }

    /// Lanes smaller in magnitude than the smallest normal number become zero: arithmetic on
    /// subnormal operands is many times slower on common CPUs.
    #[inline(always)]
    pub fn flush_subnormals(self) -> Self {
        F32x4(self.0.map(|value| if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value }))
    }

    /// The 4 x 4 transpose.
    #[inline(always)]
    pub fn transpose(rows: [Self; 4]) -> [Self; 4] {
        from_fn(|column| F32x4(from_fn(|row| rows[row].0[column])))
    }
}

impl Add for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        F32x4(from_fn(|lane| self.0[lane] + other.0[lane]))
    }
}

impl Sub for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        F32x4(from_fn(|lane| self.0[lane] - other.0[lane]))
    }
}

impl Mul for F32x4 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        F32x4(from_fn(|lane| self.0[lane] * other.0[lane]))
    }
}
