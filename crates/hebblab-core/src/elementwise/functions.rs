//! Transcendental functions of four f32 values, formed in f64: correct to 0.51 units in the last place of f32 (tested to
//! 1 ulp), with results below the normal range, infinities and NaN as C's and JavaScript's functions have them.
//!
//! Polynomials are minimax fits; the comment beside each gives its largest error relative to the function.

use crate::simd::F32x4;
use crate::simd::quads::F64x4;

/// Adding it rounds to an integer, which the low bits of the sum then hold.
const ROUNDING: f64 = 6_755_399_441_055_744.0;
/// Beyond it, e^x and e^-x are infinite or zero as f32, also as a factor of what the functions here form.
const LARGEST_EXPONENT: f64 = 150.0;

#[inline(always)]
pub fn exp(x: F32x4) -> F32x4 {
    exp_wide(F64x4::widen(x)).narrow()
}

#[inline(always)]
pub fn expm1(x: F32x4) -> F32x4 {
    let wide = F64x4::widen(x);
    keep_zero(wide, expm1_wide(wide)).narrow()
}

#[inline(always)]
pub fn log(x: F32x4) -> F32x4 {
    log_wide(F64x4::widen(x)).narrow()
}

#[inline(always)]
pub fn log1p(x: F32x4) -> F32x4 {
    let x = F64x4::widen(x);
    keep_zero(x, log1p_wide(x)).narrow()
}

/// `1 / sqrt(x)`; rounded between the two, it would be 1.5 units wrong.
#[inline(always)]
pub fn rsqrt(x: F32x4) -> F32x4 {
    (F64x4::splat(1.0) / F64x4::widen(x).sqrt()).narrow()
}

/// `log(1 + e^x)`.
#[inline(always)]
pub fn softplus(x: F32x4) -> F32x4 {
    let x = F64x4::widen(x);
    (x.at_least(F64x4::splat(0.0)) + log1p_wide(exp_wide(x.abs().negated()))).narrow()
}

#[inline(always)]
pub fn sigmoid(x: F32x4) -> F32x4 {
    let one = F64x4::splat(1.0);
    (one / (one + exp_wide(F64x4::widen(x).negated()))).narrow()
}

/// From `expm1(-2 |x|)`, which keeps the precision of small x.
#[inline(always)]
pub fn tanh(x: F32x4) -> F32x4 {
    let x = F64x4::widen(x);
    let expm1 = expm1_wide(x.abs() * F64x4::splat(-2.0));
    let magnitude = expm1.abs() / (F64x4::splat(2.0) + expm1);
    with_sign_of(x, magnitude).narrow()
}

/// `x` where it is not negative, else `expm1(x)`.
#[inline(always)]
pub fn elu(x: F32x4) -> F32x4 {
    x.less(F32x4::zero()).select(expm1(x), x)
}

/// Scaled ELU (Klambauer et al. 2017).
#[inline(always)]
pub fn selu(x: F32x4) -> F32x4 {
    const SCALE: f64 = 1.050_700_987_355_480_5;
    const SCALE_ALPHA: f64 = 1.758_099_340_847_376_6;
    let wide = F64x4::widen(x);
    let negative = expm1_wide(wide) * F64x4::splat(SCALE_ALPHA);
    wide.less(F64x4::splat(0.0)).select(negative, wide * F64x4::splat(SCALE)).narrow()
}

/// The Gauss error function, as x times a polynomial in x^2 up to |x| = 4, from where on it is 1 as f32.
#[inline(always)]
pub fn erf(x: F32x4) -> F32x4 {
    // 3.0e-10, in (x^2 - 8) / 8
    const POLYNOMIAL: [f64; 19] = [
        0.353_530_995_670_042_9,
        -0.176_576_235_293_526_2,
        0.131_675_112_962_390_62,
        -0.107_710_318_717_062_12,
        0.090_209_081_685_322_05,
        -0.074_730_106_751_041_05,
        0.059_886_278_278_619_684,
        -0.045_746_803_620_399_38,
        0.033_061_780_544_176_75,
        -0.022_553_953_398_667_552,
        0.014_355_185_567_317_194,
        -0.008_400_823_889_210_422,
        0.004_820_858_577_463_613,
        -0.002_891_152_096_417_732_4,
        0.001_362_914_686_117_008_7,
        -0.000_336_378_044_132_993_94,
        0.000_199_311_678_823_084_8,
        -0.000_243_813_457_643_843_83,
        8.806_183_853_458_72e-5,
    ];
    let four = F64x4::splat(4.0);
    let x = F64x4::widen(x);
    let bounded = x.at_most(four).at_least(four.negated());
    let position = bounded * bounded * F64x4::splat(0.125) - F64x4::splat(1.0);
    let one = F64x4::splat(1.0);
    let result = (bounded * polynomial(position, &POLYNOMIAL)).at_most(one).at_least(one.negated());
    keep_nan(x, result).narrow()
}

#[inline(always)]
pub fn sin(x: F32x4) -> F32x4 {
    sine_of_quarter(x, 0, |x| libm::sincos(x).0)
}

#[inline(always)]
pub fn cos(x: F32x4) -> F32x4 {
    sine_of_quarter(x, 1, |x| libm::sincos(x).1)
}

/// `base^exponent` as JavaScript's `Math.pow` has it: NaN for 1^infinity and for a NaN exponent, 1 for NaN^0.
#[inline(always)]
pub fn pow(base: F32x4, exponent: F32x4) -> F32x4 {
    let (x, y) = (F64x4::widen(base), F64x4::widen(exponent));
    let (zero, half) = (F64x4::splat(0.0), F64x4::splat(0.5));
    let magnitude = exp_wide(y * log_wide(x.abs()));
    let halved = y * half;
    let is_integer = y.nearest().equal(y);
    let is_even = halved.nearest().equal(halved);
    let result = is_integer.and_not(is_even).select(with_sign_of(x, magnitude), magnitude);
    let negative = x.less(zero).and(F64x4::splat(f64::NEG_INFINITY).less(x));
    let result = negative.and_not(is_integer).select(F64x4::splat(f64::NAN), result);
    y.equal(zero).select(F64x4::splat(1.0), result).narrow()
}

#[inline(always)]
pub(crate) fn exp_wide(x: F64x4) -> F64x4 {
    let (scale, fraction) = exp_parts(x);
    scale + scale * fraction
}

#[inline(always)]
fn expm1_wide(x: F64x4) -> F64x4 {
    let (scale, fraction) = exp_parts(x);
    scale * fraction + (scale - F64x4::splat(1.0))
}

/// `e^x = scale (1 + fraction)`: scale is a power of two and fraction = e^r - 1 for |r| <= log(2) / 2.
#[inline(always)]
fn exp_parts(x: F64x4) -> (F64x4, F64x4) {
    // 2.4e-10, relative to e^r - 1
    const POLYNOMIAL: [f64; 6] = [
        0.500_000_004_870_505_7,
        0.166_666_666_744_799,
        0.041_666_345_937_661_46,
        0.008_333_318_040_091_148,
        0.001_394_168_098_493_441_6,
        0.000_198_831_740_171_292_24,
    ];
    let (one, rounding) = (F64x4::splat(1.0), F64x4::splat(ROUNDING));
    let bounded = x.at_least(F64x4::splat(-LARGEST_EXPONENT)).at_most(F64x4::splat(LARGEST_EXPONENT));
    let shifted = bounded * F64x4::splat(std::f64::consts::LOG2_E) + rounding;
    let r = bounded - (shifted - rounding) * F64x4::splat(std::f64::consts::LN_2);
    let scale = shifted.shift_left::<52>().add_bits(one);
    (scale, keep_nan(x, r + r * r * polynomial(r, &POLYNOMIAL)))
}

#[inline(always)]
pub(crate) fn log_wide(x: F64x4) -> F64x4 {
    let (exponent, mantissa) = log_parts(x);
    log_special(x, log_of_parts(exponent, mantissa - F64x4::splat(1.0)))
}

#[inline(always)]
fn log1p_wide(x: F64x4) -> F64x4 {
    let one = F64x4::splat(1.0);
    let sum = one + x;
    let (exponent, mantissa) = log_parts(sum);
    // Where nothing is scaled, x itself is the excess over 1; the sum may have rounded it away.
    let excess = exponent.equal(F64x4::splat(0.0)).select(x, mantissa - one);
    log_special(sum, log_of_parts(exponent, excess))
}

/// `x = 2^exponent mantissa` with a mantissa from sqrt(1/2) to sqrt(2), for normal x > 0.
#[inline(always)]
fn log_parts(x: F64x4) -> (F64x4, F64x4) {
    let rounding = F64x4::splat(ROUNDING);
    let exponent = x.sub_bits(F64x4::splat(std::f64::consts::FRAC_1_SQRT_2)).shift_right::<52>();
    (rounding.add_bits(exponent) - rounding, x.sub_bits(exponent.shift_left::<52>()))
}

/// `exponent log(2) + log(1 + excess)`, by s = excess / (2 + excess) and log((1 + s) / (1 - s)).
#[inline(always)]
fn log_of_parts(exponent: F64x4, excess: F64x4) -> F64x4 {
    // 4.9e-12
    const POLYNOMIAL: [f64; 4] = [
        0.666_666_656_611_254_8,
        0.400_003_327_391_858_23,
        0.285_374_226_428_084_35,
        0.235_805_293_924_767_4,
    ];
    let s = excess / (F64x4::splat(2.0) + excess);
    let square = s * s;
    let fraction = s * (F64x4::splat(2.0) + square * polynomial(square, &POLYNOMIAL));
    exponent * F64x4::splat(std::f64::consts::LN_2) + fraction
}

/// The logarithm of 0, of negative numbers, of infinity and of NaN.
#[inline(always)]
fn log_special(x: F64x4, logarithm: F64x4) -> F64x4 {
    let (zero, infinity) = (F64x4::splat(0.0), F64x4::splat(f64::INFINITY));
    let special = x.less(zero).select(F64x4::splat(f64::NAN), x);
    let special = x.equal(zero).select(infinity.negated(), special);
    zero.less(x).and(x.less(infinity)).select(logarithm, special)
}

/// `sin(x + quarter pi/2)`; `exact` is the same function for arguments too large to reduce here.
#[inline(always)]
fn sine_of_quarter(x: F32x4, quarter: u64, exact: fn(f64) -> f64) -> F32x4 {
    // Up to it, an integer times the first part of pi/2 is exact.
    const LARGEST_REDUCED: f32 = 1e5;
    // pi/2 in two parts, the first of 33 bits (fdlibm's pio2_1 and pio2_1t)
    const HALF_PI: [f64; 2] = [1.570_796_326_734_125_6, 6.077_100_506_506_192e-11];
    // 4.9e-12 for the sine, 9.6e-11 for the cosine
    const SINE: [f64; 4] = [
        -0.166_666_666_415_505_62,
        0.008_333_329_376_090_996,
        -0.000_198_393_314_925_193_31,
        2.718_278_361_396_935_4e-6,
    ];
    const COSINE: [f64; 3] =
        [0.041_666_646_832_123_09, -0.001_388_736_550_460_861_6, 2.443_819_187_978_778_7e-5];
    if !x.all_within(F32x4::splat(-LARGEST_REDUCED), F32x4::splat(LARGEST_REDUCED)) {
        return F32x4::load(&x.to_array().map(|value| exact(f64::from(value)) as f32));
    }
    let (one, zero, rounding) = (F64x4::splat(1.0), F64x4::splat(0.0), F64x4::splat(ROUNDING));
    let x = F64x4::widen(x);
    let shifted = x * F64x4::splat(std::f64::consts::FRAC_2_PI) + rounding;
    let quarters = shifted - rounding;
    let r = x - quarters * F64x4::splat(HALF_PI[0]) - quarters * F64x4::splat(HALF_PI[1]);
    let square = r * r;
    let sine = r * (one + square * polynomial(square, &SINE));
    let cosine = one - square * F64x4::splat(0.5) + square * square * polynomial(square, &COSINE);
    // The two low bits, moved to the top: the higher one is the sign, the lower one 2.0 or 0.
    let quadrant = shifted.add_bits(F64x4::splat(f64::from_bits(quarter))).shift_left::<62>();
    let magnitude = quadrant.and_bits(F64x4::splat(2.0)).equal(zero).select(sine, cosine);
    with_sign_of(quadrant, magnitude).narrow()
}

#[inline(always)]
fn keep_zero(x: F64x4, result: F64x4) -> F64x4 {
    x.equal(F64x4::splat(0.0)).select(x, result)
}

#[inline(always)]
fn keep_nan(x: F64x4, result: F64x4) -> F64x4 {
    x.equal(x).select(result, x)
}

/// `magnitude` with the opposite sign where `x` is negative.
#[inline(always)]
fn with_sign_of(x: F64x4, magnitude: F64x4) -> F64x4 {
    x.and_bits(F64x4::splat(-0.0)).xor_bits(magnitude)
}

/// `c[0] + c[1] x + c[2] x^2 + ...`, even and odd powers apart: two short chains of sums instead of a long one.
#[inline(always)]
fn polynomial<const TERMS: usize>(x: F64x4, coefficients: &[f64; TERMS]) -> F64x4 {
    let square = x * x;
    let chain = |parity: usize| {
        let last = (TERMS - 1 - parity) / 2;
        let mut sum = F64x4::splat(coefficients[2 * last + parity]);
        for term in (0..last).rev() {
            sum = sum * square + F64x4::splat(coefficients[2 * term + parity]);
        }
        sum
    };
    chain(0) + x * chain(1)
}
