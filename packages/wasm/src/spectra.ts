import { allocateFloat64, type Float32Buffer, type Float64Buffer } from './arrays.js';
import { expectInteger, expectShape, matrixSizes } from './check.js';
import type { Kernels } from './open.js';

/**
 * The unbiased covariance of samples: centred sums divided by count - 1, all in float64.
 *
 * Beside its arguments it takes 2 KB of kernel memory a feature: there is no float64 copy of the samples. The
 * result has the same bits for any number of threads.
 *
 * @param samples [count, features], count >= 2
 * @param out [features, features]
 * @throws where shapes do not fit or a sample is not finite
 * @example
 * covariance(kernels, representation, matrix);
 */
export function covariance(kernels: Kernels, samples: Float32Buffer, out: Float64Buffer): void {
  const [count, features] = matrixSizes('covariance', 'samples', samples);
  expectShape('covariance', 'samples', kernels, samples, [count, features]);
  expectShape('covariance', 'out', kernels, out, [features, features]);
  kernels.raw.covariance(samples.offset, count, features, out.offset);
}

/**
 * All eigenvalues of a symmetric matrix, descending (blocked Householder tridiagonalisation and implicit QL).
 *
 * Accuracy is relative to the eigenvalue of largest magnitude: each is right to a few 1e-16 of that, times a slowly
 * growing function of size, so those of a rank-deficient matrix come out as about 1e-16 of the first, of either
 * sign. Takes a copy of the matrix and 1.4 KB of kernel memory a row. The same bits for any number of threads.
 *
 * @param matrix [size, size]; left as it is
 * @throws where the matrix is not square or not finite
 * @example
 * const eigenvalues = symmetricEigenvalues(kernels, covarianceMatrix);
 */
export function symmetricEigenvalues(kernels: Kernels, matrix: Float64Buffer): Float64Array {
  const size = squareSize('symmetricEigenvalues', kernels, matrix);
  using scratch = allocateFloat64(kernels, [size, size]);
  using values = allocateFloat64(kernels, [size]);
  scratch.view().set(matrix.view());
  kernels.raw.symmetricEigenvalues(scratch.offset, size, values.offset);
  return values.view().slice();
}

/** All eigenpairs of a symmetric matrix. */
export interface SymmetricEigen {
  /** [size], descending. */
  readonly values: Float64Array;
  /** [size, size], row i the eigenvector of values[i]: unit length, its component of largest magnitude positive. */
  readonly vectors: Float64Array;
}

/**
 * All eigenvalues of a symmetric matrix, descending, with their eigenvectors: several times the work of the values
 * alone. Accuracy and bits as in {@link symmetricEigenvalues}; takes two matrices of kernel memory and 3 KB a row.
 *
 * @param matrix [size, size]; left as it is
 * @throws where the matrix is not square or not finite
 * @example
 * const { values, vectors } = symmetricEigen(kernels, covarianceMatrix);
 */
export function symmetricEigen(kernels: Kernels, matrix: Float64Buffer): SymmetricEigen {
  const size = squareSize('symmetricEigen', kernels, matrix);
  using scratch = allocateFloat64(kernels, [size, size]);
  using values = allocateFloat64(kernels, [size]);
  using vectors = allocateFloat64(kernels, [size, size]);
  scratch.view().set(matrix.view());
  kernels.raw.symmetricEigen(scratch.offset, size, values.offset, vectors.offset);
  return { values: values.view().slice(), vectors: vectors.view().slice() };
}

/** How an iteration ended. */
export interface Convergence {
  readonly iterations: number;
  /** Relative residual of the result. */
  readonly residual: number;
  readonly converged: boolean;
}

/** When an iteration stops: at whichever comes first. */
export interface IterationLimits {
  /** Relative residual at which to stop. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** A value with its vector: an eigenpair, or a singular value with its right singular vector. */
export interface Eigenpair extends Convergence {
  readonly value: number;
  /** Unit length, [size]. */
  readonly vector: Float64Array;
}

/**
 * The eigenvalue of largest magnitude with its vector, by power iteration.
 *
 * @param matrix symmetric, [size, size]
 * @returns residual ||A v - l v|| / |l|; `converged` says whether it is within the tolerance
 * @throws where the matrix is not square or not finite
 * @example
 * const { value } = largestEigenpair(kernels, matrix, { tolerance: 1e-10, maxIterations: 1000 });
 */
export function largestEigenpair(
  kernels: Kernels,
  matrix: Float64Buffer,
  limits: IterationLimits,
): Eigenpair {
  const size = squareSize('largestEigenpair', kernels, matrix);
  expectLimits('largestEigenpair', limits);
  using vector = allocateFloat64(kernels, [size]);
  const { tolerance, maxIterations } = limits;
  const report = kernels.raw.largestEigenpair(matrix.offset, size, tolerance, maxIterations, vector.offset);
  return { ...readReport(report), vector: vector.view().slice() };
}

/**
 * The spectral norm of a matrix and its right singular vector, by power iteration on A^T A without forming it.
 *
 * @param matrix [rows, columns]
 * @throws where the matrix is not finite
 * @example
 * const { value } = spectralNorm(kernels, weights, { tolerance: 1e-8, maxIterations: 1000 });
 */
export function spectralNorm(kernels: Kernels, matrix: Float32Buffer, limits: IterationLimits): Eigenpair {
  const [rows, columns] = matrixSizes('spectralNorm', 'matrix', matrix);
  expectShape('spectralNorm', 'matrix', kernels, matrix, [rows, columns]);
  expectLimits('spectralNorm', limits);
  using vector = allocateFloat64(kernels, [columns]);
  const { tolerance, maxIterations } = limits;
  const report = kernels.raw.spectralNorm(
    matrix.offset,
    rows,
    columns,
    tolerance,
    maxIterations,
    vector.offset,
  );
  return { ...readReport(report), vector: vector.view().slice() };
}

/** The eigenpairs of largest magnitude. */
export interface TopEigenpairs extends Convergence {
  /** [count], in descending magnitude: of an indefinite matrix, -3 comes before 2. */
  readonly values: Float64Array;
  /** [count, size], a row an eigenvector of unit length. */
  readonly vectors: Float64Array;
  /** [count], ||A v - l v|| / |l_1| of each pair: an eigenvalue is within that times |l_1| of its value. */
  readonly residuals: Float64Array;
}

/**
 * The `count` eigenpairs of largest magnitude, by block power (subspace) iteration with Rayleigh-Ritz and Chebyshev
 * acceleration. For a covariance, which has no negative eigenvalues, these are the largest. `iterations` counts
 * products with the matrix.
 *
 * @param matrix symmetric, [size, size]
 * @param count 1 <= count <= size
 * @throws where the matrix is not square or not finite, or count is out of range
 * @example
 * const { values, converged } = topEigenpairs(kernels, matrix, 10, { tolerance: 1e-8, maxIterations: 500 });
 */
export function topEigenpairs(
  kernels: Kernels,
  matrix: Float64Buffer,
  count: number,
  limits: IterationLimits,
): TopEigenpairs {
  const size = squareSize('topEigenpairs', kernels, matrix);
  expectInteger('topEigenpairs', 'count', count, 1, size);
  expectLimits('topEigenpairs', limits);
  return iterate(kernels, matrix.offset, 0, size, count, limits);
}

/** How {@link topCovarianceEigenpairs} works. */
export interface CovarianceLimits extends IterationLimits {
  /**
   * `samples`: iterate with the samples, the covariance is never formed; `full`: form it and find all eigenpairs;
   * `auto`: `samples` where that is expected to be quicker.
   */
  readonly method: 'samples' | 'full' | 'auto';
}

/** The largest eigenpairs of a covariance. */
export interface TopCovarianceEigenpairs extends TopEigenpairs {
  /** How they were found; `full` has 0 iterations. */
  readonly method: 'samples' | 'full';
}

/**
 * The largest `count` eigenpairs of the unbiased covariance of samples.
 *
 * With b = 1.5 count vectors, at least 8 more than count, `samples` takes 24 b bytes of kernel memory a feature and 8
 * KB for each of the b; `full` takes three matrices of [features, features] in float64.
 *
 * @param samples [samples, features], samples >= 2
 * @param count 1 <= count <= features
 * @throws where a sample is not finite, or count is out of range
 * @example
 * const limits = { tolerance: 1e-6, maxIterations: 200, method: 'auto' } as const;
 * const { values, residuals } = topCovarianceEigenpairs(kernels, activity, 10, limits);
 */
export function topCovarianceEigenpairs(
  kernels: Kernels,
  samples: Float32Buffer,
  count: number,
  limits: CovarianceLimits,
): TopCovarianceEigenpairs {
  const operation = 'topCovarianceEigenpairs';
  const [number, features] = matrixSizes(operation, 'samples', samples);
  expectShape(operation, 'samples', kernels, samples, [number, features]);
  if (number < 2) throw new Error(`${operation}: expected at least 2 samples, got ${number}`);
  expectInteger(operation, 'count', count, 1, features);
  expectLimits(operation, limits);
  if (!['samples', 'full', 'auto'].includes(limits.method)) {
    throw new Error(`${operation}: expected method samples, full or auto, got ${String(limits.method)}`);
  }
  const quicker = samplesAreQuicker(number, features, count) ? 'samples' : 'full';
  const method = limits.method === 'auto' ? quicker : limits.method;
  if (method === 'samples')
    return { ...iterate(kernels, samples.offset, number, features, count, limits), method };
  using matrix = allocateFloat64(kernels, [features, features]);
  covariance(kernels, samples, matrix);
  const all = symmetricEigen(kernels, matrix);
  const values = all.values.slice(0, count);
  const vectors = all.vectors.slice(0, count * features);
  const residuals = residualsOf(matrix.view(), values, vectors);
  const residual = Math.max(...residuals);
  const converged = residual <= limits.tolerance;
  return { values, vectors, residuals, residual, converged, iterations: 0, method };
}

/**
 * Products that the iteration is expected to need; it needs fewer for spectra that fall faster than 1 / rank. Work per
 * product is 4 samples features b flops; that of `full`, samples features^2 + (4/3 + 11) features^3, of which the
 * rotations run at a third of the speed of products.
 */
const expectedProducts = 24;

function samplesAreQuicker(samples: number, features: number, count: number): boolean {
  const block = Math.min(features, count + Math.max(8, Math.floor(count / 2)));
  const iterating = expectedProducts * 4 * samples * features * block;
  return iterating < samples * features ** 2 + 30 * features ** 3;
}

/** ||A v - l v|| / |l_1| of each pair. */
function residualsOf(matrix: Float64Array, values: Float64Array, vectors: Float64Array): Float64Array {
  const size = vectors.length / values.length;
  const first = Math.abs(values[0] ?? 0);
  return values.map((value, pair) => {
    const vector = vectors.subarray(pair * size, (pair + 1) * size);
    let square = 0;
    for (let row = 0; row < size; row++) {
      let difference = -value * (vector[row] ?? 0);
      for (let column = 0; column < size; column++)
        difference += (matrix[row * size + column] ?? 0) * (vector[column] ?? 0);
      square += difference * difference;
    }
    return square === 0 ? 0 : Math.sqrt(square) / first;
  });
}

/** With a matrix at the offset, or samples where there are any. */
function iterate(
  kernels: Kernels,
  offset: number,
  samples: number,
  size: number,
  count: number,
  { tolerance, maxIterations }: IterationLimits,
): TopEigenpairs {
  using values = allocateFloat64(kernels, [count]);
  using vectors = allocateFloat64(kernels, [count, size]);
  using residuals = allocateFloat64(kernels, [count]);
  const report = kernels.raw.topEigenpairs(
    offset,
    samples,
    size,
    count,
    tolerance,
    maxIterations,
    values.offset,
    vectors.offset,
    residuals.offset,
  );
  const { iterations, residual, converged } = readReport(report);
  return {
    iterations,
    residual,
    converged,
    values: values.view().slice(),
    vectors: vectors.view().slice(),
    residuals: residuals.view().slice(),
  };
}

function readReport(report: Float64Array): Convergence & { readonly value: number } {
  const [value = Number.NaN, iterations = 0, residual = Number.NaN, converged = 0] = report;
  return { value, iterations, residual, converged: converged === 1 };
}

function squareSize(operation: string, kernels: Kernels, matrix: Float64Buffer): number {
  const [size] = matrixSizes(operation, 'matrix', matrix);
  expectShape(operation, 'matrix', kernels, matrix, [size, size]);
  return size;
}

function expectLimits(operation: string, { tolerance, maxIterations }: IterationLimits): void {
  if (!(tolerance > 0)) throw new Error(`${operation}: expected a tolerance > 0, got ${tolerance}`);
  expectInteger(operation, 'maxIterations', maxIterations, 1, 2 ** 32 - 1);
}
