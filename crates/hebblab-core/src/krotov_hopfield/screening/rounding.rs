//! How far rounding can move what the screen compares.

/// Below this, a byte times the scale could be subnormal, which counts as zero in a product.
pub const SMALLEST_SCALE: f32 = 1e-30;

/// More than the roundings of a conversion to f32 and of a few f64 operations.
pub const ROUNDED_UP: f64 = 1.0 + 1e-6;

/// The error of the dot t (q.p), per unit of |p|, that covers everything between it and the f32 pre-activation over s:
/// - |r|, what the integers leave of the row (Cauchy-Schwarz);
/// - the f32 sum: n roundings on the way of a product into the sum give an error of at most
///   n u / (1 - n u) sum |x| |w| <= n u / (1 - n u) s |p| |w| (Higham 2002, eq. 3.5), u = 2^-24, with
///   n = 1 product + 256 sums + 1 sum per 256 inputs, and one more for x = s p itself;
/// - t (q.p) computed in f32, and the two bounds: 5 u (|w| + |r|);
/// - products that underflow: at most 2^-149 for each input, over s >= 1e-30.
pub fn error_of_row(inputs: usize, length: f64, residual: f64) -> f64 {
    let bounds = 5.0 * UNIT * (length + residual);
    (residual + sum_error(roundings_of_sum(inputs)) * length + bounds + underflow(inputs)) * ROUNDED_UP
}

pub const UNIT: f64 = 1.0 / (1_u64 << 24) as f64;

/// On the way of a product into a sum of `crate::gemm`, and one more of an operand.
pub fn roundings_of_sum(inputs: usize) -> f64 {
    (259 + inputs.div_ceil(256)) as f64
}

pub fn sum_error(roundings: f64) -> f64 {
    roundings * UNIT / (1.0 - roundings * UNIT)
}

pub fn underflow(inputs: usize) -> f64 {
    inputs as f64 * 2f64.powi(-149) / f64::from(SMALLEST_SCALE)
}
