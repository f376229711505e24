import {
  covariance,
  largestEigenpair,
  spectralNorm,
  symmetricEigenvalues,
  topEigenpairs,
} from '@hebblab/wasm';
import { expect, it } from 'vitest';
import { type Bench, describeVariants } from './support/variants.js';
import { expectClose, spectraVectors } from './support/vectors.js';

const limits = { tolerance: 1e-9, maxIterations: 2000 };
const cases = spectraVectors.cases.map((vectors) => ({
  ...vectors,
  title: vectors.samples.shape.join(' x '),
}));
const withCovariance = cases.flatMap(({ covariance, ...rest }) =>
  covariance === null ? [] : [{ ...rest, covariance }],
);

describeVariants('reference vectors of spectra', (bench) => {
  it.each(withCovariance)('gives the covariance of $title samples', ({ samples, covariance }) => {
    expectClose(covarianceOf(bench, samples).view(), covariance.data);
  });

  it.each(cases)('gives the eigenvalues of $title samples', ({ samples, eigenvalues }) => {
    const matrix = covarianceOf(bench, samples);
    expectClose(symmetricEigenvalues(bench.kernels, matrix), eigenvalues.data);
  });

  it.each(withCovariance)(
    'gives the eigenvalues of the reference covariance of $title samples to 1e-11',
    (vectors) => {
      const matrix = bench.float64(vectors.covariance.shape, vectors.covariance.data);
      // The reference has 12 digits, its matrix too: a perturbation of 5e-13 of entries of at most 1.
      expectClose(symmetricEigenvalues(bench.kernels, matrix), vectors.eigenvalues.data, 1e-11);
    },
  );

  it.each(cases)('gives the leading eigenvector of $title samples up to its sign', (vectors) => {
    const matrix = covarianceOf(bench, vectors.samples);
    const { value, vector, converged } = largestEigenpair(bench.kernels, matrix, limits);
    expect(converged).toBe(true);
    expectClose([value], [vectors.eigenvalues.data[0] as number]);
    expectClose(signedAs(vectors.topEigenvector.data, vector), vectors.topEigenvector.data);
  });

  it.each(cases)('gives the leading eigenpairs of $title samples', (vectors) => {
    const matrix = covarianceOf(bench, vectors.samples);
    const size = vectors.topEigenvector.shape[0] as number;
    const count = 7;
    const {
      values,
      vectors: rows,
      residuals,
      converged,
    } = topEigenpairs(bench.kernels, matrix, count, limits);
    expect(converged).toBe(true);
    expectClose(values, Array.from(vectors.eigenvalues.data).slice(0, count));
    expectClose(signedAs(vectors.topEigenvector.data, rows.subarray(0, size)), vectors.topEigenvector.data);
    for (let pair = 0; pair < count; pair++) {
      const vector = rows.subarray(pair * size, (pair + 1) * size);
      const residual = residualOf(matrix.view(), vector, values[pair] as number) / (values[0] as number);
      expect(residual).toBeLessThanOrEqual(limits.tolerance * 1.01);
      // The reported residual is the one of these vectors, but for the rounding of either.
      expect(Math.abs(residual - (residuals[pair] as number))).toBeLessThan(1e-14);
    }
  });

  it.each(cases)('gives the spectral norm of $title samples', (vectors) => {
    const samples = bench.float32Of(vectors.samples);
    const { value, converged } = spectralNorm(bench.kernels, samples, limits);
    expect(converged).toBe(true);
    expectClose([value], [vectors.spectralNorm]);
  });
});

function covarianceOf(bench: Bench, samples: (typeof cases)[number]['samples']) {
  const features = samples.shape[1] as number;
  const matrix = bench.float64([features, features]);
  covariance(bench.kernels, bench.float32Of(samples), matrix);
  return matrix;
}

function signedAs(reference: ArrayLike<number>, vector: Float64Array): Float64Array {
  const along = vector.reduce((sum, value, index) => sum + value * (reference[index] as number), 0);
  return vector.map((value) => value * Math.sign(along));
}

/** ||A v - l v|| */
function residualOf(matrix: Float64Array, vector: Float64Array, value: number): number {
  const size = vector.length;
  let squares = 0;
  for (let row = 0; row < size; row++) {
    let image = 0;
    for (let column = 0; column < size; column++)
      image += (matrix[row * size + column] as number) * (vector[column] as number);
    squares += (image - value * (vector[row] as number)) ** 2;
  }
  return Math.sqrt(squares);
}
