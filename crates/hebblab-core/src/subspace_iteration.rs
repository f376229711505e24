//! Block power (subspace) iteration with Rayleigh-Ritz: the leading eigenpairs of a symmetric matrix, or of the
//! covariance of samples (Golub & Van Loan, Matrix Computations, 8.2.4; Halko, Martinsson & Tropp 2011 for the
//! oversampling), accelerated by Chebyshev polynomials (Rutishauser 1969; Zhou & Saad 2007).

use std::ops::Range;

use crate::buffers::{grow, reserve, zeros};
use crate::covariance::{fill_means, pack_deviations};
use crate::error::{self, KernelResult, ensure, ensure_length};
use crate::power_iteration::{Convergence, check_iteration};
use crate::products_f64::{Lanes, Pack, Product, ProductWorkspace, add_product, strided};
use crate::symmetric_eigen::symmetric_eigen;
use crate::threads::{OneThread, Threads};
use crate::vectors_f64::{
    add_scaled, add_two_scaled, dot, ensure_finite, fill_start, fix_sign, largest_magnitude, length,
    power_of_two_scale, scale,
};

/// Samples whose products with the basis are kept at a time.
const CHUNK: usize = 1024;

/// A Chebyshev polynomial magnifies the first pair at most so much over what it damps, or rows of the basis
/// would become dependent on it.
const MAGNIFICATION: f64 = 1e7;
const LARGEST_DEGREE: u32 = 8;

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
/// vectors again, at least 8 more (call their number b), and damps what is below |l_b| by Chebyshev
/// polynomials, so pair i gains at least a factor |l_b / l_i| per product. A value is within its residual of an
/// eigenvalue, and accurate to the residual's square over the gap to the others. The start is fixed, so a result
/// is reproducible, with the same bits for any number of threads. The zero matrix has values and residuals 0.
/// Takes 3 b `size` values of 8 bytes, and (b + `size`) 256 for packed operands.
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
/// # use hebblab_core::threads::OneThread;
/// let (mut values, mut vectors, mut residuals) = ([0.0], [0.0; 2], [0.0]);
/// let matrix = [2.0, 1.0, 1.0, 2.0];
/// let verdict =
///     top_eigenpairs(&OneThread, &matrix, 2, 1, 1e-9, 100, &mut values, &mut vectors, &mut residuals).unwrap();
/// assert!(verdict.converged && (values[0] - 3.0).abs() < 1e-12);
/// ```
pub fn top_eigenpairs(
    threads: &dyn Threads,
    matrix: &[f64],
    size: usize,
    count: usize,
    tolerance: f64,
    max_iterations: u32,
    values: &mut [f64],
    vectors: &mut [f64],
    residuals: &mut [f64],
) -> KernelResult<Convergence> {
    const OPERATION: &str = "topEigenpairs";
    ensure_length(OPERATION, "matrix", size * size, matrix.len())?;
    let wanted =
        Wanted { operation: OPERATION, threads, size, tolerance, max_iterations, semidefinite: false };
    wanted.check(count, values, vectors, residuals)?;
    ensure_finite(OPERATION, "matrix", matrix)?;
    // A power of two: products of denormal or huge entries keep their precision, all others their bits.
    let unit = power_of_two_scale(largest_magnitude(matrix));
    let rows = strided(matrix, size, size, 1);
    let scaled_rows = |first, depths: Range<usize>, panel: &mut [Lanes]| {
        rows(first, depths, panel);
        scale(panel.as_flattened_mut(), unit);
    };
    let mut workspace = ProductWorkspace::default();
    let verdict = wanted.iterate(values, vectors, residuals, &mut |basis, image| {
        let block = basis.len() / size;
        image.fill(0.0);
        let left = strided(basis, block, size, 1);
        let product = whole(block, size, size, &left, &scaled_rows);
        add_product(threads, OPERATION, &product, image, &mut workspace)
    })?;
    scale(values, 1.0 / unit);
    Ok(verdict)
}

/// As [`top_eigenpairs`], of the unbiased covariance of the columns of `samples` [samples, size], which is never
/// formed: a product is one with the deviations and one with their transpose, 1024 samples at a time.
/// Takes 1024 b values of 8 bytes beside what [`top_eigenpairs`] does.
///
/// # Errors
/// As [`top_eigenpairs`], and fewer than 2 samples.
pub fn top_covariance_eigenpairs(
    threads: &dyn Threads,
    samples: &[f32],
    size: usize,
    count: usize,
    tolerance: f64,
    max_iterations: u32,
    values: &mut [f64],
    vectors: &mut [f64],
    residuals: &mut [f64],
) -> KernelResult<Convergence> {
    const OPERATION: &str = "topCovarianceEigenpairs";
    let wanted =
        Wanted { operation: OPERATION, threads, size, tolerance, max_iterations, semidefinite: true };
    wanted.check(count, values, vectors, residuals)?;
    let number = samples.len() / size;
    ensure(number >= 2, OPERATION, || "at least 2 samples".into(), || number.to_string())?;
    ensure_length(OPERATION, "samples", number * size, samples.len())?;
    error::ensure_finite(OPERATION, "samples", samples)?;
    let mut means = zeros(OPERATION, size)?;
    fill_means(samples, &mut means);
    let mut outputs = Vec::new();
    let mut workspace = ProductWorkspace::default();
    wanted.iterate(values, vectors, residuals, &mut |basis, image| {
        let block = basis.len() / size;
        image.fill(0.0);
        for chunk in samples.chunks(CHUNK * size) {
            let rows = chunk.len() / size;
            let outputs = grow(OPERATION, &mut outputs, block * rows)?;
            outputs.fill(0.0);
            let sample = |index: usize| &chunk[index * size..(index + 1) * size];
            let deviations_of_samples = |first: usize, depths: Range<usize>, panel: &mut [Lanes]| {
                for lane in 0..4 {
                    let own = sample((first + lane).min(rows - 1));
                    let values = own[depths.clone()].iter().zip(&means[depths.clone()]);
                    for (target, (value, mean)) in panel.iter_mut().zip(values) {
                        target[lane] = f64::from(*value) - mean;
                    }
                }
            };
            let deviations_of_features = |first: usize, depths: Range<usize>, panel: &mut [Lanes]| {
                for (target, index) in panel.iter_mut().zip(depths) {
                    pack_deviations(sample(index), &means, first, target);
                }
            };
            let left = strided(basis, block, size, 1);
            let product = whole(block, rows, size, &left, &deviations_of_samples);
            add_product(threads, OPERATION, &product, outputs, &mut workspace)?;
            let left = strided(outputs, block, rows, 1);
            let factor = 1.0 / (number - 1) as f64;
            let product = Product { factor, ..whole(block, size, rows, &left, &deviations_of_features) };
            add_product(threads, OPERATION, &product, image, &mut workspace)?;
        }
        Ok(())
    })
}

fn whole<'a>(rows: usize, columns: usize, depth: usize, left: Pack<'a>, right: Pack<'a>) -> Product<'a> {
    Product { rows, columns, depth, stride: columns, left, right: Some(right), factor: 1.0, lower: false }
}

struct Wanted<'a> {
    operation: &'static str,
    threads: &'a dyn Threads,
    size: usize,
    tolerance: f64,
    max_iterations: u32,
    /// No eigenvalue is negative.
    semidefinite: bool,
}

/// Fills the second argument with the product of the matrix with each row of the first.
type Multiply<'a> = &'a mut dyn FnMut(&[f64], &mut [f64]) -> KernelResult<()>;

impl Wanted<'_> {
    fn check(&self, count: usize, values: &[f64], vectors: &[f64], residuals: &[f64]) -> KernelResult<()> {
        let (operation, size) = (self.operation, self.size);
        let got = || count.to_string();
        ensure((1..=size).contains(&count), operation, || format!("a count in 1..={size}"), got)?;
        ensure_length(operation, "values", count, values.len())?;
        ensure_length(operation, "vectors", count * size, vectors.len())?;
        ensure_length(operation, "residuals", count, residuals.len())?;
        check_iteration(operation, self.tolerance, self.max_iterations)
    }

    fn iterate(
        &self,
        values: &mut [f64],
        vectors: &mut [f64],
        residuals: &mut [f64],
        multiply: Multiply,
    ) -> KernelResult<Convergence> {
        let (size, count) = (self.size, values.len());
        let block = size.min(count + (count / 2).max(8));
        let mut basis = zeros(self.operation, block * size)?;
        for (index, row) in basis.chunks_exact_mut(size).enumerate() {
            fill_start(row, index as u64);
        }
        let mut image = zeros(self.operation, block * size)?;
        let mut scratch = zeros(self.operation, block * size)?;
        let mut iterations = 0;
        loop {
            orthonormalise(&mut basis, size);
            multiply(&basis, &mut image)?;
            iterations += 1;
            let ritz_values = self.rayleigh_ritz(&mut basis, &mut image, &mut scratch)?;
            let residual = fill_residuals(&basis, &image, &ritz_values, residuals, &mut scratch);
            let converged = residual <= self.tolerance;
            if converged || iterations == self.max_iterations {
                values.copy_from_slice(&ritz_values[..count]);
                vectors.copy_from_slice(&basis[..count * size]);
                vectors.chunks_exact_mut(size).for_each(fix_sign);
                return Ok(Convergence { iterations, residual, converged });
            }
            // T_d((A - centre) / radius), which is within [-1, 1] where an eigenvalue is below the last of the block.
            let (first, last) = (ritz_values[0].abs(), ritz_values[block - 1].abs());
            let (centre, radius) = if self.semidefinite { (last / 2.0, last / 2.0) } else { (0.0, last) };
            let degree = degree(first - centre, radius).min(self.max_iterations - iterations);
            if degree > 1 {
                scale(&mut image, 1.0 / radius);
                add_scaled(&mut image, -centre / radius, &basis);
            }
            for _ in 1..degree {
                multiply(&image, &mut scratch)?;
                iterations += 1;
                scale(&mut scratch, 2.0 / radius);
                add_two_scaled(&mut scratch, -2.0 * centre / radius, &image, -1.0, &basis);
                std::mem::swap(&mut basis, &mut image);
                std::mem::swap(&mut image, &mut scratch);
            }
            std::mem::swap(&mut basis, &mut image);
        }
    }
}

/// The largest degree whose Chebyshev polynomial is small enough at `first / radius`.
fn degree(first: f64, radius: f64) -> u32 {
    let (mut before, mut value) = (1.0, first / radius);
    let twice = 2.0 * value;
    for degree in 1..LARGEST_DEGREE {
        (before, value) = (value, twice * value - before);
        // Also where the radius is 0.
        if value.is_nan() || value > MAGNIFICATION {
            return degree;
        }
    }
    LARGEST_DEGREE
}

/// Gram-Schmidt on the rows, repeated until it removes little (Parlett, The Symmetric Eigenvalue Problem,
/// 6.9: twice is enough, except for a row that depended on those before it and left its rounding alone,
/// as a rank-deficient matrix makes them). A row that vanishes, or does not settle, is replaced by a fresh vector.
#[inline(never)]
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

#[inline(never)]
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

impl Wanted<'_> {
    /// Turns `basis` into the best approximate eigenvectors within its span, `image` = A `basis` with it, and
    /// returns their values in descending magnitude.
    fn rayleigh_ritz(
        &self,
        basis: &mut Vec<f64>,
        image: &mut Vec<f64>,
        scratch: &mut Vec<f64>,
    ) -> KernelResult<Vec<f64>> {
        let &Wanted { operation, threads, size, .. } = self;
        let block = basis.len() / size;
        let mut workspace = ProductWorkspace::default();
        let mut projected = zeros(operation, block * block)?;
        {
            let (left, right) = (strided(image, block, size, 1), strided(basis, block, size, 1));
            let product = whole(block, block, size, &left, &right);
            add_product(threads, operation, &product, &mut projected, &mut workspace)?;
        }
        let mut values = zeros::<f64>(operation, block)?;
        let mut coefficients = zeros(operation, block * block)?;
        symmetric_eigen(&OneThread, &mut projected, block, &mut values, &mut coefficients)?;
        let mut order: Vec<usize> = Vec::new();
        reserve(operation, &mut order, block)?;
        order.extend(0..block);
        // Insertion: equal magnitudes keep their order, and the values come nearly sorted.
        for end in 1..block {
            let mut place = end;
            while place > 0 && values[order[place - 1]].abs() < values[order[place]].abs() {
                order.swap(place - 1, place);
                place -= 1;
            }
        }
        for (target, index) in projected.chunks_exact_mut(block).zip(&order) {
            target.copy_from_slice(&coefficients[index * block..(index + 1) * block]);
        }
        let left = strided(&projected, block, block, 1);
        for rows in [basis, image] {
            scratch.fill(0.0);
            let right = strided(rows, size, 1, size);
            let product = whole(block, size, block, &left, &right);
            add_product(threads, operation, &product, scratch, &mut workspace)?;
            drop(right);
            std::mem::swap(rows, scratch);
        }
        let mut ranked = zeros(operation, block)?;
        for (value, index) in ranked.iter_mut().zip(order) {
            *value = values[index];
        }
        Ok(ranked)
    }
}

/// Fills the residuals of the leading pairs and returns the largest.
#[inline(never)]
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
