//! The kernels of a spectrum against test/vectors/spectra.json.

mod common;

use common::{array, array_f32, assert_close, load};
use hebblab_core::covariance::{self, CovarianceWorkspace};
use hebblab_core::power_iteration::{largest_eigenpair, spectral_norm};
use hebblab_core::subspace_iteration::top_eigenpairs;
use hebblab_core::symmetric_eigen::reference::jacobi_eigen;
use hebblab_core::symmetric_eigen::{symmetric_eigen, symmetric_eigenvalues};
use hebblab_core::threads::OneThread;
use serde_json::Value;

const VALUES: f64 = 1e-5;

struct Case {
    samples: Vec<f32>,
    count: usize,
    features: usize,
    json: Value,
}

fn cases() -> Vec<Case> {
    let file = load("spectra");
    let cases: Vec<Case> = file["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|json| {
            let width = |axis: usize| json["samples"]["shape"][axis].as_u64().unwrap() as usize;
            Case {
                samples: array_f32(&json["samples"]),
                count: width(0),
                features: width(1),
                json: json.clone(),
            }
        })
        .collect();
    assert_eq!(cases.len(), 3);
    cases
}

fn covariance_of(case: &Case) -> Vec<f64> {
    let mut out = vec![f64::NAN; case.features * case.features];
    covariance::covariance(
        &OneThread,
        &case.samples,
        case.count,
        case.features,
        &mut out,
        &mut CovarianceWorkspace::default(),
    )
    .unwrap();
    out
}

fn aligned(vector: &[f64], direction: &[f64]) -> Vec<f64> {
    let along: f64 = vector.iter().zip(direction).map(|(a, b)| a * b).sum();
    vector.iter().map(|value| value * along.signum()).collect()
}

#[test]
fn covariance_agrees() {
    let mut compared = 0;
    for case in cases() {
        if case.json["covariance"].is_null() {
            continue;
        }
        let want = array(&case.json["covariance"]);
        assert_close("covariance", &covariance_of(&case), &want, VALUES);
        let mut plain = vec![f64::NAN; want.len()];
        covariance::reference::covariance(&case.samples, case.count, case.features, &mut plain);
        assert_close("reference covariance", &plain, &want, 1e-10);
        compared += 1;
    }
    assert_eq!(compared, 1);
}

#[test]
fn eigenvalues_agree() {
    for case in cases() {
        let want = array(&case.json["eigenvalues"]);
        let mut values = vec![f64::NAN; case.features];
        symmetric_eigenvalues(&OneThread, &mut covariance_of(&case), case.features, &mut values).unwrap();
        assert_close("eigenvalues", &values, &want, VALUES);
        // The vectors were computed in float64: with a float64 covariance far more digits agree.
        let mut plain = vec![f64::NAN; case.features * case.features];
        covariance::reference::covariance(&case.samples, case.count, case.features, &mut plain);
        let (jacobi, _) = jacobi_eigen(&plain, case.features);
        assert_close("Jacobi eigenvalues", &jacobi, &want, 1e-10);
        symmetric_eigenvalues(&OneThread, &mut plain, case.features, &mut values).unwrap();
        assert_close("eigenvalues of the reference covariance", &values, &want, 1e-10);
    }
}

#[test]
fn top_eigenvector_agrees_by_every_route() {
    for case in cases() {
        let want = array(&case.json["topEigenvector"]);
        let first = array(&case.json["eigenvalues"])[0];
        let matrix = covariance_of(&case);
        let size = case.features;

        let mut vector = vec![0.0; size];
        let (value, verdict) = largest_eigenpair(&matrix, size, 1e-8, 1000, &mut vector).unwrap();
        assert!(verdict.converged, "{verdict:?}");
        assert_close("power iteration: value", &[value], &[first], VALUES);
        assert_close("power iteration: vector", &aligned(&vector, &want), &want, VALUES);

        let (mut values, mut vectors, mut residuals) = ([0.0; 3], vec![0.0; 3 * size], [0.0; 3]);
        let verdict = top_eigenpairs(
            &OneThread,
            &matrix,
            size,
            3,
            1e-8,
            1000,
            &mut values,
            &mut vectors,
            &mut residuals,
        )
        .unwrap();
        assert!(verdict.converged, "{verdict:?}");
        assert_close("subspace iteration: values", &values, &array(&case.json["eigenvalues"])[..3], VALUES);
        assert_close("subspace iteration: vector", &aligned(&vectors[..size], &want), &want, VALUES);

        let (mut values, mut vectors) = (vec![0.0; size], vec![0.0; size * size]);
        symmetric_eigen(&OneThread, &mut matrix.clone(), size, &mut values, &mut vectors).unwrap();
        assert_close("QL: vector", &aligned(&vectors[..size], &want), &want, VALUES);
    }
}

#[test]
fn spectral_norm_of_the_samples_agrees() {
    for case in cases() {
        let mut right = vec![0.0; case.features];
        let (norm, verdict) =
            spectral_norm(&case.samples, case.count, case.features, 1e-6, 1000, &mut right).unwrap();
        assert!(verdict.converged, "{verdict:?}");
        assert_close("spectral norm", &[norm], &[case.json["spectralNorm"].as_f64().unwrap()], 1e-10);
    }
}
