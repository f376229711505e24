import type { Int32Buffer, KernelArray } from './arrays.js';
import { expectInteger, expectLength } from './check.js';
import { bitsOf, bytesOf, type MovedKind } from './elements.js';
import type { Kernels } from './open.js';

/** Rows by their indices. */
export interface Gather<Kind extends MovedKind> {
  /** [batches, outer, axis, inner] */
  readonly from: KernelArray<Kind>;
  /** [batches, count], each from 0 to axis - 1. */
  readonly indices: Int32Buffer;
  /** [batches, outer, count, inner] */
  readonly to: KernelArray<Kind>;
  /** How many times there are indices of their own. Default 1. */
  readonly batches?: number;
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
}

/**
 * Takes the parts of an array that indices name: to[b, o, i, :] = from[b, o, indices[b, i], :].
 *
 * @throws where lengths do not fit, an index is not inside, or `to` shares memory with another array
 * @example
 * gather(kernels, { from: samples, indices: order, to: batch, outer: 1, axis: count, inner: 784 });
 */
export function gather<Kind extends MovedKind>(kernels: Kernels, call: Gather<Kind>): void {
  const { from, indices, to, batches = 1, outer, axis, inner } = call;
  for (const [name, size] of Object.entries({ batches, outer, axis, inner })) {
    expectInteger('gather', name, size, name === 'batches' ? 1 : 0, 2 ** 31 - 1);
  }
  const count = indices.length / batches;
  expectInteger('gather', 'indices a batch', count, 0, 2 ** 31 - 1);
  expectLength('gather', 'from', kernels, from, batches * outer * axis * inner);
  expectLength('gather', 'indices', kernels, indices, batches * count);
  expectLength('gather', 'to', kernels, to, batches * outer * count * inner);
  const bytes = bytesOf('gather', from, to);
  kernels.raw.gather(bytes, batches, outer, axis, inner, count, from.offset, indices.offset, to.offset);
}

/** One-hot rows. */
export interface OneHot {
  /** [count]; a row whose index is outside of 0 to depth - 1 holds `off` alone. */
  readonly indices: Int32Buffer;
  /** [count, depth] */
  readonly to: KernelArray<MovedKind>;
  readonly depth: number;
  readonly on: number;
  readonly off: number;
}

/**
 * Writes `on` where an index says so, and `off` elsewhere.
 *
 * @throws where lengths do not fit, or the type of `to` does not hold a value
 * @example
 * oneHot(kernels, { indices: labels, to: targets, depth: 10, on: 1, off: 0 });
 */
export function oneHot(kernels: Kernels, call: OneHot): void {
  const { indices, to, depth, on, off } = call;
  expectInteger('oneHot', 'depth', depth, 0, 2 ** 31 - 1);
  expectLength('oneHot', 'indices', kernels, indices, indices.length);
  expectLength('oneHot', 'to', kernels, to, indices.length * depth);
  const [onBits, offBits] = [bitsOf('oneHot', to.kind, on), bitsOf('oneHot', to.kind, off)];
  const bytes = bytesOf('oneHot', to, to);
  kernels.raw.oneHot(bytes, indices.offset, indices.length, depth, onBits, offBits, to.offset);
}

/** The largest values of rows. */
export interface TopK<Kind extends 'float32' | 'int32'> {
  /** [rows, columns] */
  readonly from: KernelArray<Kind>;
  readonly rows: number;
  readonly columns: number;
  /** At most `columns`. */
  readonly k: number;
  /** Receives the values, [rows, k]. */
  readonly values: KernelArray<Kind>;
  /** Receives their columns, [rows, k]. */
  readonly indices: Int32Buffer;
}

/**
 * The k largest values of each row, from the largest on; of equal ones the first comes first, NaN comes last.
 *
 * @throws where lengths do not fit, k is beyond the columns, or arrays share memory
 * @example
 * topK(kernels, { from: logits, rows: 100, columns: 10, k: 5, values, indices });
 */
export function topK<Kind extends 'float32' | 'int32'>(kernels: Kernels, call: TopK<Kind>): void {
  const { from, rows, columns, k, values, indices } = call;
  expectInteger('topK', 'rows', rows, 0, 2 ** 31 - 1);
  expectInteger('topK', 'columns', columns, 0, 2 ** 31 - 1);
  expectInteger('topK', 'k', k, 0, columns);
  expectLength('topK', 'from', kernels, from, rows * columns);
  expectLength('topK', 'values', kernels, values, rows * k);
  expectLength('topK', 'indices', kernels, indices, rows * k);
  bytesOf('topK', from, values);
  kernels.raw.topK(from.kind === 'int32', from.offset, rows, columns, k, values.offset, indices.offset);
}
