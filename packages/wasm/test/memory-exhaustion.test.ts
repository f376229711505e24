import {
  allocateFloat32,
  allocateUint8,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  covariance,
  createKrotovHopfieldScreen,
  depthwiseConv2d,
  gemm,
  type Kernels,
  krotovHopfieldMinibatchStep,
  krotovHopfieldSequentialStep,
  largestEigenpair,
  memoryUse,
  projectKrotovHopfieldRows,
  symmetricEigen,
  symmetricEigenvalues,
  topCovarianceEigenpairs,
  topEigenpairs,
  winnersAndRivals,
} from '@hebblab/wasm';
import { expect, it } from 'vitest';
import { geometryOf, same } from './support/images.js';
import { describeVariants } from './support/variants.js';

const pageBytes = 65536;
const largestPages = 65536;
const limits = { tolerance: 1e-9, maxIterations: 10 };
const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };

// Grows the linear memory itself, which reserves addresses but touches no page, so that little is left.
describeVariants('exhausted memory', (bench) => {
  it('is an error for one array that is too large for any memory', () => {
    expect(() => allocateFloat32(bench.kernels, [2 ** 29])).toThrow(
      'allocate: expected an array below 2 GiB, got shape [536870912] of float32',
    );
    expect(() => allocateFloat32(bench.kernels, [2 ** 50, 2 ** 50])).toThrow('expected an array below 2 GiB');
  });

  it('is an error where nothing is left, and the instance goes on', () => {
    const { kernels } = bench;
    leavePages(kernels, 64);
    const refused = () =>
      expect(() => allocateFloat32(kernels, [2 * 2 ** 20])).toThrow(
        'allocate: expected memory for an array, got none left for 8388608 bytes',
      );
    // The first error makes room for error objects once and for all.
    refused();
    const before = memoryUse(kernels).liveBytes;
    refused();
    expect(memoryUse(kernels).liveBytes).toBe(before);
    expectProduct(kernels);
  });

  it('is an error of a kernel whose intermediate results do not fit, and the instance goes on', () => {
    const { kernels } = bench;
    const square = bench.float32([150, 150]);
    square.view().forEach((_, index, view) => {
      view[index] = Math.sin(index);
    });
    const effective = bench.float32(square.shape, square.view().slice());
    const [out, matrix] = [bench.float32([150, 150]), bench.float64([150, 150])];
    const ranks = { winner: bench.uint32([150]), rival: bench.uint32([150]) };
    const pixels = bench.uint8([150, 150]);
    const scales = bench.float32([150], new Float32Array(150).fill(1));
    const batch = { kind: 'bytes', pixels, scales } as const;
    const state = { weights: square, effective };
    using screen = createKrotovHopfieldScreen(kernels, effective);
    const screened = { ...state, screen };
    const projection = { basis: bench.float32([100, 150]), defect: 1e-7 };
    const projected = { coefficients: bench.float32([150, 100]), tails: bench.float32([150, 2]) };
    using rows = createKrotovHopfieldScreen(kernels, effective, projection);
    using residuals = createKrotovHopfieldScreen(kernels, effective, projection, 'residuals');
    projectKrotovHopfieldRows(kernels, projection, pixels, projected);
    const sieved = { ...batch, projected };
    const oneRank = { winner: bench.uint32([1]), rival: bench.uint32([1]) };
    const row = bench.float32([1, 600]);
    const geometry = geometryOf(1, 150, 150, same(1, 1, 1), same(150, 1, 1));
    const calls = {
      conv2d: () => conv2d(kernels, geometry, square, effective, out),
      conv2dBackpropInput: () => conv2dBackpropInput(kernels, geometry, square, effective, out),
      conv2dBackpropFilter: () => conv2dBackpropFilter(kernels, geometry, square, effective, out),
      depthwiseConv2d: () => depthwiseConv2d(kernels, geometry, square, scales, out),
      gemm: () => gemm(kernels, 'NT', square, effective, out),
      krotovHopfieldMinibatchStep: () =>
        krotovHopfieldMinibatchStep(kernels, rule, 0.02, batch, state, ranks),
      'krotovHopfieldMinibatchStep by the screen': () =>
        krotovHopfieldMinibatchStep(kernels, rule, 0.02, batch, screened, ranks),
      'krotovHopfieldMinibatchStep by the sieve of rows': () =>
        krotovHopfieldMinibatchStep(kernels, rule, 0.02, sieved, { ...state, screen: rows }, ranks),
      'krotovHopfieldMinibatchStep by the sieve of residuals': () =>
        krotovHopfieldMinibatchStep(kernels, rule, 0.02, sieved, { ...state, screen: residuals }, ranks),
      createKrotovHopfieldScreen: () => createKrotovHopfieldScreen(kernels, effective).dispose(),
      'createKrotovHopfieldScreen of residuals': () =>
        createKrotovHopfieldScreen(kernels, effective, projection, 'residuals').dispose(),
      krotovHopfieldSequentialStep: () => krotovHopfieldSequentialStep(kernels, rule, 0.02, batch, state),
      winnersAndRivals: () => winnersAndRivals(kernels, row, 17, oneRank),
      covariance: () => covariance(kernels, square, matrix),
      largestEigenpair: () => largestEigenpair(kernels, matrix, limits),
      projectKrotovHopfieldRows: () => projectKrotovHopfieldRows(kernels, projection, pixels, projected),
      symmetricEigen: () => symmetricEigen(kernels, matrix),
      topCovarianceEigenpairs: () =>
        topCovarianceEigenpairs(kernels, square, 20, { ...limits, method: 'samples' }),
      symmetricEigenvalues: () => symmetricEigenvalues(kernels, matrix),
      topEigenpairs: () => topEigenpairs(kernels, matrix, 20, limits),
    };
    const weights = square.view().slice();
    const filling = fill(kernels);
    const full = memoryUse(kernels);
    for (const [operation, call] of Object.entries(calls)) {
      const refused = new RegExp(
        `^(${operation.split(' ')[0]}|gemm|allocate): expected memory for .+, got none left`,
      );
      expect(call, operation).toThrow(refused);
      expect(call, `${operation} again`).toThrow(refused);
    }
    expect(memoryUse(kernels).totalBytes).toBe(full.totalBytes);
    expect(square.view()).toEqual(weights);
    for (const array of filling) array.dispose();
    for (const [operation, call] of Object.entries(calls)) expect(call, operation).not.toThrow();
    expectProduct(kernels);
  });

  it('leaves room for error texts when small arrays took the rest', () => {
    const { kernels } = bench;
    const values = bench.float32([1, 2]);
    values.view().fill(Number.NaN);
    const ranks = { winner: bench.uint32([1]), rival: bench.uint32([1]) };
    const filling = fill(kernels);
    expect(() => winnersAndRivals(kernels, values, 2, ranks)).toThrow(
      'winnersAndRivals: expected finite pre-activations, got NaN at sample 0, unit 0',
    );
    for (const array of filling) array.dispose();
  });

  it('does not begin before the memory has all of its 4 GiB', () => {
    const { kernels } = bench;
    leavePages(kernels, 0);
    expect(memoryUse(kernels).totalBytes).toBe(2 ** 32);
    expectProduct(kernels);
  });
});

/** Takes all but `pages` of the addresses that the memory can still grow by. */
function leavePages(kernels: Kernels, pages: number): void {
  const free = largestPages - memoryUse(kernels).totalBytes / pageBytes;
  if (free > pages) kernels.linearMemory.grow(free - pages);
}

/** Arrays that take every byte that is left. */
function fill(kernels: Kernels): readonly { dispose(): void }[] {
  leavePages(kernels, 64);
  const arrays: { dispose(): void }[] = [];
  for (let bytes = 2 ** 21; bytes >= 1; bytes /= 4) {
    for (;;) {
      try {
        arrays.push(allocateUint8(kernels, [bytes]));
      } catch {
        break;
      }
    }
  }
  return arrays;
}

/** [1 2; 3 4] [5; 6] = [17; 39] */
function expectProduct(kernels: Kernels): void {
  const [a, b, out] = [
    allocateFloat32(kernels, [2, 2]),
    allocateFloat32(kernels, [2, 1]),
    allocateFloat32(kernels, [2, 1]),
  ];
  a.set([1, 2, 3, 4]);
  b.set([5, 6]);
  gemm(kernels, 'NN', a, b, out);
  expect(Array.from(out.view())).toEqual([17, 39]);
  for (const array of [a, b, out]) array.dispose();
}
