//! Power iteration: the largest eigenpair of a symmetric matrix, and the spectral norm of any matrix.

use crate::buffers::zeros;
use crate::error::{KernelResult, ensure, ensure_finite, ensure_length};
use crate::vectors_f64::{self as vector_ops, add_scaled_f32, dot, dot_f32, fill_start, length};

/// How an iteration ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Products with the matrix that were formed.
    pub iterations: u32,
    /// Of the result that is returned; infinite when it is not even a first approximation.
    pub residual: f64,
    /// Whether `residual` is at most the tolerance.
    pub converged: bool,
}

/// The eigenpair of largest magnitude of the symmetric `matrix` [size, size]: returns the eigenvalue
/// l = v.Av and leaves the unit eigenvector v in `vector` `[size]`.
///
/// `vector` holds the start, of any length; all zeros ask for a fixed one without structure. The residual
/// is `||A v - l v|| / |l|`; l itself is then accurate to about its square. The ratio of the second
/// magnitude to the first is the factor per iteration; when they are equal with opposite signs it never
/// converges, and says so. A start that is itself an eigenvector stays one, so give none that could be.
/// The zero matrix has l = 0, residual 0, and any v.
///
/// # Errors
/// `size` 0, lengths that do not fit, non-finite entries, a tolerance that is not positive, no iterations.
/// Not converging is no error: see [`Convergence`].
///
/// ```
/// # use hebblab_core::power_iteration::largest_eigenpair;
/// let mut vector = [0.0; 2];
/// let (value, verdict) = largest_eigenpair(&[2.0, 1.0, 1.0, 2.0], 2, 1e-9, 100, &mut vector).unwrap();
/// assert!(verdict.converged && (value - 3.0).abs() < 1e-12);
/// ```
pub fn largest_eigenpair(
    matrix: &[f64],
    size: usize,
    tolerance: f64,
    max_iterations: u32,
    vector: &mut [f64],
) -> KernelResult<(f64, Convergence)> {
    const OPERATION: &str = "largestEigenpair";
    ensure(size >= 1, OPERATION, || "a size of at least 1".into(), || size.to_string())?;
    ensure_length(OPERATION, "matrix", size * size, matrix.len())?;
    ensure_length(OPERATION, "vector", size, vector.len())?;
    check_iteration(OPERATION, tolerance, max_iterations)?;
    vector_ops::ensure_finite(OPERATION, "matrix", matrix)?;
    vector_ops::ensure_finite(OPERATION, "vector", vector)?;
    let zero_matrix = matrix.iter().all(|entry| *entry == 0.0);

    let multiply = |vector: &[f64], product: &mut [f64]| {
        for (value, row) in product.iter_mut().zip(matrix.chunks_exact(size)) {
            *value = dot(row, vector);
        }
        dot(vector, product)
    };
    iterate(OPERATION, zero_matrix, tolerance, max_iterations, vector, multiply)
}

/// The largest singular value of `matrix` [rows, columns], by power iteration on A^T A, which is never
/// formed: an iteration reads the matrix once, for both products, in f64.
///
/// `right_vector` `[columns]` holds the start (all zeros: a fixed one) and then the right singular vector v.
/// The residual is `||A^T A v - s^2 v|| / s^2`. The zero matrix has norm 0, residual 0.
///
/// # Errors
/// No rows or columns, lengths that do not fit, non-finite entries, a tolerance that is not positive, no
/// iterations. Not converging is no error: see [`Convergence`].
///
/// ```
/// # use hebblab_core::power_iteration::spectral_norm;
/// let (norm, verdict) = spectral_norm(&[3.0, 0.0, 0.0, 4.0], 2, 2, 1e-9, 100, &mut [0.0; 2]).unwrap();
/// assert!(verdict.converged && (norm - 4.0).abs() < 1e-12);
/// ```
pub fn spectral_norm(
    matrix: &[f32],
    rows: usize,
    columns: usize,
    tolerance: f64,
    max_iterations: u32,
    right_vector: &mut [f64],
) -> KernelResult<(f64, Convergence)> {
    const OPERATION: &str = "spectralNorm";
    ensure(
        rows >= 1 && columns >= 1,
        OPERATION,
        || "at least one row and one column".into(),
        || format!("{rows} x {columns}"),
    )?;
    ensure_length(OPERATION, "matrix", rows * columns, matrix.len())?;
    ensure_length(OPERATION, "vector", columns, right_vector.len())?;
    check_iteration(OPERATION, tolerance, max_iterations)?;
    ensure_finite(OPERATION, "matrix", matrix)?;
    vector_ops::ensure_finite(OPERATION, "vector", right_vector)?;
    let zero_matrix = matrix.iter().all(|entry| *entry == 0.0);

    let multiply = |vector: &[f64], product: &mut [f64]| {
        product.fill(0.0);
        let mut square = 0.0;
        for row in matrix.chunks_exact(columns) {
            let output = dot_f32(row, vector);
            square += output * output;
            add_scaled_f32(product, output, row);
        }
        square
    };
    let (square, convergence) =
        iterate(OPERATION, zero_matrix, tolerance, max_iterations, right_vector, multiply)?;
    Ok((square.sqrt(), convergence))
}

/// Checks what every iterative kernel is given.
pub(crate) fn check_iteration(
    operation: &'static str,
    tolerance: f64,
    max_iterations: u32,
) -> KernelResult<()> {
    ensure(
        tolerance.is_finite() && tolerance > 0.0,
        operation,
        || "a finite tolerance > 0".into(),
        || tolerance.to_string(),
    )?;
    ensure(max_iterations >= 1, operation, || "at least 1 iteration".into(), || max_iterations.to_string())
}

/// `multiply(v, product)` forms A v and returns v.Av.
fn iterate(
    operation: &'static str,
    zero_matrix: bool,
    tolerance: f64,
    max_iterations: u32,
    vector: &mut [f64],
    multiply: impl Fn(&[f64], &mut [f64]) -> f64,
) -> KernelResult<(f64, Convergence)> {
    let mut starts = 0;
    let mut product = zeros(operation, vector.len())?;
    let mut iterations = 0;
    normalise_or_restart(vector, &mut starts);
    loop {
        let value = multiply(vector, &mut product);
        iterations += 1;
        if zero_matrix {
            return Ok((0.0, Convergence { iterations, residual: 0.0, converged: true }));
        }
        let residual = relative_residual(vector, &product, value);
        let converged = residual <= tolerance;
        if converged || iterations == max_iterations {
            return Ok((value, Convergence { iterations, residual, converged }));
        }
        vector.copy_from_slice(&product);
        // A start in the null space is an eigenvector, of 0: it says nothing about the largest.
        normalise_or_restart(vector, &mut starts);
    }
}

fn normalise_or_restart(vector: &mut [f64], starts: &mut u64) {
    if vector.iter().all(|value| *value == 0.0) {
        fill_start(vector, *starts);
        *starts += 1;
    }
    // Twice: a denormal length is rounded coarsely.
    for _ in 0..2 {
        let norm = length(vector);
        for value in vector.iter_mut() {
            *value /= norm;
        }
    }
}

/// `||product - value vector|| / |value|`, infinite for the value 0.
fn relative_residual(vector: &[f64], product: &[f64], value: f64) -> f64 {
    if value == 0.0 {
        return f64::INFINITY;
    }
    let square: f64 = product
        .iter()
        .zip(vector)
        .map(|(image, component)| image / value - component)
        .map(|difference| difference * difference)
        .sum();
    square.sqrt()
}
