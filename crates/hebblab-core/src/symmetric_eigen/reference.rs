//! Cyclic Jacobi (Jacobi 1846; Golub & Van Loan, Matrix Computations, 8.5): slow, and independent of the
//! tridiagonal route.

/// Eigenvalues, descending, and unit eigenvectors as rows, of a symmetric finite `matrix` [size, size].
pub fn jacobi_eigen(matrix: &[f64], size: usize) -> (Vec<f64>, Vec<f64>) {
    let mut a = matrix.to_vec();
    let mut rows = vec![0.0; size * size];
    for index in 0..size {
        rows[index * size + index] = 1.0;
    }
    // Converges quadratically: about ten sweeps are the most ever needed.
    for _ in 0..50 {
        if off_diagonal_square(&a, size) == 0.0 {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                annihilate(&mut a, &mut rows, size, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|left, right| a[right * size + right].total_cmp(&a[left * size + left]));
    let values = order.iter().map(|index| a[index * size + index]).collect();
    let vectors = order.iter().flat_map(|index| rows[index * size..(index + 1) * size].to_vec()).collect();
    (values, vectors)
}

fn off_diagonal_square(a: &[f64], size: usize) -> f64 {
    let off = |index: &usize| index / size != index % size;
    (0..size * size).filter(off).map(|index| a[index] * a[index]).sum()
}

/// Rotates the coordinates p and q such that `a[p][q]` becomes 0.
fn annihilate(a: &mut [f64], rows: &mut [f64], size: usize, p: usize, q: usize) {
    let coupling = a[p * size + q];
    if coupling == 0.0 {
        return;
    }
    let theta = (a[q * size + q] - a[p * size + p]) / (2.0 * coupling);
    let tangent = 1.0_f64.copysign(theta) / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for k in 0..size {
        let (left, right) = (a[k * size + p], a[k * size + q]);
        a[k * size + p] = cosine * left - sine * right;
        a[k * size + q] = sine * left + cosine * right;
    }
    for k in 0..size {
        let (left, right) = (a[p * size + k], a[q * size + k]);
        a[p * size + k] = cosine * left - sine * right;
        a[q * size + k] = sine * left + cosine * right;
        let (left, right) = (rows[p * size + k], rows[q * size + k]);
        rows[p * size + k] = cosine * left - sine * right;
        rows[q * size + k] = sine * left + cosine * right;
    }
    a[p * size + q] = 0.0;
    a[q * size + p] = 0.0;
}
