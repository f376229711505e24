import type { ElementKind, Float32Buffer, Int32Buffer, KernelArray, Uint8Buffer } from './arrays.js';
import { expectInteger, expectLength } from './check.js';
import type { Kernels } from './open.js';

// Arrays need the right number of elements only: their shapes are not looked at.

/** An input of outer x reduced x inner elements, row-major, and an output of outer x inner. */
export interface Extents {
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
}

/** What becomes of the float32 values along the reduced dimension. */
export type Reduction = keyof typeof reductionCodes;

/**
 * Reduces the middle one of three dimensions, in float64 and in an order that the extents alone give.
 *
 * @param name of no values, the sum is 0, the product 1, the mean NaN, the maximum -Infinity, the minimum Infinity;
 * extremes are NaN where a value is
 * @param out outer x inner values
 * @throws where lengths do not fit
 * @example
 * reduce(kernels, 'sum', logitsGradient, { outer: 1, reduced: batch, inner: classes }, biasGradient);
 */
export function reduce(
  kernels: Kernels,
  name: Reduction,
  input: Float32Buffer,
  extents: Extents,
  out: Float32Buffer,
): void {
  run(kernels, name, reductionCodes[name], input, extents, out);
}

/**
 * The index along the reduced dimension of the first largest (`argMax`) or smallest value. A NaN counts as either where
 * it comes first and is passed over elsewhere, as in tfjs; 0 of no values.
 *
 * @param out outer x inner indices
 * @throws where lengths do not fit
 * @example
 * argReduce(kernels, 'argMax', logits, { outer: batch, reduced: classes, inner: 1 }, predictions);
 */
export function argReduce(
  kernels: Kernels,
  name: 'argMax' | 'argMin',
  input: Float32Buffer,
  extents: Extents,
  out: Int32Buffer,
): void {
  run(kernels, name, name === 'argMax' ? 5 : 6, input, extents, out);
}

/**
 * 1 where all (also of none) or any of the truth values along the reduced dimension are not 0, else 0.
 *
 * @param out outer x inner truth values
 * @throws where lengths do not fit
 * @example
 * truthReduce(kernels, 'any', hits, { outer: 1, reduced: batch, inner: 1 }, anyHit);
 */
export function truthReduce(
  kernels: Kernels,
  name: 'all' | 'any',
  input: Uint8Buffer,
  extents: Extents,
  out: Uint8Buffer,
): void {
  run(kernels, name, name === 'all' ? 7 : 8, input, extents, out);
}

/**
 * `e^x / sum(e^x)` over rows of `columns` values, within a unit in the last place, also below the normal range. A row with
 * NaN or Infinity, or of -Infinity alone, becomes NaN.
 *
 * @throws where the lengths differ or are no multiple of `columns`
 * @example
 * softmax(kernels, logits, classes, probabilities);
 */
export function softmax(kernels: Kernels, input: Float32Buffer, columns: number, out: Float32Buffer): void {
  runRows(kernels, 'softmax', false, input, columns, out);
}

/**
 * The logarithm of {@link softmax}, which keeps its precision also where it is almost 0.
 *
 * @throws as {@link softmax}
 * @example
 * logSoftmax(kernels, logits, classes, logProbabilities);
 */
export function logSoftmax(
  kernels: Kernels,
  input: Float32Buffer,
  columns: number,
  out: Float32Buffer,
): void {
  runRows(kernels, 'logSoftmax', true, input, columns, out);
}

function run(
  kernels: Kernels,
  name: string,
  code: number,
  input: KernelArray<ElementKind>,
  { outer, reduced, inner }: Extents,
  out: KernelArray<ElementKind>,
): void {
  expectInteger(name, 'outer', outer, 0, mostValues);
  expectInteger(name, 'reduced', reduced, 0, mostValues);
  expectInteger(name, 'inner', inner, 0, mostValues);
  expectLength(name, 'input', kernels, input, outer * reduced * inner);
  expectLength(name, 'out', kernels, out, outer * inner);
  kernels.raw.reduce(code, outer, reduced, inner, input.offset, out.offset);
}

function runRows(
  kernels: Kernels,
  name: string,
  logarithm: boolean,
  input: Float32Buffer,
  columns: number,
  out: Float32Buffer,
): void {
  expectInteger(name, 'columns', columns, 1, mostValues);
  const rows = Math.floor(input.length / columns);
  expectLength(name, 'input', kernels, input, rows * columns);
  expectLength(name, 'out', kernels, out, input.length);
  kernels.raw.softmax(logarithm, rows, columns, input.offset, out.offset);
}

const mostValues = 2 ** 32 - 1;

const reductionCodes = { sum: 0, mean: 1, product: 2, max: 3, min: 4 } as const;
