import {
  covariance,
  largestEigenpair,
  spectralNorm,
  symmetricEigen,
  symmetricEigenvalues,
  topCovarianceEigenpairs,
  topEigenpairs,
} from '@hebblab/wasm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { describeVariants } from './support/variants.js';

const limits = { tolerance: 1e-12, maxIterations: 5000 };
const sizes = [1, 2, 3, 7, 20, 33, 64];

/** Backward stability: eigenvalues of the matrix plus a perturbation of this times its norm. */
const roundings = (size: number) => 16 * size * 2 ** -53;

describeVariants('eigenvalues', (bench) => {
  it.each(sizes)('of a diagonal matrix of size %i are its entries, descending', (size) => {
    const entries = Array.from({ length: size }, (_, index) => ((index * 7) % size) - size / 3);
    const matrix = matrixOf(size, (row, column) => (row === column ? (entries[row] as number) : 0));
    expectEach(
      eigenvalues(matrix, size),
      entries.toSorted((a, b) => b - a),
      size,
    );
  });

  it.each(sizes)('of the Laplacian of a path of %i nodes are 2 - 2 cos(k pi / (n + 1))', (size) => {
    const matrix = laplacian(size);
    const expected = Array.from(
      { length: size },
      (_, k) => 2 - 2 * Math.cos(((size - k) * Math.PI) / (size + 1)),
    );
    expectEach(eigenvalues(matrix, size), expected, size);
    const { values, converged } = topEigenpairs(
      bench.kernels,
      bench.float64([size, size], matrix),
      1,
      limits,
    );
    expect(converged).toBe(true);
    expectEach(values, expected.slice(0, 1), size);
  });

  it.each(sizes)('of v v^T of size %i are |v|^2 once and zero', (size) => {
    const v = pseudoRandom(size, 3);
    const square = v.reduce((sum, value) => sum + value * value, 0);
    const matrix = matrixOf(size, (row, column) => (v[row] as number) * (v[column] as number));
    const expected = [square, ...new Array<number>(size - 1).fill(0)];
    expectEach(eigenvalues(matrix, size), expected, size);
    const pair = largestEigenpair(bench.kernels, bench.float64([size, size], matrix), limits);
    expectEach([pair.value], [square], size);
    // The eigenvector is v / |v| up to its sign.
    const along = pair.vector.reduce((sum, value, index) => sum + value * (v[index] as number), 0);
    expect(Math.abs(Math.abs(along) / Math.sqrt(square) - 1)).toBeLessThan(roundings(size));
  });

  it.each(sizes)('of 2 I + 1 1^T of size %i are 2 + n once and 2 repeated', (size) => {
    const matrix = matrixOf(size, (row, column) => 1 + (row === column ? 2 : 0));
    const expected = [2 + size, ...new Array<number>(size - 1).fill(2)];
    expectEach(eigenvalues(matrix, size), expected, size);
    const count = Math.min(size, 3);
    const top = topEigenpairs(bench.kernels, bench.float64([size, size], matrix), count, limits);
    expectEach(top.values, expected.slice(0, count), size);
    expect(orthonormalityError(top.vectors, size)).toBeLessThan(1e-12);
  });

  it('sum to the trace, and their squares to the squared Frobenius norm', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, seed) => {
        const values = pseudoRandom(size * size, seed);
        const matrix = matrixOf(
          size,
          (row, column) => values[Math.max(row, column) * size + Math.min(row, column)] as number,
        );
        const found = eigenvalues(matrix, size);
        const trace = matrix.reduce((sum, value, index) => sum + (index % (size + 1) === 0 ? value : 0), 0);
        const squares = matrix.reduce((sum, value) => sum + value * value, 0);
        const sum = found.reduce((total, value) => total + value, 0);
        const foundSquares = found.reduce((total, value) => total + value * value, 0);
        const norm = Math.sqrt(squares);
        expect(Math.abs(sum - trace)).toBeLessThanOrEqual(size * roundings(size) * norm);
        expect(Math.abs(foundSquares - squares)).toBeLessThanOrEqual(2 * size * roundings(size) * squares);
        expect(Array.from(found)).toEqual(Array.from(found).sort((a, b) => b - a));
      }),
      { numRuns: 100 },
    );
  });

  it('leave the matrix as it is', () => {
    const matrix = bench.float64([9, 9], laplacian(9));
    symmetricEigenvalues(bench.kernels, matrix);
    expect(matrix.view()).toEqual(laplacian(9));
  });

  const eigenvalues = (matrix: Float64Array, size: number) => {
    const array = bench.float64([size, size], matrix);
    const found = symmetricEigenvalues(bench.kernels, array);
    array.dispose();
    return found;
  };
});

describeVariants('eigenvectors', (bench) => {
  it.each(sizes)('of the Laplacian of a path of %i nodes satisfy their equation', (size) => {
    const matrix = laplacian(size);
    const { values, vectors } = symmetricEigen(bench.kernels, bench.float64([size, size], matrix));
    const expected = Array.from(
      { length: size },
      (_, k) => 2 - 2 * Math.cos(((size - k) * Math.PI) / (size + 1)),
    );
    expectEach(values, expected, size);
    expect(orthonormalityError(vectors, size)).toBeLessThan(1e-12);
    for (let pair = 0; pair < size; pair++) {
      for (let row = 0; row < size; row++) {
        let product = 0;
        for (let column = 0; column < size; column++)
          product += (matrix[row * size + column] as number) * (vectors[pair * size + column] as number);
        const wanted = (values[pair] as number) * (vectors[pair * size + row] as number);
        expect(Math.abs(product - wanted)).toBeLessThan(1e-12);
      }
    }
  });
});

describeVariants('the leading eigenpairs of a covariance', (bench) => {
  const [count, features, wanted] = [300, 40, 5];
  const samples = Float32Array.from(
    pseudoRandom(count * features, 9),
    (value, index) => value / Math.sqrt(1 + (index % features)),
  );
  const found = (method: 'samples' | 'full' | 'auto') =>
    topCovarianceEigenpairs(bench.kernels, bench.float32([count, features], samples), wanted, {
      tolerance: 1e-8,
      maxIterations: 500,
      method,
    });

  it('are the same by iteration as by the full solve, each within 1e-6 of its value', () => {
    const [iterated, full] = [found('samples'), found('full')];
    expect(iterated).toMatchObject({ converged: true, method: 'samples' });
    expect(full).toMatchObject({ converged: true, method: 'full', iterations: 0 });
    for (const [index, value] of full.values.entries())
      expect(Math.abs((iterated.values[index] as number) - value)).toBeLessThan(1e-6 * value);
  });

  it('say by which method auto found them', () => {
    expect(['samples', 'full']).toContain(found('auto').method);
  });

  it('are not sought by a method that there is not', () => {
    expect(() => found('power' as 'full')).toThrow(/expected method samples, full or auto, got power/);
  });
});

describeVariants('an iteration', (bench) => {
  it('says that it has not converged when it had too few steps', () => {
    const matrix = bench.float64([50, 50], laplacian(50));
    const short = { tolerance: 1e-12, maxIterations: 2 };
    for (const result of [
      largestEigenpair(bench.kernels, matrix, short),
      topEigenpairs(bench.kernels, matrix, 2, short),
    ]) {
      expect(result).toMatchObject({ converged: false, iterations: 2 });
      expect(result.residual).toBeGreaterThan(1e-12);
    }
  });

  it('gives the spectral norm of a matrix with known singular values', () => {
    // Rows (3, 0), (0, 4), (0, 0): singular values 4 and 3, right singular vector of the first (0, 1).
    const { value, vector, converged } = spectralNorm(
      bench.kernels,
      bench.float32([3, 2], [3, 0, 0, 4, 0, 0]),
      limits,
    );
    expect(converged).toBe(true);
    expect(value).toBeCloseTo(4, 12);
    expect(Math.abs(vector[1] as number)).toBeCloseTo(1, 12);
  });
});

describeVariants('the covariance', (bench) => {
  it('divides the centred products by the number of samples minus one', () => {
    // Samples (1, 0), (3, 8): deviations -+1 and -+4, products 1, 4, 16, doubled and divided by 1.
    const out = bench.float64([2, 2]);
    covariance(bench.kernels, bench.float32([2, 2], [1, 0, 3, 8]), out);
    expect(Array.from(out.view())).toEqual([2, 8, 8, 32]);
  });

  it('is symmetric, and keeps its precision beside a large mean', () => {
    // Features a and b = a + 4096, whose float32 spacing there is 2^-11: multiples of it are exact.
    const a = pseudoRandom(700, 5).map((value) => Math.round(value * 2048) / 2048);
    const samples = Float32Array.from(
      { length: 1400 },
      (_, index) => (a[index >> 1] as number) + (index % 2) * 4096,
    );
    const out = bench.float64([2, 2]);
    covariance(bench.kernels, bench.float32([700, 2], samples), out);
    const mean = a.reduce((sum, value) => sum + value, 0) / 700;
    const variance = a.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 699;
    for (const entry of out.view()) expect(Math.abs(entry / variance - 1)).toBeLessThan(1e-6);
    expect(out.view()[1]).toBe(out.view()[2]);
  });
});

function expectEach(actual: ArrayLike<number>, expected: readonly number[], size: number): void {
  const norm = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs((actual[index] as number) - value)).toBeLessThanOrEqual(roundings(size) * norm);
  });
}

function laplacian(size: number): Float64Array {
  return matrixOf(size, (row, column) => (row === column ? 2 : Math.abs(row - column) === 1 ? -1 : 0));
}

function matrixOf(size: number, entry: (row: number, column: number) => number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, index) =>
    entry(Math.floor(index / size), index % size),
  );
}

function orthonormalityError(rows: Float64Array, size: number): number {
  const count = rows.length / size;
  let worst = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const left = rows.subarray(i * size, (i + 1) * size);
      const product = left.reduce((sum, value, index) => sum + value * (rows[j * size + index] as number), 0);
      worst = Math.max(worst, Math.abs(product - (i === j ? 1 : 0)));
    }
  }
  return worst;
}
