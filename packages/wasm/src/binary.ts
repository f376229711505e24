import type { ElementKind, Float32Buffer, Int32Buffer, KernelArray, Uint8Buffer } from './arrays.js';
import { expectLength } from './check.js';
import type { Kernels } from './open.js';

// Arrays need the number of elements of the shapes beside them only: their own shapes are not looked at.

/** A function of two float32 values. */
export type BinaryFunction = keyof typeof binaryCodes;
/** A function of two int32 values, which wraps around. */
export type Int32BinaryFunction = keyof typeof int32BinaryCodes;
/** A comparison; false where a value is NaN, `notEqual` true. */
export type Comparison = keyof typeof comparisonCodes;

/**
 * `out = f(a, b)`, the shapes broadcast against each other as in tfjs and NumPy: aligned at their ends, size 1 repeated.
 *
 * @param name `pow` is `Math.pow`, `maximum` and `minimum` are `Math.max` and `Math.min`, `squaredDifference` is (a - b)^2,
 * `eluGradient` passes the gradient a of ELU's output b on to its input, `prelu` is a where a >= 0, else a b
 * @param out may be `a` or `b` where that has the output's number of elements
 * @throws where the shapes do not fit each other or the arrays, or have more than six dimensions once neighbours that are
 * broadcast alike are joined
 * @example
 * binary(kernels, 'add', logits, [batch, classes], bias, [classes], logits);
 */
export function binary(
  kernels: Kernels,
  name: BinaryFunction,
  a: Float32Buffer,
  aShape: readonly number[],
  b: Float32Buffer,
  bShape: readonly number[],
  out: Float32Buffer,
): void {
  broadcast(kernels, name, binaryCodes[name], a, aShape, b, bShape, out);
}

/**
 * {@link binary} for int32; results wrap around.
 *
 * @throws as {@link binary}
 * @example
 * binaryInt32(kernels, 'add', indices, [batch], offset, [], indices);
 */
export function binaryInt32(
  kernels: Kernels,
  name: Int32BinaryFunction,
  a: Int32Buffer,
  aShape: readonly number[],
  b: Int32Buffer,
  bShape: readonly number[],
  out: Int32Buffer,
): void {
  broadcast(kernels, name, int32BinaryCodes[name], a, aShape, b, bShape, out);
}

/**
 * 1 where the comparison of a with b holds, else 0; shapes as in {@link binary}.
 *
 * @throws as {@link binary}
 * @example
 * compare(kernels, 'equal', predictions, [batch], labels, [batch], hits);
 */
export function compare<Kind extends 'float32' | 'int32'>(
  kernels: Kernels,
  name: Comparison,
  a: KernelArray<Kind>,
  aShape: readonly number[],
  b: KernelArray<Kind>,
  bShape: readonly number[],
  out: Uint8Buffer,
): void {
  const code = comparisonCodes[name] + (a.kind === 'int32' ? firstInt32Comparison : 0);
  broadcast(kernels, name, code, a, aShape, b, bShape, out);
}

/**
 * 1 where both truth values (`and`) or one of them (`or`) are not 0, else 0; shapes as in {@link binary}.
 *
 * @param out may be `a` or `b` where that has the output's number of elements
 * @throws as {@link binary}
 * @example
 * logical(kernels, 'and', known, [batch], hits, [batch], hits);
 */
export function logical(
  kernels: Kernels,
  name: 'and' | 'or',
  a: Uint8Buffer,
  aShape: readonly number[],
  b: Uint8Buffer,
  bShape: readonly number[],
  out: Uint8Buffer,
): void {
  broadcast(kernels, name, name === 'and' ? 32 : 33, a, aShape, b, bShape, out);
}

/** The most dimensions that the kernels take. */
const mostDimensions = 6;
/** Sizes of the dimensions of one call, which are read before the next. */
const sizes = new Int32Array(mostDimensions);

/** Joins neighbouring dimensions of the same operands, from the last to the first, and calls the kernel. */
function broadcast(
  kernels: Kernels,
  name: string,
  code: number,
  a: KernelArray<ElementKind>,
  aShape: readonly number[],
  b: KernelArray<ElementKind>,
  bShape: readonly number[],
  out: KernelArray<ElementKind>,
): void {
  sizes.fill(1);
  const rank = Math.max(aShape.length, bShape.length);
  let [aLength, bLength, outLength] = [1, 1, 1];
  let [ofFirst, ofSecond, previous, place] = [0, 0, 0, mostDimensions];
  for (let back = 1; back <= rank; back++) {
    const aSize = aShape[aShape.length - back] ?? 1;
    const bSize = bShape[bShape.length - back] ?? 1;
    if (aSize !== bSize && aSize !== 1 && bSize !== 1) refuseShapes(name, aShape, bShape);
    const size = aSize === 1 ? bSize : aSize;
    if (size === 1) continue;
    aLength *= aSize;
    bLength *= bSize;
    outLength *= size;
    const of = (aSize === 1 ? 0 : 1) + (bSize === 1 ? 0 : 2);
    if (of !== previous) {
      place -= 1;
      if (place < 0) refuseShapes(name, aShape, bShape);
      if (aSize !== 1) ofFirst |= 1 << place;
      if (bSize !== 1) ofSecond |= 1 << place;
      previous = of;
    }
    sizes[place] = (sizes[place] ?? 1) * size;
  }
  expectLength(name, 'a', kernels, a, aLength);
  expectLength(name, 'b', kernels, b, bLength);
  expectLength(name, 'out', kernels, out, outLength);
  kernels.raw.binary(
    code,
    sizes[0] ?? 1,
    sizes[1] ?? 1,
    sizes[2] ?? 1,
    sizes[3] ?? 1,
    sizes[4] ?? 1,
    sizes[5] ?? 1,
    ofFirst,
    ofSecond,
    a.offset,
    b.offset,
    out.offset,
  );
}

function refuseShapes(name: string, aShape: readonly number[], bShape: readonly number[]): never {
  throw new Error(
    `${name}: expected shapes that broadcast in at most ${mostDimensions} dimensions, got [${aShape}] and [${bShape}]`,
  );
}

const binaryCodes = {
  add: 0,
  sub: 1,
  mul: 2,
  div: 3,
  maximum: 4,
  minimum: 5,
  pow: 6,
  squaredDifference: 7,
  eluGradient: 8,
  prelu: 9,
} as const;

const comparisonCodes = {
  greater: 16,
  greaterEqual: 17,
  less: 18,
  lessEqual: 19,
  equal: 20,
  notEqual: 21,
} as const;
const firstInt32Comparison = 48;

const int32BinaryCodes = { add: 48, sub: 49, mul: 50, maximum: 51, minimum: 52 } as const;
