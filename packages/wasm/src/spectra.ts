import { allocateFloat64, type Float32Buffer, type Float64Buffer } from './arrays.js';
import { expectInteger, expectShape, matrixSizes } from './check.js';
import type { Kernels } from './open.js';

/**
 * The unbiased covariance of samples: centred sums divided by count - 1.
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
 * All eigenvalues of a symmetric matrix, descending (Householder tridiagonalisation and implicit QL).
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

/** The largest eigenpairs of a matrix. */
export interface TopEigenpairs extends Convergence {
  /** [count], descending. */
  readonly values: Float64Array;
  /** [count, size], a row an eigenvector of unit length. */
  readonly vectors: Float64Array;
  /** [count], ||A v - l v|| / l_1 of each pair. */
  readonly residuals: Float64Array;
}

/**
 * The largest `count` eigenpairs, by block power (subspace) iteration with Rayleigh-Ritz.
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
  using values = allocateFloat64(kernels, [count]);
  using vectors = allocateFloat64(kernels, [count, size]);
  using residuals = allocateFloat64(kernels, [count]);
  const report = kernels.raw.topEigenpairs(
    matrix.offset,
    size,
    count,
    limits.tolerance,
    limits.maxIterations,
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
