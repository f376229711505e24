//! All eigenvalues, and eigenvectors where wanted, of a symmetric f64 matrix: blocked Householder reduction to
//! tridiagonal form, then implicit QL (Golub & Van Loan, Matrix Computations, 8.3). No bit depends on the number
//! of threads.

mod back_transformation;
mod ql;
pub mod reference;
mod rotations;
mod tridiagonal;

use crate::buffers::zeros;
use crate::error::{KernelResult, ensure, ensure_length};
use crate::threads::Threads;
use crate::vectors_f64::{ensure_finite, fix_sign, largest_magnitude, power_of_two_scale, scale};
use back_transformation::transform_back;
use rotations::Rotations;

/// Eigenvalues of the symmetric `matrix` [size, size] into `values` `[size]`, descending.
///
/// Only the diagonal and what is below it are read; `matrix` is destroyed. Accuracy is relative to the
/// eigenvalue of largest magnitude: every value is accurate to a few 1e-16 of that times a slowly growing
/// function of `size`, and has no correct digits where it is smaller; those of a rank-deficient matrix come out
/// as about +-1e-16 of the first. Takes 4/3 size^3 flops, half of them in products with vectors, and memory for
/// 170 vectors of `size` values of 8 bytes.
///
/// # Errors
/// `size` 0, lengths that do not fit, a non-finite entry, memory, or (never seen) no convergence of QL.
///
/// ```
/// # use hebblab_core::symmetric_eigen::symmetric_eigenvalues;
/// # use hebblab_core::threads::OneThread;
/// let mut values = [0.0; 2];
/// symmetric_eigenvalues(&OneThread, &mut [2.0, 1.0, 1.0, 2.0], 2, &mut values).unwrap();
/// assert!((values[0] - 3.0).abs() < 1e-14 && (values[1] - 1.0).abs() < 1e-14);
/// ```
pub fn symmetric_eigenvalues(
    threads: &dyn Threads,
    matrix: &mut [f64],
    size: usize,
    values: &mut [f64],
) -> KernelResult<()> {
    const OPERATION: &str = "symmetricEigenvalues";
    check(OPERATION, matrix, size, values)?;
    let unit = normalise(matrix);
    let mut off_diagonal = zeros(OPERATION, size)?;
    tridiagonal::reduce(threads, OPERATION, matrix, size, values, &mut off_diagonal)?;
    ql::diagonalise(OPERATION, values, &mut off_diagonal, None)?;
    sort_pairs(values, &mut []);
    scale(values, 1.0 / unit);
    Ok(())
}

/// As [`symmetric_eigenvalues`], and row i of `vectors` [size, size] receives the unit eigenvector of
/// `values[i]`, its component of largest magnitude positive.
///
/// The rotations of QL take about 9 size^3 flops, the way back from the tridiagonal form 2 size^3; memory as
/// for the eigenvalues, and that of 190 vectors more for rotations that
/// wait, and 32 for each thread.
///
/// # Errors
/// As [`symmetric_eigenvalues`].
///
/// ```
/// # use hebblab_core::symmetric_eigen::symmetric_eigen;
/// # use hebblab_core::threads::OneThread;
/// let (mut values, mut vectors) = ([0.0; 2], [0.0; 4]);
/// symmetric_eigen(&OneThread, &mut [1.0, 0.0, 0.0, 5.0], 2, &mut values, &mut vectors).unwrap();
/// assert_eq!((values, vectors), ([5.0, 1.0], [0.0, 1.0, 1.0, 0.0]));
/// ```
pub fn symmetric_eigen(
    threads: &dyn Threads,
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
    tridiagonal::reduce(threads, OPERATION, matrix, size, values, &mut off_diagonal)?;
    vectors.fill(0.0);
    vectors.iter_mut().step_by(size + 1).for_each(|value| *value = 1.0);
    let mut rotations = Rotations::new(threads, OPERATION, vectors, size)?;
    ql::diagonalise(OPERATION, values, &mut off_diagonal, Some(&mut rotations))?;
    transform_back(threads, OPERATION, matrix, size, vectors)?;
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

/// Selection sort: descending values, at most size - 1 exchanges of rows, of which there may be none.
///
/// The standard library's sort would be a kilobyte larger, and the time is nothing beside the reduction's.
#[inline(never)]
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
            if vectors.is_empty() {
                continue;
            }
            let (above, below) = vectors.split_at_mut(largest * size);
            above[place * size..(place + 1) * size].swap_with_slice(&mut below[..size]);
        }
    }
}
