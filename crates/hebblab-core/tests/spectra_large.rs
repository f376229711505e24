//! Spectra at sizes with several panels and pieces: closed forms, invariances, and the same bits on any threads.

mod common;
mod matrices;

use std::num::NonZeroUsize;

use common::assert_close;
use hebblab_core::covariance::{CovarianceWorkspace, covariance};
use hebblab_core::subspace_iteration::{top_covariance_eigenpairs, top_eigenpairs};
use hebblab_core::symmetric_eigen::{symmetric_eigen, symmetric_eigenvalues};
use hebblab_core::threads::{NativeThreads, OneThread, Threads};
use matrices::{laplacian, laplacian_eigenvalues, residual};

/// An eigenvalue from its place in 0..=1 and its index.
type Spectrum = fn(f64, f64) -> f64;

const SIZES: [usize; 7] = [1, 2, 3, 64, 65, 500, 1000];

/// Values without structure in [-1, 1): the fractional parts of multiples of the golden ratio, squared index.
fn spread(length: usize) -> Vec<f64> {
    (0..length)
        .map(|index| (index as f64 * 0.618_033_988_749_894_9 * (1 + index % 7) as f64).fract() * 2.0 - 1.0)
        .collect()
}

/// H D H with H = I - 2 v v^T / v.v: full, with the eigenvalues D, in order of size^2.
fn similar(values: &[f64]) -> Vec<f64> {
    let size = values.len();
    let v: Vec<f64> = spread(size).iter().map(|value| value + 1.5).collect();
    let square: f64 = v.iter().map(|value| value * value).sum();
    let middle: f64 = v.iter().zip(values).map(|(v, value)| v * v * value).sum();
    let mut matrix = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..size {
            let both = 4.0 * middle * v[i] * v[j] / (square * square);
            // Symmetric to the last bit: the bracket is a sum of two values in either order.
            let own = if i == j { values[i] } else { 0.0 };
            matrix[i * size + j] = own - 2.0 * (v[i] * v[j] / square) * (values[i] + values[j]) + both;
        }
    }
    matrix
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(|left, right| right.total_cmp(left));
    values
}

fn eigenvalues_on(threads: &dyn Threads, matrix: &[f64]) -> Vec<f64> {
    let size = matrix.len().isqrt();
    let mut values = vec![f64::NAN; size];
    symmetric_eigenvalues(threads, &mut matrix.to_vec(), size, &mut values).unwrap();
    values
}

fn eigenvalues(matrix: &[f64]) -> Vec<f64> {
    eigenvalues_on(&OneThread, matrix)
}

fn counts() -> impl Iterator<Item = NativeThreads> {
    [1, 2, 3, 5].into_iter().map(|count| NativeThreads(NonZeroUsize::new(count).unwrap()))
}

#[test]
fn the_laplacian_has_its_cosine_spectrum_at_every_size() {
    for size in SIZES {
        assert_close("laplacian", &eigenvalues(&laplacian(size)), &laplacian_eigenvalues(size), 1e-13);
    }
}

#[test]
fn full_matrices_have_the_spectra_they_were_made_of() {
    let last = |size: usize| size.max(2) as f64 - 1.0;
    let spectra: [(&str, Spectrum); 6] = [
        ("spread", |place, _| 1.0 - 2.0 * place),
        ("clustered", |place, index| if place < 0.5 { 1.0 } else { 0.5 } + 1e-9 * index),
        ("repeated", |_, index| f64::from(u8::from((index as usize).is_multiple_of(3)))),
        ("rank-deficient", |place, _| if place < 0.1 { 1.0 - place } else { 0.0 }),
        ("graded", |place, _| 10.0_f64.powf(-12.0 * place)),
        (
            "indefinite",
            |place, index| if (index as usize).is_multiple_of(2) { 1.0 - place } else { place - 1.0 },
        ),
    ];
    for size in [1, 2, 3, 64, 65, 500] {
        for (name, value) in spectra {
            let values: Vec<f64> =
                (0..size).map(|index| value(index as f64 / last(size), index as f64)).collect();
            for unit in [1e-30, 1.0, 1e30] {
                let scaled: Vec<f64> = values.iter().map(|value| value * unit).collect();
                let got = eigenvalues(&similar(&scaled));
                assert_close(&format!("{name} {size} * {unit}"), &got, &sorted(scaled), 1e-13);
            }
        }
    }
}

#[test]
fn a_shift_moves_every_eigenvalue_and_a_permutation_none() {
    for size in [2, 3, 64, 65, 500] {
        let matrix = similar(&spread(size));
        let values = eigenvalues(&matrix);
        let mut shifted = matrix.clone();
        shifted.iter_mut().step_by(size + 1).for_each(|value| *value += 3.0);
        let want: Vec<f64> = values.iter().map(|value| value + 3.0).collect();
        assert_close("shifted", &eigenvalues(&shifted), &want, 1e-13);
        // 7 divides none of the sizes, so multiples of it visit every index once.
        let place = |index: usize| index * 7 % size;
        let permuted: Vec<f64> =
            (0..size * size).map(|entry| matrix[place(entry / size) * size + place(entry % size)]).collect();
        assert_close("permuted", &eigenvalues(&permuted), &values, 1e-13);
    }
}

#[test]
fn pairs_satisfy_their_equation_and_are_orthonormal() {
    for size in SIZES {
        for values in [spread(size), vec![2.0; size], (0..size).map(|index| (index / 2) as f64).collect()] {
            let matrix = similar(&values);
            let norm = values.iter().fold(1e-300_f64, |largest, value| largest.max(value.abs()));
            let (mut found, mut vectors) = (vec![f64::NAN; size], vec![f64::NAN; size * size]);
            symmetric_eigen(&OneThread, &mut matrix.clone(), size, &mut found, &mut vectors).unwrap();
            assert_close("values", &found, &sorted(values), 1e-13);
            for (value, vector) in found.iter().zip(vectors.chunks_exact(size)) {
                assert!(residual(&matrix, *value, vector) <= 1e-13 * norm, "size {size}");
            }
            assert!(matrices::orthonormality_error(&vectors, size) <= 1e-13, "size {size}");
        }
    }
}

#[test]
fn no_bit_depends_on_the_number_of_threads() {
    let size = 600;
    let matrix = similar(&spread(size));
    let want = eigenvalues(&matrix);
    let samples: Vec<f32> = spread(700 * 130).iter().map(|value| *value as f32).collect();
    let covariance_on = |threads: &dyn Threads| {
        let mut out = vec![f64::NAN; 130 * 130];
        covariance(threads, &samples, 700, 130, &mut out, &mut CovarianceWorkspace::default()).unwrap();
        out
    };
    let pairs_on = |threads: &dyn Threads| {
        let (mut values, mut vectors) = (vec![f64::NAN; 130], vec![f64::NAN; 130 * 130]);
        let mut matrix = covariance_on(&OneThread);
        symmetric_eigen(threads, &mut matrix, 130, &mut values, &mut vectors).unwrap();
        vectors
    };
    let top_on = |threads: &dyn Threads| {
        let (mut values, mut vectors, mut residuals) = ([0.0; 3], [0.0; 3 * 130], [0.0; 3]);
        let (v, w, r) = (&mut values, &mut vectors, &mut residuals);
        top_covariance_eigenpairs(threads, &samples, 130, 3, 1e-3, 9, v, w, r).unwrap();
        vectors
    };
    for threads in counts() {
        assert!(eigenvalues_on(&threads, &matrix) == want, "{threads:?}");
        assert!(covariance_on(&threads) == covariance_on(&OneThread), "{threads:?}");
        assert!(pairs_on(&threads) == pairs_on(&OneThread), "{threads:?}");
        assert!(top_on(&threads) == top_on(&OneThread), "{threads:?}");
    }
}

#[test]
fn the_leading_pairs_of_samples_are_those_of_their_covariance() {
    let (count, features, wanted) = (1100, 70, 6);
    let samples: Vec<f32> = spread(count * features)
        .iter()
        .enumerate()
        .map(|(index, value)| (value / ((1 + index % features) as f64).sqrt() + 10.0) as f32)
        .collect();
    let mut matrix = vec![0.0; features * features];
    covariance(&OneThread, &samples, count, features, &mut matrix, &mut CovarianceWorkspace::default())
        .unwrap();
    let want = eigenvalues(&matrix);
    let (mut values, mut vectors, mut residuals) =
        (vec![0.0; wanted], vec![0.0; wanted * features], vec![0.0; wanted]);
    let (v, w, r) = (&mut values, &mut vectors, &mut residuals);
    let verdict =
        top_covariance_eigenpairs(&OneThread, &samples, features, wanted, 1e-8, 300, v, w, r).unwrap();
    assert!(verdict.converged, "{verdict:?}");
    for (index, value) in values.iter().enumerate() {
        assert!((value - want[index]).abs() <= 1e-6 * want[index], "{index}: {value}, want {}", want[index]);
        let vector = &vectors[index * features..(index + 1) * features];
        // The reported residual is the one of these vectors, but for rounding.
        let measured = residual(&matrix, *value, vector) / want[0];
        assert!(
            (measured - residuals[index]).abs() < 1e-12,
            "{index}: {measured}, said {}",
            residuals[index]
        );
    }
}

#[test]
fn an_indefinite_matrix_is_ranked_by_magnitude() {
    let matrix = similar(&[2.0, -3.0, 1.0, 0.5, -0.25, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let (mut values, mut vectors, mut residuals) = ([0.0; 3], [0.0; 36], [0.0; 3]);
    let verdict =
        top_eigenpairs(&OneThread, &matrix, 12, 3, 1e-10, 300, &mut values, &mut vectors, &mut residuals)
            .unwrap();
    assert!(verdict.converged);
    assert_close("values", &values, &[-3.0, 2.0, 1.0], 1e-12);
}

#[test]
fn what_is_not_finite_is_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut matrix = laplacian(70);
        matrix[69 * 70 + 3] = value;
        assert!(symmetric_eigenvalues(&OneThread, &mut matrix.clone(), 70, &mut [0.0; 70]).is_err());
        assert!(symmetric_eigen(&OneThread, &mut matrix, 70, &mut [0.0; 70], &mut [0.0; 4900]).is_err());
        let samples = [1.0, 2.0, value as f32, 3.0];
        let (mut values, mut vectors, mut residuals) = ([0.0], [0.0; 2], [0.0]);
        let (v, w, r) = (&mut values, &mut vectors, &mut residuals);
        assert!(top_covariance_eigenpairs(&OneThread, &samples, 2, 1, 1e-6, 9, v, w, r).is_err());
    }
}
