import type { KernelArray } from './arrays.js';
import { expectInteger, expectLength } from './check.js';
import { bytesOf, fill, type MovedKind } from './elements.js';
import type { Kernels } from './open.js';

/** Where values come from and go to; the arrays only need the right lengths, whatever their shapes. */
export interface Movement<Kind extends MovedKind> {
  readonly from: KernelArray<Kind>;
  readonly to: KernelArray<Kind>;
  /** The dimensions of `from`, at most six. */
  readonly shape: readonly number[];
}

/** Dimensions in another order. */
export interface Transpose<Kind extends MovedKind> extends Movement<Kind> {
  /** For each dimension of `to`, which one of `from` it is. */
  readonly permutation: readonly number[];
}

/**
 * Gives dimensions another order: dimension i of `to` is dimension permutation[i] of `from`.
 *
 * @throws where lengths or the permutation do not fit, or the arrays share memory
 * @example
 * transpose(kernels, { from: images, to: channelsFirst, shape: [n, h, w, c], permutation: [0, 3, 1, 2] });
 */
export function transpose<Kind extends MovedKind>(kernels: Kernels, call: Transpose<Kind>): void {
  const { from, to, shape, permutation } = call;
  expectAxes('transpose', shape, permutation);
  const target = permutation.map((axis) => shape[axis] ?? 0);
  if (new Set(permutation).size !== shape.length || target.length !== shape.length)
    throw new Error(`transpose: expected a permutation of ${shape.length} axes, got [${permutation}]`);
  const strides = stridesOf(shape);
  expectLength('transpose', 'from', kernels, from, sizeOf(shape));
  expectLength('transpose', 'to', kernels, to, sizeOf(shape));
  copyStrided(
    kernels,
    target,
    { array: from, strides: permutation.map((axis) => strides[axis] ?? 0) },
    whole(to, target),
  );
}

/** A block of an array. */
export interface Slice<Kind extends MovedKind> extends Movement<Kind> {
  /** The first index along each dimension. */
  readonly begin: readonly number[];
  /** How many values are taken along each dimension: the dimensions of `to`. */
  readonly size: readonly number[];
  /** The step along each dimension, negative to walk backwards. Default 1. */
  readonly strides?: readonly number[];
}

/**
 * Copies a block: to[i] = from[begin + i * strides].
 *
 * @throws where lengths do not fit, the block is not inside, or the arrays share memory
 * @example
 * slice(kernels, { from: samples, to: batch, shape: [count, 784], begin: [first, 0], size: [100, 784] });
 */
export function slice<Kind extends MovedKind>(kernels: Kernels, call: Slice<Kind>): void {
  const { from, to, shape, begin, size, strides = shape.map(() => 1) } = call;
  expectRank('slice', 'begin', shape, begin);
  expectRank('slice', 'size', shape, size);
  expectRank('slice', 'strides', shape, strides);
  shape.forEach((length, axis) => {
    const [first, count, step] = [begin[axis] ?? 0, size[axis] ?? 0, strides[axis] ?? 1];
    const last = first + (count - 1) * step;
    const isInside = [first, last].every((index) => Number.isInteger(index) && index >= 0 && index < length);
    if (!Number.isInteger(count) || count < 0 || !Number.isInteger(step) || (count > 0 && !isInside)) {
      throw new Error(
        `slice: expected indices from 0 to ${length - 1} of axis ${axis}, got ${first} to ${last}`,
      );
    }
  });
  expectLength('slice', 'from', kernels, from, sizeOf(shape));
  expectLength('slice', 'to', kernels, to, sizeOf(size));
  const steps = stridesOf(shape);
  copyStrided(
    kernels,
    size,
    {
      array: from,
      strides: steps.map((step, axis) => step * (strides[axis] ?? 1)),
      first: steps.reduce((sum, step, axis) => sum + step * (begin[axis] ?? 0), 0),
    },
    whole(to, size),
  );
}

/**
 * Turns dimensions around: index i becomes n - 1 - i along each of the axes.
 *
 * @throws where lengths or axes do not fit, or the arrays share memory
 * @example
 * reverse(kernels, { from: images, to: mirrored, shape: [n, h, w, c], axes: [2] });
 */
export function reverse<Kind extends MovedKind>(
  kernels: Kernels,
  call: Movement<Kind> & { readonly axes: readonly number[] },
): void {
  const { shape, axes } = call;
  expectAxes('reverse', shape, axes);
  if (sizeOf(shape) === 0) return;
  slice(kernels, {
    ...call,
    begin: shape.map((size, axis) => (axes.includes(axis) ? size - 1 : 0)),
    size: shape,
    strides: shape.map((_, axis) => (axes.includes(axis) ? -1 : 1)),
  });
}

/** An array with a border of one value around it. */
export interface Pad<Kind extends MovedKind> extends Movement<Kind> {
  /** Values put before the first along each dimension. */
  readonly before: readonly number[];
  /** Values put behind the last along each dimension. */
  readonly after: readonly number[];
  /** What they are; see {@link fill}. */
  readonly value: number;
}

/**
 * Puts a constant border around an array.
 *
 * @throws where lengths do not fit, the value does not, or the arrays share memory
 * @example
 * pad(kernels, { from, to, shape: [28, 28], before: [2, 2], after: [2, 2], value: 0 });
 */
export function pad<Kind extends MovedKind>(kernels: Kernels, call: Pad<Kind>): void {
  const { from, to, shape, before, after, value } = call;
  expectSizes('pad', 'before', shape, before);
  expectSizes('pad', 'after', shape, after);
  const target = shape.map((size, axis) => (before[axis] ?? 0) + size + (after[axis] ?? 0));
  expectLength('pad', 'from', kernels, from, sizeOf(shape));
  expectLength('pad', 'to', kernels, to, sizeOf(target));
  if (to.length !== from.length) fill(kernels, to, value);
  const strides = stridesOf(target);
  const first = strides.reduce((sum, stride, axis) => sum + stride * (before[axis] ?? 0), 0);
  copyStrided(kernels, shape, whole(from, shape), { array: to, strides, first });
}

/**
 * Repeats an array along each dimension.
 *
 * @throws where lengths do not fit, or the arrays share memory
 * @example
 * tile(kernels, { from: bias, to: biases, shape: [1, 10], repeats: [100, 1] });
 */
export function tile<Kind extends MovedKind>(
  kernels: Kernels,
  call: Movement<Kind> & { readonly repeats: readonly number[] },
): void {
  const { from, to, shape, repeats } = call;
  expectSizes('tile', 'repeats', shape, repeats);
  const strides = stridesOf(shape);
  const target = shape.flatMap((size, axis) => [repeats[axis] ?? 1, size]);
  expectLength('tile', 'from', kernels, from, sizeOf(shape));
  expectLength('tile', 'to', kernels, to, sizeOf(target));
  copyStrided(
    kernels,
    target,
    { array: from, strides: strides.flatMap((stride) => [0, stride]) },
    whole(to, target),
  );
}

/** Arrays that are put side by side along one dimension. */
export interface Concat<Kind extends MovedKind> {
  /** Each is [outer, size, inner]. */
  readonly parts: readonly { readonly from: KernelArray<Kind>; readonly size: number }[];
  /** [outer, sum of the sizes, inner] */
  readonly to: KernelArray<Kind>;
  /** The product of the dimensions before the one along which they are joined. */
  readonly outer: number;
  /** The product of the dimensions after it. */
  readonly inner: number;
}

/**
 * Puts arrays side by side.
 *
 * @throws where lengths do not fit, or `to` shares memory with a part
 * @example
 * concat(kernels, { parts: [{ from: left, size: 3 }, { from: right, size: 5 }], to, outer: rows, inner: 1 });
 */
export function concat<Kind extends MovedKind>(kernels: Kernels, call: Concat<Kind>): void {
  const { parts, to, outer, inner } = call;
  expectInteger('concat', 'outer', outer, 0, 2 ** 31 - 1);
  expectInteger('concat', 'inner', inner, 0, 2 ** 31 - 1);
  for (const { from, size } of parts) {
    expectInteger('concat', 'a size', size, 0, 2 ** 31 - 1);
    expectLength('concat', 'a part', kernels, from, outer * size * inner);
  }
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  expectLength('concat', 'to', kernels, to, outer * total * inner);
  let first = 0;
  for (const { from, size } of parts) {
    const run = size * inner;
    copyStrided(kernels, [outer, run], whole(from, [outer, run]), {
      array: to,
      strides: [total * inner, 1],
      first: run === 0 ? 0 : first,
    });
    first += run;
  }
}

/** How an array is walked through: strides in elements, and the first element. */
interface Walk {
  readonly array: KernelArray<MovedKind>;
  readonly strides: readonly number[];
  readonly first?: number;
}

function copyStrided(kernels: Kernels, sizes: readonly number[], from: Walk, to: Walk): void {
  if (sizes.length > 2 * mostDimensions)
    throw new Error(`movement: expected at most ${mostDimensions} dimensions, got [${sizes}]`);
  const dimensions = sizes.flatMap((size, axis) => [size, from.strides[axis] ?? 0, to.strides[axis] ?? 0]);
  kernels.raw.copyStrided(
    bytesOf('movement', from.array, to.array),
    Int32Array.from(dimensions),
    from.array.offset,
    from.array.length,
    from.first ?? 0,
    to.array.offset,
    to.array.length,
    to.first ?? 0,
  );
}

const mostDimensions = 6;

function whole(array: KernelArray<MovedKind>, shape: readonly number[]): Walk {
  return { array, strides: stridesOf(shape) };
}

function expectRank(
  operation: string,
  name: string,
  shape: readonly number[],
  values: readonly number[],
): void {
  if (values.length !== shape.length)
    throw new Error(`${operation}: expected ${name} of ${shape.length} dimensions, got [${values}]`);
}

function expectSizes(
  operation: string,
  name: string,
  shape: readonly number[],
  values: readonly number[],
): void {
  expectRank(operation, name, shape, values);
  for (const value of values) expectInteger(operation, name, value, 0, 2 ** 31 - 1);
}

function expectAxes(operation: string, shape: readonly number[], axes: readonly number[]): void {
  for (const axis of axes) expectInteger(operation, 'an axis', axis, 0, shape.length - 1);
}

/** The distances of neighbours along each dimension of a row-major array. */
function stridesOf(shape: readonly number[]): readonly number[] {
  let stride = 1;
  return shape
    .map((_, axis) => {
      const own = stride;
      stride *= shape[shape.length - 1 - axis] ?? 1;
      return own;
    })
    .reverse();
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
