//! L_p norms of the rows of a matrix.

use crate::error::{KernelResult, ensure, ensure_finite, ensure_length};

/// `out[i] = (sum_j |matrix[i, j]|^p)^(1/p)` for `matrix` [rows, columns] and real p >= 1, summed in f64.
///
/// # Errors
/// A wrong length, p not finite or below 1, or a value that is not finite.
///
/// ```
/// let mut norms = [0.0; 2];
/// hebblab_core::norms::lp_norms(&[3.0, -4.0, 0.0, 2.0], 2, 2, 2.0, &mut norms)?;
/// assert_eq!(norms, [5.0, 2.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn lp_norms(matrix: &[f32], rows: usize, columns: usize, p: f32, out: &mut [f32]) -> KernelResult<()> {
    const OPERATION: &str = "lpNorms";
    ensure(p >= 1.0 && p.is_finite(), OPERATION, || "finite p >= 1".into(), || p.to_string())?;
    ensure_length(OPERATION, "matrix", rows * columns, matrix.len())?;
    ensure_length(OPERATION, "out", rows, out.len())?;
    ensure_finite(OPERATION, "matrix", matrix)?;
    for (row, norm) in out.iter_mut().enumerate() {
        *norm = lp_norm(&matrix[row * columns..][..columns], p);
    }
    Ok(())
}

/// The norm of one row of finite values.
fn lp_norm(row: &[f32], p: f32) -> f32 {
    if p == 2.0 {
        return sum_of(row, |value| value * value).sqrt() as f32;
    }
    if p == 3.0 {
        return libm::cbrt(sum_of(row, |value| value * value * value)) as f32;
    }
    // |w| up to 3e38 to a large power leaves even f64, so the largest value is taken out first.
    let largest = row.iter().fold(0.0, |largest: f32, value| largest.max(value.abs())) as f64;
    if largest == 0.0 {
        return 0.0;
    }
    let sum = sum_of(row, |value| libm::pow(value / largest, p as f64));
    (largest * libm::pow(sum, 1.0 / p as f64)) as f32
}

/// `sum_i |w_i|^p` of one row of finite values, the <W, W> of Krotov & Hopfield 2019.
pub(crate) fn power_sum(row: &[f32], p: f32) -> f64 {
    if p == 2.0 {
        sum_of(row, |value| value * value)
    } else if p == 3.0 {
        sum_of(row, |value| value * value * value)
    } else {
        sum_of(row, |value| libm::pow(value, p as f64))
    }
}

/// `sum_i power(|w_i|)` in four running sums, combined in a fixed order.
#[inline(always)]
fn sum_of(row: &[f32], power: impl Fn(f64) -> f64) -> f64 {
    let chunks = row.chunks_exact(4);
    let tail: f64 = chunks.remainder().iter().map(|value| power(value.abs() as f64)).sum();
    let mut sums = [0.0; 4];
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += power(value.abs() as f64);
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + tail
}
