//! All eigenvalues of a symmetric matrix: against analytic spectra, invariants and cyclic Jacobi.

mod common;
mod matrices;

use common::assert_close;
use hebblab_core::symmetric_eigen::reference::jacobi_eigen;
use hebblab_core::symmetric_eigen::{symmetric_eigen, symmetric_eigenvalues};
use hebblab_core::threads::OneThread;
use matrices::{
    any_symmetric, diagonal, frobenius, laplacian, laplacian_eigenvalues, orthonormality_error, rank_one,
    reflected, residual,
};
use proptest::prelude::*;

const EXACT: f64 = 1e-13;

fn eigenvalues(matrix: &[f64]) -> Vec<f64> {
    let size = matrix.len().isqrt();
    let mut values = vec![f64::NAN; size];
    symmetric_eigenvalues(&OneThread, &mut matrix.to_vec(), size, &mut values).unwrap();
    values
}

fn eigen(matrix: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let size = matrix.len().isqrt();
    let (mut values, mut vectors) = (vec![f64::NAN; size], vec![f64::NAN; size * size]);
    symmetric_eigen(&OneThread, &mut matrix.to_vec(), size, &mut values, &mut vectors).unwrap();
    (values, vectors)
}

#[test]
fn a_diagonal_matrix_gives_its_entries_in_order_and_exactly() {
    let values = eigenvalues(&diagonal(&[1e-20, 3.0, -7.0, 0.0, 5e8]));
    assert_eq!(values, [5e8, 3.0, 1e-20, 0.0, -7.0]);
}

#[test]
fn the_laplacian_has_its_cosine_spectrum() {
    for size in [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 100, 257] {
        let want = laplacian_eigenvalues(size);
        assert_close("laplacian", &eigenvalues(&laplacian(size)), &want, EXACT);
        assert_close("laplacian with vectors", &eigen(&laplacian(size)).0, &want, EXACT);
        assert_close("laplacian by Jacobi", &jacobi_eigen(&laplacian(size), size).0, &want, EXACT);
    }
}

#[test]
fn a_size_one_matrix_is_its_own_eigenvalue() {
    assert_eq!(eigenvalues(&[-2.5]), [-2.5]);
    assert_eq!(eigen(&[-2.5]), (vec![-2.5], vec![1.0]));
}

#[test]
fn the_zero_matrix_has_zero_eigenvalues_and_orthonormal_vectors() {
    let (values, vectors) = eigen(&[0.0; 25]);
    assert_eq!(values, [0.0; 5]);
    assert_eq!(orthonormality_error(&vectors, 5), 0.0);
    assert_eq!(eigenvalues(&[0.0; 25]), [0.0; 5]);
}

#[test]
fn only_the_lower_triangle_is_read() {
    let mut matrix = laplacian(6);
    for row in 0..6 {
        for column in row + 1..6 {
            matrix[row * 6 + column] = 1e9;
        }
    }
    // Scaling by a power of two sees the upper triangle's size, nothing else does.
    assert_close("laplacian", &eigenvalues(&matrix), &laplacian_eigenvalues(6), EXACT);
}

#[test]
fn extreme_magnitudes_neither_overflow_nor_underflow() {
    for unit in [1e-300, 1e300] {
        let matrix: Vec<f64> = laplacian(9).iter().map(|value| value * unit).collect();
        let want: Vec<f64> = laplacian_eigenvalues(9).iter().map(|value| value * unit).collect();
        assert_close("scaled laplacian", &eigenvalues(&matrix), &want, EXACT);
    }
}

#[test]
fn a_matrix_with_a_nan_is_refused() {
    let error =
        symmetric_eigenvalues(&OneThread, &mut [1.0, 0.0, f64::NAN, 1.0], 2, &mut [0.0; 2]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "symmetricEigenvalues: expected finite values in matrix, got NaN at index 2"
    );
}

#[test]
fn lengths_that_do_not_fit_are_refused() {
    assert!(symmetric_eigenvalues(&OneThread, &mut [], 0, &mut []).is_err());
    assert!(symmetric_eigenvalues(&OneThread, &mut [1.0; 3], 2, &mut [0.0; 2]).is_err());
    assert!(symmetric_eigenvalues(&OneThread, &mut [1.0; 4], 2, &mut [0.0; 3]).is_err());
    assert!(symmetric_eigen(&OneThread, &mut [1.0; 4], 2, &mut [0.0; 2], &mut [0.0; 3]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn trace_and_frobenius_norm_are_kept((_, matrix) in any_symmetric(40)) {
        let values = eigenvalues(&matrix);
        let size = values.len();
        let norm = frobenius(&matrix);
        let trace: f64 = (0..size).map(|index| matrix[index * size + index]).sum();
        prop_assert!((values.iter().sum::<f64>() - trace).abs() <= 1e-13 * norm * size as f64);
        prop_assert!((frobenius(&values) - norm).abs() <= 1e-13 * norm);
        prop_assert!(values.is_sorted_by(|left, right| left >= right));
    }

    #[test]
    fn pairs_satisfy_the_eigenvalue_equation((size, matrix) in any_symmetric(40)) {
        let (values, vectors) = eigen(&matrix);
        let norm = frobenius(&matrix);
        for (value, vector) in values.iter().zip(vectors.chunks_exact(size)) {
            prop_assert!(residual(&matrix, *value, vector) <= 1e-13 * norm);
        }
        prop_assert!(orthonormality_error(&vectors, size) <= 1e-12);
        for vector in vectors.chunks_exact(size) {
            let largest = vector.iter().fold(0.0_f64, |kept, value| if value.abs() > kept.abs() { *value } else { kept });
            prop_assert!(largest > 0.0, "the component of largest magnitude is positive");
        }
    }

    #[test]
    fn jacobi_finds_the_same_eigenvalues((size, matrix) in any_symmetric(24)) {
        let (jacobi, rows) = jacobi_eigen(&matrix, size);
        assert_close("eigenvalues", &eigenvalues(&matrix), &jacobi, EXACT);
        assert_close("eigenvalues with vectors", &eigen(&matrix).0, &jacobi, EXACT);
        prop_assert!(orthonormality_error(&rows, size) <= 1e-12);
    }

    #[test]
    fn a_rank_one_matrix_has_one_eigenvalue(vector in prop::collection::vec(-2.0..2.0_f64, 1..30)) {
        let mut want = vec![0.0; vector.len()];
        want[0] = vector.iter().map(|value| value * value).sum();
        assert_close("rank one", &eigenvalues(&rank_one(&vector)), &want, EXACT);
    }

    #[test]
    fn repeated_eigenvalues_are_found_as_often_as_they_occur(
        copies in 2..8_usize,
        v in prop::collection::vec(0.1..1.0_f64, 12),
    ) {
        let mut want = vec![4.0; copies];
        want.resize(12, 1.0);
        let matrix = reflected(&want, &v);
        assert_close("repeated", &eigenvalues(&matrix), &want, EXACT);
        let (values, vectors) = eigen(&matrix);
        assert_close("repeated with vectors", &values, &want, EXACT);
        prop_assert!(orthonormality_error(&vectors, 12) <= 1e-12);
    }
}
