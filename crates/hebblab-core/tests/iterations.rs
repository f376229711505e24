//! Power and subspace iteration: analytic spectra, residuals and verdicts.

mod common;
mod matrices;

use common::assert_close;
use hebblab_core::power_iteration::{Convergence, largest_eigenpair, spectral_norm};
use hebblab_core::subspace_iteration::top_eigenpairs;
use hebblab_core::symmetric_eigen::reference::jacobi_eigen;
use hebblab_core::threads::OneThread;
use matrices::{
    any_symmetric, diagonal, frobenius, laplacian, laplacian_eigenvalues, orthonormality_error, rank_one,
    reflected, residual,
};
use proptest::prelude::*;

struct Top {
    values: Vec<f64>,
    vectors: Vec<f64>,
    residuals: Vec<f64>,
    verdict: Convergence,
}

fn top(matrix: &[f64], count: usize, tolerance: f64, max_iterations: u32) -> Top {
    let size = matrix.len().isqrt();
    let (mut values, mut residuals) = (vec![f64::NAN; count], vec![f64::NAN; count]);
    let mut vectors = vec![f64::NAN; count * size];
    let verdict = top_eigenpairs(
        &OneThread,
        matrix,
        size,
        count,
        tolerance,
        max_iterations,
        &mut values,
        &mut vectors,
        &mut residuals,
    )
    .unwrap();
    Top { values, vectors, residuals, verdict }
}

#[test]
fn power_iteration_finds_the_largest_magnitude_even_if_negative() {
    let mut vector = [0.0; 3];
    let (value, verdict) =
        largest_eigenpair(&diagonal(&[1.0, -4.0, 2.0]), 3, 1e-10, 200, &mut vector).unwrap();
    assert!(verdict.converged && verdict.residual <= 1e-10);
    assert!((value + 4.0).abs() < 1e-14);
    assert!((vector[1].abs() - 1.0).abs() < 1e-14);
}

#[test]
fn power_iteration_reports_the_residual_of_what_it_returns() {
    let matrix = laplacian(20);
    let mut vector = [0.0; 20];
    let (value, verdict) = largest_eigenpair(&matrix, 20, 1e-12, 7, &mut vector).unwrap();
    assert!(!verdict.converged);
    assert_eq!(verdict.iterations, 7);
    assert!((residual(&matrix, value, &vector) / value.abs() - verdict.residual).abs() < 1e-12);
}

#[test]
fn equal_magnitudes_of_opposite_sign_never_converge() {
    let (_, verdict) = largest_eigenpair(&diagonal(&[1.0, -1.0]), 2, 1e-6, 500, &mut [0.0; 2]).unwrap();
    assert!(!verdict.converged && verdict.iterations == 500);
}

#[test]
fn a_better_start_needs_fewer_iterations() {
    let matrix = laplacian(12);
    let mut vector = [0.0; 12];
    let (_, cold) = largest_eigenpair(&matrix, 12, 1e-8, 5000, &mut vector).unwrap();
    let (_, warm) = largest_eigenpair(&matrix, 12, 1e-8, 5000, &mut vector).unwrap();
    assert!(cold.converged && warm.converged);
    assert!(cold.iterations > 10 && warm.iterations == 1);
}

#[test]
fn a_start_in_the_null_space_is_replaced() {
    let mut vector = [0.0, 0.0, 7.0];
    let (value, verdict) =
        largest_eigenpair(&diagonal(&[3.0, 1.0, 0.0]), 3, 1e-10, 100, &mut vector).unwrap();
    assert!(verdict.converged && (value - 3.0).abs() < 1e-14);
    let mut right = [0.0, 5.0];
    let (norm, verdict) = spectral_norm(&[2.0, 0.0, 0.0, 0.0], 2, 2, 1e-10, 100, &mut right).unwrap();
    assert!(verdict.converged && (norm - 2.0).abs() < 1e-14);
}

#[test]
fn zero_matrices_have_the_value_zero() {
    let settled = |verdict: Convergence| verdict.converged && verdict.residual == 0.0;
    let (value, verdict) = largest_eigenpair(&[0.0; 9], 3, 1e-9, 10, &mut [0.0; 3]).unwrap();
    assert!(value == 0.0 && settled(verdict));
    let (norm, verdict) = spectral_norm(&[0.0; 6], 2, 3, 1e-9, 10, &mut [0.0; 3]).unwrap();
    assert!(norm == 0.0 && settled(verdict));
    let zero = top(&[0.0; 16], 2, 1e-9, 10);
    assert!(zero.values == [0.0; 2] && zero.residuals == [0.0; 2] && settled(zero.verdict));
    assert!(orthonormality_error(&zero.vectors, 4) < 1e-14);
}

#[test]
fn size_one_matrices_settle_at_once() {
    let mut vector = [0.0];
    let (value, verdict) = largest_eigenpair(&[-3.0], 1, 1e-12, 1, &mut vector).unwrap();
    assert!(verdict.converged && value == -3.0 && vector[0].abs() == 1.0);
    let (norm, verdict) = spectral_norm(&[-3.0], 1, 1, 1e-12, 1, &mut [0.0]).unwrap();
    assert!(verdict.converged && norm == 3.0);
    let one = top(&[-3.0], 1, 1e-12, 1);
    assert!(one.verdict.converged && one.values == [-3.0] && one.vectors == [1.0]);
}

#[test]
fn the_top_of_the_laplacian_is_found() {
    let matrix = laplacian(60);
    let found = top(&matrix, 5, 1e-9, 3000);
    assert!(found.verdict.converged, "{:?}", found.verdict);
    assert_close("laplacian", &found.values, &laplacian_eigenvalues(60)[..5], 1e-13);
}

#[test]
fn too_few_iterations_end_with_a_negative_verdict_and_true_residuals() {
    let matrix = laplacian(60);
    let found = top(&matrix, 5, 1e-9, 4);
    assert!(!found.verdict.converged && found.verdict.iterations == 4);
    let largest = found.residuals.iter().fold(0.0_f64, |kept, value| kept.max(*value));
    assert_eq!(found.verdict.residual, largest);
    assert!(largest > 1e-9);
    for (index, vector) in found.vectors.chunks_exact(60).enumerate() {
        let direct = residual(&matrix, found.values[index], vector) / found.values[0];
        assert!((direct - found.residuals[index]).abs() < 1e-13);
    }
}

#[test]
fn a_rank_deficient_matrix_still_gives_orthonormal_vectors() {
    let vector: Vec<f64> = (1..=30).map(f64::from).collect();
    let found = top(&rank_one(&vector), 4, 1e-12, 50);
    assert!(found.verdict.converged);
    // 1^2 + ... + 30^2 = 30 * 31 * 61 / 6
    assert_close("rank one", &found.values, &[9455.0, 0.0, 0.0, 0.0], 1e-13);
    assert!(orthonormality_error(&found.vectors, 30) < 1e-12);
}

#[test]
fn inputs_that_make_no_sense_are_refused() {
    let matrix = laplacian(3);
    let mut v = [0.0; 3];
    assert!(largest_eigenpair(&matrix, 2, 1e-6, 9, &mut v).is_err());
    assert!(largest_eigenpair(&matrix, 3, 0.0, 9, &mut v).is_err());
    assert!(largest_eigenpair(&matrix, 3, 1e-6, 0, &mut v).is_err());
    assert!(largest_eigenpair(&[f64::INFINITY; 9], 3, 1e-6, 9, &mut v).is_err());
    assert!(spectral_norm(&[f32::NAN; 3], 1, 3, 1e-6, 9, &mut v).is_err());
    assert!(spectral_norm(&[1.0; 3], 1, 3, f64::NAN, 9, &mut v).is_err());
    for count in [0, 4] {
        let mut vectors = vec![0.0; count * 3];
        let (mut values, mut residuals) = (vec![0.0; count], vec![0.0; count]);
        let refused =
            top_eigenpairs(&OneThread, &matrix, 3, count, 1e-6, 9, &mut values, &mut vectors, &mut residuals);
        assert_eq!(
            refused.unwrap_err().to_string(),
            format!("topEigenpairs: expected a count in 1..=3, got {count}")
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn a_planted_gap_is_found_whatever_the_basis(v in prop::collection::vec(0.1..1.0_f64, 25)) {
        let values: Vec<f64> = (0..25).map(|index| 0.5_f64.powi(index)).collect();
        let matrix = reflected(&values, &v);
        let found = top(&matrix, 6, 1e-8, 200);
        prop_assert!(found.verdict.converged);
        assert_close("values", &found.values, &values[..6], 1e-13);
        prop_assert!(orthonormality_error(&found.vectors, 25) < 1e-12);
        let mut vector = vec![0.0; 25];
        let (value, verdict) = largest_eigenpair(&matrix, 25, 1e-7, 200, &mut vector).unwrap();
        prop_assert!(verdict.converged && (value - 1.0).abs() < 1e-13);
    }

    #[test]
    fn converged_pairs_are_those_of_jacobi((size, matrix) in any_symmetric(16)) {
        let count = size.div_ceil(3);
        let found = top(&matrix, count, 1e-7, 20_000);
        prop_assume!(found.verdict.converged);
        let mut want = jacobi_eigen(&matrix, size).0;
        want.sort_by(|left, right| right.abs().total_cmp(&left.abs()));
        let magnitudes = |values: &[f64]| values.iter().map(|value| value.abs()).collect::<Vec<_>>();
        assert_close("magnitudes", &magnitudes(&found.values), &magnitudes(&want[..count]), 1e-7);
        for (value, vector) in found.values.iter().zip(found.vectors.chunks_exact(size)) {
            prop_assert!(residual(&matrix, *value, vector) <= 1.1e-7 * frobenius(&matrix));
        }
    }

    #[test]
    fn the_spectral_norm_is_the_root_of_the_gram_matrix(
        (rows, columns, entries) in (1..20_usize, 1..20_usize).prop_flat_map(|(rows, columns)| {
            (Just(rows), Just(columns), prop::collection::vec(0.1..1.0_f32, rows * columns))
        })
    ) {
        let mut gram = vec![0.0; columns * columns];
        for row in entries.chunks_exact(columns) {
            for i in 0..columns {
                for j in 0..columns {
                    gram[i * columns + j] += f64::from(row[i]) * f64::from(row[j]);
                }
            }
        }
        let mut right = vec![0.0; columns];
        let (norm, verdict) = spectral_norm(&entries, rows, columns, 1e-8, 1000, &mut right).unwrap();
        prop_assert!(verdict.converged);
        let want = jacobi_eigen(&gram, columns).0[0].sqrt();
        prop_assert!((norm - want).abs() <= 1e-13 * want);
    }
}

#[test]
fn denormal_and_huge_matrices_have_the_eigenpairs_of_their_multiples() {
    // All ones, size 17: eigenvalue 17 once, 0 for the rest.
    for (entry, tolerance) in [(5e-324, 0.5 * 5e-324), (1e-315, 1e-323), (5e306, 1e293)] {
        let top = top(&[entry; 17 * 17], 3, 1e-9, 50);
        assert!(top.verdict.converged, "{entry}");
        assert!((top.values[0] - 17.0 * entry).abs() <= tolerance, "{} of {entry}", top.values[0]);
        assert!(orthonormality_error(&top.vectors, 17) < 1e-13);
    }
}

#[test]
fn a_block_wider_than_the_coordinates_that_a_matrix_keeps_still_ends() {
    let mut matrix = vec![0.0; 40 * 40];
    for row in 0..3 {
        for column in 0..3 {
            matrix[row * 40 + column] = 1.0 / (1.0 + row as f64 + column as f64);
        }
    }
    let top = top(&matrix, 20, 1e-9, 50);
    assert!(top.verdict.converged);
    assert!(orthonormality_error(&top.vectors, 40) < 1e-13);
}
