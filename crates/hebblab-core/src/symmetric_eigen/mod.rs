//! All eigenvalues, and eigenvectors where wanted, of a symmetric f64 matrix: Householder reduction to
//! tridiagonal form, then implicit QL (Golub & Van Loan, Matrix Computations, 8.3).

mod ql;
pub mod reference;
mod tridiagonal;

use crate::buffers::zeros;
use crate::error::{KernelResult, ensure, ensure_length};
use crate::vectors_f64::{ensure_finite, fix_sign, largest_magnitude, power_of_two_scale, scale};

/// Eigenvalues of the symmetric `matrix` [size, size] into `values` `[size]`, descending.
///
/// Only the diagonal and what is below it are read; `matrix` is destroyed. Every eigenvalue is accurate to
/// a few 1e-16 of the largest magnitude times a slowly growing function of `size`, so those of a
/// rank-deficient matrix come out as about +-1e-16 of the first. Takes 4/3 size^3 multiply-adds, no memory
/// beyond four vectors.
///
/// # Errors
/// `size` 0, lengths that do not fit, a non-finite entry, or (never seen) no convergence of QL.
///
/// ```
/// # use hebblab_core::symmetric_eigen::symmetric_eigenvalues;
/// let mut values = [0.0; 2];
/// symmetric_eigenvalues(&mut [2.0, 1.0, 1.0, 2.0], 2, &mut values).unwrap();
/// assert!((values[0] - 3.0).abs() < 1e-14 && (values[1] - 1.0).abs() < 1e-14);
/// ```
pub fn symmetric_eigenvalues(matrix: &mut [f64], size: usize, values: &mut [f64]) -> KernelResult<()> {
    const OPERATION: &str = "symmetricEigenvalues";
    check(OPERATION, matrix, size, values)?;
    let unit = normalise(matrix);
    let mut off_diagonal = zeros(OPERATION, size)?;
    tridiagonal::reduce(OPERATION, matrix, size, values, &mut off_diagonal)?;
    ql::diagonalise(OPERATION, values, &mut off_diagonal, None)?;
    values.sort_unstable_by(|left, right| right.total_cmp(left));
    scale(values, 1.0 / unit);
    Ok(())
}

/// As [`symmetric_eigenvalues`], and row i of `vectors` [size, size] receives the unit eigenvector of
/// `values[i]`, its component of largest magnitude positive. Takes about 6 size^3 multiply-adds.
///
/// # Errors
/// As [`symmetric_eigenvalues`].
///
/// ```
/// # use hebblab_core::symmetric_eigen::symmetric_eigen;
/// let (mut values, mut vectors) = ([0.0; 2], [0.0; 4]);
/// symmetric_eigen(&mut [1.0, 0.0, 0.0, 5.0], 2, &mut values, &mut vectors).unwrap();
/// assert_eq!((values, vectors), ([5.0, 1.0], [0.0, 1.0, 1.0, 0.0]));
/// ```
pub fn symmetric_eigen(
    matrix: &mut [f64],
    size: usize,
    values: &mut [f64],
    vectors: &mut [f64],
) -> KernelResult<()> {
    const OPERATION: &str = "symmetricEigen";
    check(OPERATION, matrix, size, values)?;
    ensure_length(OPERATION, "vectors", size * size, vectors.len())?;
    let unit = normalise(matrix);
    let mut off_diagonal = zeros(OPERATION, size)?;
    tridiagonal::reduce(OPERATION, matrix, size, values, &mut off_diagonal)?;
    tridiagonal::fill_transformation(matrix, size, vectors);
    ql::diagonalise(OPERATION, values, &mut off_diagonal, Some(vectors))?;
    sort_pairs(values, vectors);
    scale(values, 1.0 / unit);
    vectors.chunks_exact_mut(size).for_each(fix_sign);
    Ok(())
}

fn check(operation: &'static str, matrix: &[f64], size: usize, values: &[f64]) -> KernelResult<()> {
    ensure(size >= 1, operation, || "a size of at least 1".into(), || size.to_string())?;
    ensure_length(operation, "matrix", size * size, matrix.len())?;
    ensure_length(operation, "values", size, values.len())?;
    ensure_finite(operation, "matrix", matrix)
}

/// Brings the largest magnitude to [1, 2), where squares neither over- nor underflow, and returns the
/// power of two that did it.
fn normalise(matrix: &mut [f64]) -> f64 {
    let unit = power_of_two_scale(largest_magnitude(matrix));
    if unit != 1.0 {
        scale(matrix, unit);
    }
    unit
}

/// Selection sort: descending values, at most size - 1 exchanges of rows.
fn sort_pairs(values: &mut [f64], vectors: &mut [f64]) {
    let size = values.len();
    for place in 0..size {
        let mut largest = place;
        for candidate in place + 1..size {
            if values[candidate] > values[largest] {
                largest = candidate;
            }
        }
        if largest != place {
            values.swap(place, largest);
            let (above, below) = vectors.split_at_mut(largest * size);
            above[place * size..(place + 1) * size].swap_with_slice(&mut below[..size]);
        }
    }
}
