//! Four f64 lanes in two registers. Functions of f32 that must be right to about half a unit in the last place are
//! formed in them: their own roundings vanish, and f32's denormals are normal numbers here.
//!
//! No operation fuses, so results have the same bits in every backend.

use std::ops::{Add, Div, Mul, Sub};

use super::F32x4;
use half::Half;

#[derive(Debug, Clone, Copy)]
pub struct F64x4(Half, Half);

/// All bits of a lane, or none: the outcome of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Mask64x4(Half, Half);

macro_rules! lanewise {
    ($($(#[$doc:meta])* $name:ident($($operand:ident),*) -> $result:ident, $half:path;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(self, $($operand: Self),*) -> $result {
            $result($half(self.0, $($operand.0),*), $half(self.1, $($operand.1),*))
        }
    )*};
}

macro_rules! operator {
    ($($operator:ident $method:ident $half:path;)*) => {$(
        impl $operator for F64x4 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                F64x4($half(self.0, other.0), $half(self.1, other.1))
            }
        }
    )*};
}

operator! {
    Add add half::add;
    Sub sub half::sub;
    Mul mul half::mul;
    Div div half::div;
}

impl F64x4 {
    #[inline(always)]
    pub fn splat(value: f64) -> Self {
        F64x4(half::splat(value), half::splat(value))
    }

    #[inline(always)]
    pub fn widen(values: F32x4) -> Self {
        let (low, high) = half::widen(values);
        F64x4(low, high)
    }

    /// The first four values. Panics if there are fewer.
    #[inline(always)]
    pub fn load(values: &[f64]) -> Self {
        let values = &values[..4];
        F64x4(half::pair(values[0], values[1]), half::pair(values[2], values[3]))
    }

    /// Writes the first four values. Panics if there are fewer.
    #[inline(always)]
    pub fn store(self, values: &mut [f64]) {
        values[..4].copy_from_slice(&self.to_array());
    }

    /// The nearest f32, denormals included.
    #[inline(always)]
    pub fn narrow(self) -> F32x4 {
        half::narrow(self.0, self.1)
    }

    #[inline(always)]
    pub fn to_array(self) -> [f64; 4] {
        let ([first, second], [third, fourth]) = (half::to_array(self.0), half::to_array(self.1));
        [first, second, third, fourth]
    }

    /// `(lane 0 + lane 1) + (lane 2 + lane 3)`.
    #[inline(always)]
    pub fn horizontal_sum(self) -> f64 {
        let [first, second, third, fourth] = self.to_array();
        (first + second) + (third + fourth)
    }

    lanewise! {
        abs() -> F64x4, half::abs;
        negated() -> F64x4, half::neg;
        sqrt() -> F64x4, half::sqrt;
        /// The nearest integers, the even one of two.
        nearest() -> F64x4, half::nearest;
        /// The bound where the lane is below it. NaN becomes either: with `relaxed-simd` the compiler takes the
        /// instruction that leaves it open.
        at_least(bound) -> F64x4, half::pmax;
        /// The bound where the lane is above it; NaN as in `at_least`.
        at_most(bound) -> F64x4, half::pmin;
        less(other) -> Mask64x4, half::lt;
        equal(other) -> Mask64x4, half::eq;
        /// The sum of the lanes as 64-bit integers.
        add_bits(other) -> F64x4, half::add_bits;
        /// The difference of the lanes as 64-bit integers.
        sub_bits(other) -> F64x4, half::sub_bits;
        /// The bits in which the lanes differ.
        xor_bits(other) -> F64x4, half::xor;
        and_bits(other) -> F64x4, half::and;
    }

    /// The bits of the lanes, moved up.
    #[inline(always)]
    pub fn shift_left<const COUNT: u32>(self) -> Self {
        F64x4(half::shl(self.0, COUNT), half::shl(self.1, COUNT))
    }

    /// The bits of the lanes moved down, copies of the highest one above them.
    #[inline(always)]
    pub fn shift_right<const COUNT: u32>(self) -> Self {
        F64x4(half::shr(self.0, COUNT), half::shr(self.1, COUNT))
    }
}

impl Mask64x4 {
    /// `yes` where all bits are set, `no` where none is.
    #[inline(always)]
    pub fn select(self, yes: F64x4, no: F64x4) -> F64x4 {
        F64x4(half::select(yes.0, no.0, self.0), half::select(yes.1, no.1, self.1))
    }

    lanewise! {
        and(other) -> Mask64x4, half::and;
        and_not(other) -> Mask64x4, half::andnot;
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod half {
    use super::F32x4;
    use std::arch::wasm32::{
        f32x4_demote_f64x2_zero, f64x2_extract_lane, f64x2_promote_low_f32x4, i64x2_shuffle,
    };
    pub use std::arch::wasm32::{
        f64x2 as pair, f64x2_abs as abs, f64x2_add as add, f64x2_div as div, f64x2_eq as eq, f64x2_lt as lt,
        f64x2_mul as mul, f64x2_nearest as nearest, f64x2_neg as neg, f64x2_pmax as pmax, f64x2_pmin as pmin,
        f64x2_splat as splat, f64x2_sqrt as sqrt, f64x2_sub as sub, i64x2_add as add_bits, i64x2_shl as shl,
        i64x2_shr as shr, i64x2_sub as sub_bits, v128 as Half, v128_and as and, v128_andnot as andnot,
        v128_bitselect as select, v128_xor as xor,
    };

    #[inline(always)]
    pub fn widen(values: F32x4) -> (Half, Half) {
        let high = i64x2_shuffle::<1, 1>(values.0, values.0);
        (f64x2_promote_low_f32x4(values.0), f64x2_promote_low_f32x4(high))
    }

    #[inline(always)]
    pub fn narrow(low: Half, high: Half) -> F32x4 {
        let (low, high) = (f32x4_demote_f64x2_zero(low), f32x4_demote_f64x2_zero(high));
        F32x4(i64x2_shuffle::<0, 2>(low, high))
    }

    #[inline(always)]
    pub fn to_array(half: Half) -> [f64; 2] {
        [f64x2_extract_lane::<0>(half), f64x2_extract_lane::<1>(half)]
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod half {
    use super::F32x4;

    /// Bits, as a register has them.
    pub type Half = [u64; 2];

    macro_rules! plain {
        ($($name:ident($($operand:ident),*) $result:expr;)*) => {$(
            #[inline(always)]
            pub fn $name($($operand: Half),*) -> Half {
                std::array::from_fn(|lane| {
                    $(let $operand = f64::from_bits($operand[lane]);)*
                    $result
                })
            }
        )*};
    }

    plain! {
        add(a, b) (a + b).to_bits();
        sub(a, b) (a - b).to_bits();
        mul(a, b) (a * b).to_bits();
        div(a, b) (a / b).to_bits();
        abs(a) a.abs().to_bits();
        neg(a) (-a).to_bits();
        sqrt(a) a.sqrt().to_bits();
        nearest(a) a.round_ties_even().to_bits();
        pmax(a, b) if a < b { b.to_bits() } else { a.to_bits() };
        pmin(a, b) if b < a { b.to_bits() } else { a.to_bits() };
        lt(a, b) if a < b { u64::MAX } else { 0 };
        eq(a, b) if a == b { u64::MAX } else { 0 };
        add_bits(a, b) a.to_bits().wrapping_add(b.to_bits());
        sub_bits(a, b) a.to_bits().wrapping_sub(b.to_bits());
        and(a, b) a.to_bits() & b.to_bits();
        andnot(a, b) a.to_bits() & !b.to_bits();
        xor(a, b) a.to_bits() ^ b.to_bits();
        select(yes, no, mask) (yes.to_bits() & mask.to_bits()) | (no.to_bits() & !mask.to_bits());
    }

    #[inline(always)]
    pub fn splat(value: f64) -> Half {
        [value.to_bits(); 2]
    }

    #[inline(always)]
    pub fn pair(first: f64, second: f64) -> Half {
        [first.to_bits(), second.to_bits()]
    }

    #[inline(always)]
    pub fn shl(half: Half, count: u32) -> Half {
        half.map(|bits| bits << count)
    }

    #[inline(always)]
    pub fn shr(half: Half, count: u32) -> Half {
        half.map(|bits| ((bits as i64) >> count) as u64)
    }

    #[inline(always)]
    pub fn widen(values: F32x4) -> (Half, Half) {
        let [first, second, third, fourth] = values.0.map(|value| f64::from(value).to_bits());
        ([first, second], [third, fourth])
    }

    #[inline(always)]
    pub fn narrow(low: Half, high: Half) -> F32x4 {
        let [first, second] = to_array(low).map(|value| value as f32);
        let [third, fourth] = to_array(high).map(|value| value as f32);
        F32x4([first, second, third, fourth])
    }

    #[inline(always)]
    pub fn to_array(half: Half) -> [f64; 2] {
        half.map(f64::from_bits)
    }
}
