//! Block power (subspace) iteration with Rayleigh-Ritz: the leading eigenpairs of a symmetric matrix
//! (Golub & Van Loan, Matrix Computations, 8.2.4; Halko, Martinsson & Tropp 2011 for the oversampling).

use crate::buffers::{reserve, zeros};
use crate::error::{KernelResult, ensure, ensure_length};
use crate::power_iteration::{Convergence, check_iteration};
use crate::symmetric_eigen::symmetric_eigen;
use crate::threads::OneThread;
use crate::vectors_f64::{
    add_scaled, dot, ensure_finite, fill_start, fix_sign, largest_magnitude, length, power_of_two_scale,
    row_products, scale,
};

const OPERATION: &str = "topEigenpairs";

/// Passes after which a row is given up: what is left of it lies among the others again and again, for
/// example because all of them have the same zeros.
const MOST_PASSES: usize = 6;

/// A unit vector that keeps this length was close to orthogonal before.
const LITTLE_REMOVED: f64 = 0.5;

/// The `count` eigenpairs of largest magnitude of the symmetric `matrix` [size, size], in descending
/// magnitude (for a covariance: the largest eigenvalues, descending).
///
/// Fills `values` `[count]`, `vectors` [count, size] (rows of length 1, orthogonal, the component of largest
/// magnitude positive) and `residuals` `[count]`: `||A v - l v||` divided by the first |l|. `Convergence`
/// holds the largest of them and whether it is at most `tolerance`. The iteration carries half as many
/// vectors again, at least 8 more, so pair i gains a factor |l_(3 count / 2) / l_i| per iteration, and its
/// value is accurate to the residual's square over the gap to the others. The start is fixed, so a result
/// is reproducible. The zero matrix has values and residuals 0.
///
/// A small residual shows that a pair is one of the matrix, not that no larger one was missed: with a
/// start that has no structure the latter would need a matrix made for it.
///
/// # Errors
/// `count` outside 1..=size, lengths that do not fit, non-finite entries, a tolerance that is not positive,
/// no iterations. Not converging is no error.
///
/// ```
/// # use hebblab_core::subspace_iteration::top_eigenpairs;
/// let (mut values, mut vectors, mut residuals) = ([0.0], [0.0; 2], [0.0]);
/// let matrix = [2.0, 1.0, 1.0, 2.0];
/// let verdict = top_eigenpairs(&matrix, 2, 1, 1e-9, 100, &mut values, &mut vectors, &mut residuals).unwrap();
/// assert!(verdict.converged && (values[0] - 3.0).abs() < 1e-12);
/// ```
pub fn top_eigenpairs(
    matrix: &[f64],
    size: usize,
    count: usize,
    tolerance: f64,
    max_iterations: u32,
    values: &mut [f64],
    vectors: &mut [f64],
    residuals: &mut [f64],
) -> KernelResult<Convergence> {
    ensure(
        (1..=size).contains(&count),
        OPERATION,
        || format!("a count in 1..={size}"),
        || count.to_string(),
    )?;
    ensure_length(OPERATION, "matrix", size * size, matrix.len())?;
    ensure_length(OPERATION, "values", count, values.len())?;
    ensure_length(OPERATION, "vectors", count * size, vectors.len())?;
    ensure_length(OPERATION, "residuals", count, residuals.len())?;
    check_iteration(OPERATION, tolerance, max_iterations)?;
    ensure_finite(OPERATION, "matrix", matrix)?;

    let block = size.min(count + (count / 2).max(8));
    let mut basis = zeros(OPERATION, block * size)?;
    for (index, row) in basis.chunks_exact_mut(size).enumerate() {
        fill_start(row, index as u64);
    }
    let mut image = zeros(OPERATION, block * size)?;
    let mut scratch = zeros(OPERATION, block * size)?;
    // A power of two: products of denormal or huge entries keep their precision, all others their bits.
    let unit = power_of_two_scale(largest_magnitude(matrix));
    let mut iterations = 0;
    loop {
        orthonormalise(&mut basis, size);
        for (scaled, value) in scratch.iter_mut().zip(&basis) {
            *scaled = value * unit;
        }
        row_products(&scratch, matrix, size, &mut image);
        iterations += 1;
        let ritz_values = rayleigh_ritz(&mut basis, &mut image, size, &mut scratch)?;
        let residual = fill_residuals(&basis, &image, &ritz_values, residuals, &mut scratch);
        let converged = residual <= tolerance;
        if converged || iterations == max_iterations {
            values.copy_from_slice(&ritz_values[..count]);
            scale(values, 1.0 / unit);
            vectors.copy_from_slice(&basis[..count * size]);
            vectors.chunks_exact_mut(size).for_each(fix_sign);
            return Ok(Convergence { iterations, residual, converged });
        }
        std::mem::swap(&mut basis, &mut image);
    }
}

/// Gram-Schmidt on the rows, repeated until it removes little (Parlett, The Symmetric Eigenvalue Problem,
/// 6.9: twice is enough, except for a row that depended on those before it and left its rounding alone,
/// as a rank-deficient matrix makes them). A row that vanishes, or does not settle, is replaced by a fresh vector.
fn orthonormalise(rows: &mut [f64], size: usize) {
    let count = rows.len() / size;
    let mut replacements = 0;
    for index in 0..count {
        let (done, rest) = rows.split_at_mut(index * size);
        let row = &mut rest[..size];
        for pass in 1.. {
            if normalise(row) == 0.0 || pass % MOST_PASSES == 0 {
                fill_start(row, count as u64 + replacements);
                replacements += 1;
                normalise(row);
            }
            remove_projections(row, done);
            if normalise(row) > LITTLE_REMOVED {
                break;
            }
        }
    }
}

fn remove_projections(row: &mut [f64], done: &[f64]) {
    for other in done.chunks_exact(row.len()) {
        let along = dot(row, other);
        add_scaled(row, -along, other);
    }
}

/// Divides by the length and returns it; leaves zeros alone.
fn normalise(row: &mut [f64]) -> f64 {
    let norm = length(row);
    if norm > 0.0 {
        for value in row {
            *value /= norm;
        }
    }
    norm
}

/// Turns `basis` into the best approximate eigenvectors within its span, `image` = A `basis` with it, and
/// returns their values in descending magnitude.
fn rayleigh_ritz(
    basis: &mut [f64],
    image: &mut [f64],
    size: usize,
    scratch: &mut [f64],
) -> KernelResult<Vec<f64>> {
    let block = basis.len() / size;
    let mut projected = zeros(OPERATION, block * block)?;
    row_products(image, basis, size, &mut projected);
    let mut values = zeros::<f64>(OPERATION, block)?;
    let mut coefficients = zeros(OPERATION, block * block)?;
    symmetric_eigen(&OneThread, &mut projected, block, &mut values, &mut coefficients)?;
    let mut order: Vec<usize> = Vec::new();
    reserve(OPERATION, &mut order, block)?;
    order.extend(0..block);
    // Unstable: a stable sort takes memory. Equal magnitudes keep their order by the index.
    order.sort_unstable_by(|left, right| {
        values[*right].abs().total_cmp(&values[*left].abs()).then(left.cmp(right))
    });
    combine_rows(basis, size, &coefficients, &order, scratch);
    combine_rows(image, size, &coefficients, &order, scratch);
    let mut ranked = zeros(OPERATION, block)?;
    for (value, index) in ranked.iter_mut().zip(order) {
        *value = values[index];
    }
    Ok(ranked)
}

/// `rows[i] = sum_j coefficients[order[i]][j] rows[j]`.
fn combine_rows(rows: &mut [f64], size: usize, coefficients: &[f64], order: &[usize], combined: &mut [f64]) {
    let block = order.len();
    combined.fill(0.0);
    for (target, index) in combined.chunks_exact_mut(size).zip(order) {
        let factors = &coefficients[index * block..(index + 1) * block];
        for (factor, row) in factors.iter().zip(rows.chunks_exact(size)) {
            add_scaled(target, *factor, row);
        }
    }
    rows.copy_from_slice(combined);
}

/// Fills the residuals of the leading pairs and returns the largest.
fn fill_residuals(
    basis: &[f64],
    image: &[f64],
    values: &[f64],
    residuals: &mut [f64],
    scratch: &mut [f64],
) -> f64 {
    let size = basis.len() / values.len();
    let mut largest = 0.0;
    for (index, residual) in residuals.iter_mut().enumerate() {
        let difference = &mut scratch[..size];
        difference.copy_from_slice(&image[index * size..(index + 1) * size]);
        add_scaled(difference, -values[index], &basis[index * size..(index + 1) * size]);
        let norm = length(difference);
        *residual = if norm == 0.0 { 0.0 } else { norm / values[0].abs() };
        largest = residual.max(largest);
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_and_exactly_dependent_rows_become_orthonormal() {
        let size = 9;
        let mut rows = vec![0.0; 5 * size];
        for index in 0..4 {
            rows[index * size..(index + 1) * size].copy_from_slice(&[1.0 / 3.0; 9]);
        }
        // Row 1 repeats row 0, rows 2 and 3 differ from it by little more than rounding, row 4 is zero.
        rows[2 * size] += 1e-14;
        rows[3 * size + 5] -= 1e-12;
        orthonormalise(&mut rows, size);
        for (i, left) in rows.chunks_exact(size).enumerate() {
            for (j, right) in rows.chunks_exact(size).enumerate() {
                let want = f64::from(u8::from(i == j));
                assert!((dot(left, right) - want).abs() < 1e-14, "rows {i} and {j}: {}", dot(left, right));
            }
        }
    }
}
