import {
  adamStep,
  allocateFloat32,
  allocateUint8,
  allocateUint32,
  allocateUninitialised,
  effectiveWeights,
  gemm,
  type Kernels,
  krotovHopfieldMinibatchStep,
  memoryUse,
  reluPower,
  rowsOf,
  softmaxCrossEntropy,
  winners,
} from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { describeVariants, openVariant } from './support/variants.js';

describeVariants('kernel memory', (bench) => {
  it('returns to its start after every round of training and stops growing after the first', () => {
    const before = memoryUse(bench.kernels).liveBytes;
    trainOneStep(bench.kernels);
    const first = memoryUse(bench.kernels);
    expect(first.liveBytes).toBe(before);
    const leaks: number[] = [];
    for (let round = 0; round < 1000; round++) {
      trainOneStep(bench.kernels);
      if (memoryUse(bench.kernels).liveBytes !== before) leaks.push(round);
    }
    expect(leaks).toEqual([]);
    expect(memoryUse(bench.kernels)).toEqual(first);
  });

  it('counts an array from its allocation to its disposal', () => {
    const { kernels } = bench;
    const before = memoryUse(kernels).liveBytes;
    const array = allocateFloat32(kernels, [1000]);
    expect(memoryUse(kernels).liveBytes - before).toBe(4000);
    array.dispose();
    expect(memoryUse(kernels).liveBytes).toBe(before);
  });

  it('is returned once by an array that is disposed twice', () => {
    const { kernels } = bench;
    const array = allocateFloat32(kernels, [1000]);
    const other = bench.float32([1000]);
    array.dispose();
    const before = memoryUse(kernels).liveBytes;
    array.dispose();
    array[Symbol.dispose]();
    expect(memoryUse(kernels).liveBytes).toBe(before);
    expect(other.view()).toHaveLength(1000);
  });

  it('is zeroed, also where another array was before', () => {
    const array = allocateFloat32(bench.kernels, [500]);
    array.view().fill(7);
    array.dispose();
    expect(bench.float32([500]).view()).toEqual(new Float32Array(500));
  });

  it('holds what was there before in an array that is not initialised', () => {
    const array = allocateFloat32(bench.kernels, [500]);
    array.view().fill(7);
    const { offset } = array;
    array.dispose();
    using uninitialised = allocateUninitialised(bench.kernels, 'float32', [500]);
    expect(uninitialised.offset).toBe(offset);
    // An allocator keeps its lists in the first bytes of what is free.
    expect(uninitialised.view().subarray(16)).toEqual(new Float32Array(484).fill(7));
    expect(uninitialised.kind).toBe('float32');
  });

  it('is not reachable through a disposed array', () => {
    const array = allocateFloat32(bench.kernels, [2, 3]);
    const part = rowsOf(array, 1, 1);
    array.dispose();
    const refused = 'kernel array: expected one in use, got a disposed one of shape [2,3]';
    expect(() => array.offset).toThrow(refused);
    expect(() => array.view()).toThrow(refused);
    expect(() => array.set(new Float32Array(6))).toThrow(refused);
    expect(() => part.view()).toThrow(refused);
    expect(() => reluPower(bench.kernels, array, 1)).toThrow(refused);
  });

  it('keeps arrays and gives fresh views when it grows', () => {
    const { kernels } = bench;
    const array = bench.float32([3], [1, 2, 3]);
    const stale = array.view();
    const { totalBytes } = memoryUse(kernels);
    bench.uint8([totalBytes]);
    expect(memoryUse(kernels).totalBytes).toBeGreaterThan(totalBytes);
    expect(stale).toHaveLength(0);
    expect(Array.from(array.view())).toEqual([1, 2, 3]);
    const doubled = bench.float32([1, 3]);
    gemm(kernels, 'NN', bench.float32([1, 1], [2]), bench.float32([1, 3], array.view()), doubled);
    expect(Array.from(doubled.view())).toEqual([2, 4, 6]);
  });

  it('holds empty arrays at places of their own', () => {
    const [one, two] = [bench.float32([0]), bench.float32([4, 0])];
    expect(one.view()).toHaveLength(0);
    expect(one.offset).not.toBe(two.offset);
  });
});

describeVariants('an array', (bench) => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s', (value) => {
    const array = bench.float32([3], [1, 2, 3]);
    expect(() => array.set([4, 5, value])).toThrow(
      `kernel array: expected finite values within float32, got ${value} at index 2`,
    );
    expect(() => bench.float64([1], [value])).toThrow(`expected finite values, got ${value} at index 0`);
    expect(Array.from(array.view())).toEqual([1, 2, 3]);
  });

  it('refuses what its element type would change', () => {
    expect(() => bench.float32([1], [1e39])).toThrow('expected finite values within float32, got 1e+39');
    expect(() => bench.uint8([2], [255, 256])).toThrow(
      'expected whole numbers from 0 to 255, got 256 at index 1',
    );
    expect(() => bench.uint8([1], [0.5])).toThrow('expected whole numbers from 0 to 255, got 0.5');
    expect(() => bench.uint32([1], [-1])).toThrow('expected whole numbers from 0 to 2^32 - 1, got -1');
    for (const value of [0.5, -(2 ** 31) - 1, 2 ** 31])
      expect(() => bench.int32([1], [value])).toThrow(
        `expected whole numbers from -2^31 to 2^31 - 1, got ${value} at index 0`,
      );
    expect(bench.int32([2], [-(2 ** 31), 2 ** 31 - 1]).view()).toEqual(
      Int32Array.of(-2147483648, 2147483647),
    );
    expect(Array.from(bench.uint32([2], [0, 2 ** 32 - 1]).view())).toEqual([0, 4294967295]);
  });

  it('refuses another number of values', () => {
    const array = bench.float32([2, 3]);
    for (const length of [0, 5, 7])
      expect(() => array.set(new Float32Array(length))).toThrow(
        `kernel array: expected 6 values for shape [2,3], got ${length}`,
      );
  });

  it.each([[[-1]], [[1.5]], [[Number.NaN]], [[2, Number.POSITIVE_INFINITY]]])(
    'has no shape [%s]',
    (shape) => {
      expect(() => allocateFloat32(bench.kernels, shape)).toThrow(
        `allocate: expected sizes that are whole numbers >= 0, got [${shape}]`,
      );
    },
  );

  it('refuses the rows outside it', () => {
    const array = bench.uint8([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    expect(Array.from(rowsOf(array, 1, 2).view())).toEqual([3, 4, 5, 6]);
    expect(rowsOf(array, 1, 2).shape).toEqual([2, 2]);
    expect(rowsOf(array, 4, 0).length).toBe(0);
    for (const [first, count] of [
      [0, 5],
      [4, 1],
      [-1, 2],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const)
      expect(() => rowsOf(array, first, count)).toThrow(
        `rowsOf: expected rows inside an array of shape [4,2], got ${count} from ${first}`,
      );
  });

  it('stays when its rows are disposed', () => {
    const array = bench.float32([2, 2], [1, 2, 3, 4]);
    rowsOf(array, 0, 1).dispose();
    expect(Array.from(array.view())).toEqual([1, 2, 3, 4]);
  });

  it('is not written while it is read', () => {
    const { kernels } = bench;
    const square = bench.float32([4, 4]);
    const refused =
      /^gemm: expected out apart from the other arrays, got memory shared with one that is written$/;
    expect(() => gemm(kernels, 'NN', square, bench.float32([4, 4]), square)).toThrow(refused);
    expect(() => gemm(kernels, 'NN', bench.float32([4, 4]), square, square)).toThrow(refused);
    // Rows 0-1 and rows 1-2 share row 1.
    const shared = bench.float32([3, 2]);
    expect(() =>
      gemm(kernels, 'NN', rowsOf(shared, 0, 2), bench.float32([2, 2]), rowsOf(shared, 1, 2)),
    ).toThrow(refused);
    // Two operands that are only read may be one array.
    gemm(kernels, 'NN', square, square, bench.float32([4, 4]));
    const ranks = bench.uint32([1]);
    expect(() =>
      krotovHopfieldMinibatchStep(
        kernels,
        rule,
        0.1,
        { kind: 'floats', samples: bench.float32([1, 2]) },
        { weights: bench.float32([2, 2]), effective: bench.float32([2, 2]) },
        { winner: ranks, rival: ranks },
      ),
    ).toThrow('krotovHopfieldMinibatchStep: expected rival apart from the other arrays');
  });
});

describe('an array of another instance', () => {
  it('is refused, in both directions', async () => {
    const [simd128, relaxed] = [await openVariant('simd128'), await openVariant('relaxed')];
    const one = allocateFloat32(simd128, [2, 2]);
    const other = allocateFloat32(relaxed, [2, 2]);
    const ranks = allocateUint32(relaxed, [2]);
    try {
      expect(() => gemm(relaxed, 'NN', one, other, other)).toThrow(
        'gemm: expected a in the relaxed instance, got one of another instance',
      );
      expect(() => gemm(simd128, 'NN', one, one, other)).toThrow(
        'gemm: expected out in the simd128 instance, got one of another instance',
      );
      expect(() => winners(simd128, one, ranks)).toThrow(
        'winners: expected winner in the simd128 instance, got one of another instance',
      );
    } finally {
      for (const array of [one, other, ranks]) array.dispose();
    }
  });
});

const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };

/** A round that uses every workspace: bytes, floats, a product and Adam. Sizes from a small experiment. */
function trainOneStep(kernels: Kernels): void {
  const [count, inputs, hidden] = [10, 49, 20];
  const made: { dispose(): void }[] = [];
  const float32 = (...shape: number[]) => {
    const array = allocateFloat32(kernels, shape);
    made.push(array);
    return array;
  };
  const pixels = allocateUint8(kernels, [count, inputs]);
  const winner = allocateUint32(kernels, [count]);
  const rival = allocateUint32(kernels, [count]);
  made.push(pixels, winner, rival);
  pixels.view().forEach((_, index, view) => {
    view[index] = (index * 31) % 256;
  });
  const scales = float32(count);
  scales.view().fill(1 / 256);
  const [weights, effective] = [float32(hidden, inputs), float32(hidden, inputs)];
  weights.view().forEach((_, index, view) => {
    view[index] = Math.sin(index);
  });
  effectiveWeights(kernels, 3, weights, effective);
  krotovHopfieldMinibatchStep(
    kernels,
    rule,
    0.02,
    { kind: 'bytes', pixels, scales },
    { weights, effective },
    { winner, rival },
  );
  const [logits, gradient, losses] = [float32(count, hidden), float32(count, hidden), float32(count)];
  gemm(kernels, 'NT', float32(count, inputs), weights, logits);
  softmaxCrossEntropy(kernels, { logits, labels: winner, losses, gradient, gradientScale: 1 / count });
  const [firstMoment, secondMoment, parameters] = [
    float32(count, hidden),
    float32(count, hidden),
    float32(count, hidden),
  ];
  const settings = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  adamStep(kernels, settings, 1, { parameters, gradient, firstMoment, secondMoment });
  for (const array of made) array.dispose();
}
