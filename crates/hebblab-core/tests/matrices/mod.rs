//! Symmetric matrices whose eigenvalues are known, and random ones.
#![allow(dead_code, reason = "every test file uses its own part")]

use proptest::prelude::*;

/// diag(values).
pub fn diagonal(values: &[f64]) -> Vec<f64> {
    let size = values.len();
    let mut matrix = vec![0.0; size * size];
    for (index, value) in values.iter().enumerate() {
        matrix[index * size + index] = *value;
    }
    matrix
}

/// The 1-D Laplacian: 2 on the diagonal, -1 beside it.
pub fn laplacian(size: usize) -> Vec<f64> {
    let mut matrix = diagonal(&vec![2.0; size]);
    for index in 1..size {
        matrix[index * size + index - 1] = -1.0;
        matrix[(index - 1) * size + index] = -1.0;
    }
    matrix
}

/// Its eigenvalues 2 - 2 cos(pi j / (size + 1)), descending.
pub fn laplacian_eigenvalues(size: usize) -> Vec<f64> {
    let value = |j: usize| 2.0 - 2.0 * (std::f64::consts::PI * j as f64 / (size + 1) as f64).cos();
    (1..=size).rev().map(value).collect()
}

/// vector vector^T.
pub fn rank_one(vector: &[f64]) -> Vec<f64> {
    vector.iter().flat_map(|left| vector.iter().map(move |right| left * right)).collect()
}

/// H diag(values) H with the reflection H = I - 2 v v^T / v.v: full, with the same eigenvalues.
pub fn reflected(values: &[f64], v: &[f64]) -> Vec<f64> {
    let size = values.len();
    let square: f64 = v.iter().map(|value| value * value).sum();
    let h = |i: usize, j: usize| f64::from(u8::from(i == j)) - 2.0 * v[i] * v[j] / square;
    let mut matrix = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..=i {
            let sum: f64 = (0..size).map(|k| h(i, k) * values[k] * h(k, j)).sum();
            matrix[i * size + j] = sum;
            matrix[j * size + i] = sum;
        }
    }
    matrix
}

pub fn symmetrised(mut matrix: Vec<f64>, size: usize) -> Vec<f64> {
    for i in 0..size {
        for j in 0..i {
            matrix[j * size + i] = matrix[i * size + j];
        }
    }
    matrix
}

/// A random symmetric matrix with its size, entries in [-1, 1] times one power of ten.
pub fn any_symmetric(largest_size: usize) -> impl Strategy<Value = (usize, Vec<f64>)> {
    (1..=largest_size, -12..12_i32).prop_flat_map(|(size, exponent)| {
        let entry = (-1.0..1.0_f64).prop_map(move |value| value * 10.0_f64.powi(exponent));
        prop::collection::vec(entry, size * size).prop_map(move |matrix| (size, symmetrised(matrix, size)))
    })
}

pub fn frobenius(matrix: &[f64]) -> f64 {
    matrix.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// ||A v - value v||.
pub fn residual(matrix: &[f64], value: f64, vector: &[f64]) -> f64 {
    let rows = matrix.chunks_exact(vector.len());
    let squares = rows.zip(vector).map(|(row, own)| {
        let product: f64 = row.iter().zip(vector).map(|(a, b)| a * b).sum();
        (product - value * own).powi(2)
    });
    squares.sum::<f64>().sqrt()
}

/// The largest deviation of the rows from being orthonormal.
pub fn orthonormality_error(rows: &[f64], size: usize) -> f64 {
    let mut largest = 0.0_f64;
    for (i, left) in rows.chunks_exact(size).enumerate() {
        for (j, right) in rows.chunks_exact(size).enumerate() {
            let product: f64 = left.iter().zip(right).map(|(a, b)| a * b).sum();
            largest = largest.max((product - f64::from(u8::from(i == j))).abs());
        }
    }
    largest
}
