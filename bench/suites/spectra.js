import {
  allocateFloat32,
  allocateFloat64,
  covariance,
  randomNormal,
  spectralNorm,
  symmetricEigen,
  symmetricEigenvalues,
  topCovarianceEigenpairs,
  topEigenpairs,
} from '@hebblab/wasm';

export const name = 'spectra';
export const question = 'What do covariances, eigenvalues, norms and random draws cost?';

export const cases = [
  covarianceOf(2000, 400),
  covarianceOf(10_000, 784),
  { ...covarianceOf(10_000, 2000), slow: true },
  allEigenvalues(400),
  allEigenvalues(1000),
  { ...allEigenvalues(2000), slow: true },
  { ...allEigenvalues(3072), slow: true },
  allEigenpairs(500),
  largestPairs(1000, 50),
  largestPairsOfSamples(10_000, 784, 10, 'samples'),
  { ...largestPairsOfSamples(10_000, 784, 10, 'full'), slow: true },
  { ...largestPairsOfSamples(10_000, 784, 100, 'samples'), slow: true },
  { ...largestPairsOfSamples(10_000, 784, 100, 'full'), slow: true },
  norm(2000, 784, 100),
  normals(1_000_000),
];

/** Flops: a symmetric matrix has features (features + 1) / 2 sums of `count` products. */
function covarianceOf(count, features) {
  return {
    name: `covariance of ${count} x ${features}`,
    flops: count * features * (features + 1),
    precision: 'f64',
    setup: (kernels) => ({
      samples: powerLawSamples(kernels, count, features),
      out: allocateFloat64(kernels, [features, features]),
    }),
    run: (kernels, { samples, out }) => covariance(kernels, samples, out),
  };
}

/** Flops: 4/3 size^3 of the reduction to tridiagonal form (Golub & Van Loan, 8.3.1); the rest is of order size^2. */
function allEigenvalues(size) {
  return {
    name: `all eigenvalues of ${size}`,
    flops: (4 / 3) * size ** 3,
    precision: 'f64',
    setup: (kernels) => ({ matrix: powerLawCovariance(kernels, size) }),
    run: (kernels, { matrix }) => symmetricEigenvalues(kernels, matrix),
  };
}

function allEigenpairs(size) {
  return {
    name: `all eigenpairs of ${size}`,
    setup: (kernels) => ({ matrix: powerLawCovariance(kernels, size) }),
    run: (kernels, { matrix }) => symmetricEigen(kernels, matrix),
  };
}

/** Both methods find the same pairs; `auto` of topCovarianceEigenpairs chooses between them by these figures. */
function largestPairsOfSamples(samples, features, count, method) {
  return {
    name: `top ${count} eigenpairs of ${samples} x ${features} samples, to 1e-6, ${method}`,
    setup: (kernels) => ({ samples: powerLawSamples(kernels, samples, features), iterations: 0 }),
    run(kernels, state) {
      const limits = { tolerance: 1e-6, maxIterations: 1000, method };
      const pairs = topCovarianceEigenpairs(kernels, state.samples, count, limits);
      if (!pairs.converged) throw new Error(`topCovarianceEigenpairs: residual ${pairs.residual}`);
      state.iterations = pairs.iterations;
    },
    describe: ({ iterations }) => `${iterations} products`,
  };
}

function largestPairs(size, count) {
  return {
    name: `top ${count} eigenpairs of ${size}, to 1e-6`,
    setup: (kernels) => ({ matrix: powerLawCovariance(kernels, size), iterations: 0 }),
    run(kernels, state) {
      const pairs = topEigenpairs(kernels, state.matrix, count, { tolerance: 1e-6, maxIterations: 1000 });
      if (!pairs.converged)
        throw new Error(`topEigenpairs: residual ${pairs.residual} after 1000 iterations`);
      state.iterations = pairs.iterations;
    },
    describe: ({ iterations }) => `${iterations} iterations`,
  };
}

/** Flops: a product with the matrix and one with its transpose in each iteration. */
function norm(rows, columns, iterations) {
  return {
    name: `spectral norm of ${rows} x ${columns}, ${iterations} iterations`,
    flops: 4 * rows * columns * iterations,
    precision: 'f64',
    setup(kernels) {
      const matrix = allocateFloat32(kernels, [rows, columns]);
      randomNormal(kernels, { seed: 1, stream: 'weights' }, matrix);
      return { matrix };
    },
    run(kernels, { matrix }) {
      const pair = spectralNorm(kernels, matrix, { tolerance: 1e-300, maxIterations: iterations });
      if (pair.iterations !== iterations) throw new Error(`spectralNorm: ended after ${pair.iterations}`);
    },
  };
}

function normals(length) {
  return {
    name: 'random normals',
    items: length,
    setup: (kernels) => ({ out: allocateFloat32(kernels, [length]) }),
    run: (kernels, { out }) => randomNormal(kernels, { seed: 1, stream: 'normals' }, out),
  };
}

/** Independent features of variance 1, 1/2, 1/3, ...: the decay that spectra of representations show. */
function powerLawSamples(kernels, count, features) {
  const samples = allocateFloat32(kernels, [count, features]);
  randomNormal(kernels, { seed: 1, stream: 'samples' }, samples);
  const values = samples.view();
  for (let index = 0; index < values.length; index++) values[index] /= Math.sqrt(1 + (index % features));
  return samples;
}

function powerLawCovariance(kernels, size) {
  const samples = powerLawSamples(kernels, 2 * size, size);
  const matrix = allocateFloat64(kernels, [size, size]);
  covariance(kernels, samples, matrix);
  samples.dispose();
  return matrix;
}
