//! Covariances and eigenvalues. Reports of iterations come back as [value, iterations, residual, converged].

use hebblab_core::covariance::{CovarianceWorkspace, covariance as core_covariance};
use hebblab_core::power_iteration::{self, Convergence};
use hebblab_core::{subspace_iteration, symmetric_eigen};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, values_in};
use crate::threads::threads;

#[wasm_bindgen]
pub fn covariance(samples: u32, count: u32, features: u32, out: u32) -> Result<(), JsError> {
    const OPERATION: &str = "covariance";
    let mut arguments = Arguments::of(OPERATION);
    let samples = arguments.read("samples", samples, values_in(OPERATION, &[count, features])?)?;
    let out = arguments.write("out", out, values_in(OPERATION, &[features, features])?)?;
    let mut workspace = CovarianceWorkspace::default();
    core_covariance(threads(), samples, count as usize, features as usize, out, &mut workspace).map_err(error)
}

/// The matrix is overwritten.
#[wasm_bindgen(js_name = symmetricEigenvalues)]
pub fn symmetric_eigenvalues(matrix: u32, size: u32, values: u32) -> Result<(), JsError> {
    const OPERATION: &str = "symmetricEigenvalues";
    let mut arguments = Arguments::of(OPERATION);
    let matrix = arguments.write("matrix", matrix, values_in(OPERATION, &[size, size])?)?;
    let values = arguments.write("values", values, size as usize)?;
    symmetric_eigen::symmetric_eigenvalues(threads(), matrix, size as usize, values).map_err(error)
}

/// The matrix is overwritten.
#[wasm_bindgen(js_name = symmetricEigen)]
pub fn symmetric_eigen(matrix: u32, size: u32, values: u32, vectors: u32) -> Result<(), JsError> {
    const OPERATION: &str = "symmetricEigen";
    let mut arguments = Arguments::of(OPERATION);
    let matrix = arguments.write("matrix", matrix, values_in(OPERATION, &[size, size])?)?;
    let values = arguments.write("values", values, size as usize)?;
    let vectors = arguments.write("vectors", vectors, values_in(OPERATION, &[size, size])?)?;
    symmetric_eigen::symmetric_eigen(threads(), matrix, size as usize, values, vectors).map_err(error)
}

#[wasm_bindgen(js_name = largestEigenpair)]
pub fn largest_eigenpair(
    matrix: u32,
    size: u32,
    tolerance: f64,
    max_iterations: u32,
    vector: u32,
) -> Result<Vec<f64>, JsError> {
    const OPERATION: &str = "largestEigenpair";
    let mut arguments = Arguments::of(OPERATION);
    let matrix = arguments.read("matrix", matrix, values_in(OPERATION, &[size, size])?)?;
    let vector = arguments.write("vector", vector, size as usize)?;
    power_iteration::largest_eigenpair(matrix, size as usize, tolerance, max_iterations, vector)
        .map(|(value, convergence)| report(value, convergence))
        .map_err(error)
}

#[wasm_bindgen(js_name = spectralNorm)]
pub fn spectral_norm(
    matrix: u32,
    rows: u32,
    columns: u32,
    tolerance: f64,
    max_iterations: u32,
    right_vector: u32,
) -> Result<Vec<f64>, JsError> {
    const OPERATION: &str = "spectralNorm";
    let mut arguments = Arguments::of(OPERATION);
    let matrix = arguments.read("matrix", matrix, values_in(OPERATION, &[rows, columns])?)?;
    let vector = arguments.write("vector", right_vector, columns as usize)?;
    power_iteration::spectral_norm(matrix, rows as usize, columns as usize, tolerance, max_iterations, vector)
        .map(|(value, convergence)| report(value, convergence))
        .map_err(error)
}

/// Of the symmetric matrix [size, size] where `samples` is 0, else of the covariance of that many samples
/// [samples, size].
#[wasm_bindgen(js_name = topEigenpairs)]
pub fn top_eigenpairs(
    input: u32,
    samples: u32,
    size: u32,
    count: u32,
    tolerance: f64,
    max_iterations: u32,
    values: u32,
    vectors: u32,
    residuals: u32,
) -> Result<Vec<f64>, JsError> {
    const OPERATION: &str = "topEigenpairs";
    let mut arguments = Arguments::of(OPERATION);
    let values = arguments.write("values", values, count as usize)?;
    let vectors = arguments.write("vectors", vectors, values_in(OPERATION, &[count, size])?)?;
    let residuals = arguments.write("residuals", residuals, count as usize)?;
    let (length, count) = (size as usize, count as usize);
    if samples == 0 {
        let matrix = arguments.read("matrix", input, values_in(OPERATION, &[size, size])?)?;
        subspace_iteration::top_eigenpairs(
            threads(),
            matrix,
            length,
            count,
            tolerance,
            max_iterations,
            values,
            vectors,
            residuals,
        )
    } else {
        let samples = arguments.read("samples", input, values_in(OPERATION, &[samples, size])?)?;
        subspace_iteration::top_covariance_eigenpairs(
            threads(),
            samples,
            length,
            count,
            tolerance,
            max_iterations,
            values,
            vectors,
            residuals,
        )
    }
    .map(|convergence| report(values.first().copied().unwrap_or(0.0), convergence))
    .map_err(error)
}

fn report(value: f64, convergence: Convergence) -> Vec<f64> {
    let Convergence { iterations, residual, converged } = convergence;
    vec![value, f64::from(iterations), residual, f64::from(u8::from(converged))]
}
