import { allocateFloat32, allocateUint32, type Float32Buffer } from './arrays.js';
import { expectInteger, expectShape } from './check.js';
import type { Kernels } from './open.js';

/**
 * A place in the one counter-based generator (Philox4x32-10, Salmon et al. 2011). Value i depends on the seed,
 * the stream's name and `first + i` alone, so any split of the work gives the same values.
 */
export interface RandomStream {
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** Names the consumer; two consumers never share one. */
  readonly stream: string;
  /** Index of the first value. Default 0. */
  readonly first?: number;
}

/**
 * Independent draws from N(0, 1).
 *
 * @throws where the seed or the first index is out of range
 * @example
 * randomNormal(kernels, { seed: 1, stream: 'initial weights' }, weights);
 */
export function randomNormal(
  kernels: Kernels,
  stream: RandomStream,
  out: Float32Buffer | Float32Array,
): void {
  fill('randomNormal', kernels.raw.fillNormal, kernels, stream, out);
}

/**
 * Independent draws from the uniform distribution on [0, 1).
 *
 * @throws as {@link randomNormal}
 * @example
 * randomUniform(kernels, { seed: 1, stream: 'dropout' }, values);
 */
export function randomUniform(
  kernels: Kernels,
  stream: RandomStream,
  out: Float32Buffer | Float32Array,
): void {
  fill('randomUniform', kernels.raw.fillUniform, kernels, stream, out);
}

/**
 * A uniformly drawn order of 0 .. length - 1 (Fisher-Yates).
 *
 * @throws where the seed or the length is out of range
 * @example
 * const order = randomPermutation(kernels, { seed: 1, stream: 'shuffle of epoch 3' }, 60000);
 */
export function randomPermutation(
  kernels: Kernels,
  { seed, stream }: RandomStream,
  length: number,
): Uint32Array {
  expectInteger('randomPermutation', 'seed', seed, 0, Number.MAX_SAFE_INTEGER);
  expectInteger('randomPermutation', 'length', length, 0, 2 ** 32 - 1);
  using order = allocateUint32(kernels, [length]);
  kernels.raw.permutation(seed, stream, order.offset, length);
  return order.view().slice();
}

type Fill = (seed: number, stream: string, first: number, offset: number, length: number) => void;

function fill(
  operation: string,
  kernel: Fill,
  kernels: Kernels,
  stream: RandomStream,
  out: Float32Buffer | Float32Array,
): void {
  const { seed, stream: name, first = 0 } = stream;
  expectInteger(operation, 'seed', seed, 0, Number.MAX_SAFE_INTEGER);
  expectInteger(operation, 'first', first, 0, Number.MAX_SAFE_INTEGER);
  if (out instanceof Float32Array) {
    using values = allocateFloat32(kernels, [out.length]);
    kernel(seed, name, first, values.offset, out.length);
    out.set(values.view());
    return;
  }
  expectShape(operation, 'out', kernels, out, out.shape);
  kernel(seed, name, first, out.offset, out.length);
}
