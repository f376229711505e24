import {
  type BinaryFunction,
  binary,
  binaryInt32,
  type Comparison,
  compare,
  logical,
  rowsOf,
} from '@hebblab/wasm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { describeVariants } from './support/variants.js';

const functions: Record<BinaryFunction, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  pow: Math.pow,
  squaredDifference: (a, b) => (a - b) ** 2,
  eluGradient: (a, b) => (b >= 0 ? a : a * (b + 1)),
  prelu: (a, b) => (a < 0 ? a * b : a),
};

const comparisons: Record<Comparison, (a: number, b: number) => boolean> = {
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
};

const odd = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  2,
  -2,
  0.5,
  1e-45,
  -3e-41,
];
const oddPairs = odd.flatMap((a) => odd.map((b) => [a, b] as const));

const shapes = fc
  .array(fc.record({ size: fc.nat({ max: 5 }), of: fc.constantFrom('both', 'a', 'b') }), { maxLength: 6 })
  .map((dimensions) => {
    const of = (operand: 'a' | 'b') =>
      dimensions.map((dimension) =>
        dimension.of === 'both' || dimension.of === operand ? dimension.size : 1,
      );
    const cut = (shape: number[]) =>
      shape.slice(
        Math.max(
          shape.findIndex((size) => size !== 1),
          0,
        ),
      );
    const [a, b] = [of('a'), of('b')];
    return { a: cut(a), b: cut(b), out: a.map((size, axis) => (size === 1 ? (b[axis] ?? 1) : size)) };
  });

describeVariants('a function of two arrays', (bench) => {
  it.each(Object.keys(functions) as BinaryFunction[])('%s treats odd values as JavaScript does', (name) => {
    const a = bench.float32([oddPairs.length]);
    const b = bench.float32([oddPairs.length]);
    a.view().set(oddPairs.map(([first]) => first));
    b.view().set(oddPairs.map(([, second]) => second));
    const out = bench.float32([oddPairs.length]);
    binary(bench.kernels, name, a, [oddPairs.length], b, [oddPairs.length], out);
    const [first, second] = [a.view(), b.view()];
    const want = first.map((value, index) => functions[name](value, second[index] ?? 0));
    expect(Array.from(out.view(), withoutSign)).toEqual(Array.from(want, withoutSign));
  });

  it.each(Object.keys(comparisons) as Comparison[])('%s compares odd values as JavaScript does', (name) => {
    const a = bench.float32([oddPairs.length]);
    const b = bench.float32([oddPairs.length]);
    a.view().set(oddPairs.map(([first]) => first));
    b.view().set(oddPairs.map(([, second]) => second));
    const out = bench.uint8([oddPairs.length]);
    compare(bench.kernels, name, a, [oddPairs.length], b, [oddPairs.length], out);
    expect(Array.from(out.view())).toEqual(
      oddPairs.map(([first, second]) => Number(comparisons[name](first, second))),
    );
  });

  it('broadcasts every pair of shapes', () => {
    const { kernels } = bench;
    fc.assert(
      fc.property(shapes, ({ a: aShape, b: bShape, out: outShape }) => {
        const [aLength, bLength, length] = [aShape, bShape, outShape].map(lengthOf) as [
          number,
          number,
          number,
        ];
        const a = bench.float32([aLength], pseudoRandom(aLength, 1));
        const b = bench.float32([bLength], pseudoRandom(bLength, 2));
        const [aValues, bValues] = [a.view().slice(), b.view().slice()];
        const want = Float32Array.from(
          { length },
          (_, place) =>
            (aValues[placeIn(aShape, outShape, place)] ?? 0) -
            (bValues[placeIn(bShape, outShape, place)] ?? 0),
        );
        const out = bench.float32(outShape);
        binary(kernels, 'sub', a, aShape, b, bShape, out);
        expect(out.view()).toEqual(want);
        if (aLength === length) {
          binary(kernels, 'sub', a, aShape, b, bShape, a);
          expect(a.view()).toEqual(want);
        }
        for (const array of [a, b, out]) array.dispose();
      }),
      { numRuns: 300 },
    );
  });

  it('takes integers and truth values', () => {
    const { kernels } = bench;
    const a = bench.int32([3], [2 ** 31 - 1, -5, 7]);
    const b = bench.int32([1], [3]);
    const out = bench.int32([3]);
    binaryInt32(kernels, 'add', a, [3], b, [], out);
    expect(Array.from(out.view())).toEqual([-(2 ** 31) + 2, -2, 10]);
    binaryInt32(kernels, 'mul', b, [1], a, [3], a);
    expect(Array.from(a.view())).toEqual([2 ** 31 - 3, -15, 21]);
    binaryInt32(kernels, 'minimum', a, [3], b, [1], out);
    expect(Array.from(out.view())).toEqual([3, -15, 3]);
    const truths = bench.uint8([3]);
    compare(kernels, 'greaterEqual', out, [3], b, [], truths);
    expect(Array.from(truths.view())).toEqual([1, 0, 1]);
    logical(kernels, 'or', truths, [3, 1], bench.uint8([2], [0, 1]), [2], bench.uint8([6]));
    const both = bench.uint8([6]);
    logical(kernels, 'and', truths, [3, 1], bench.uint8([2], [0, 9]), [2], both);
    expect(Array.from(both.view())).toEqual([0, 1, 0, 0, 0, 1]);
  });

  it('refuses what does not fit', () => {
    const { kernels } = bench;
    const [a, b, out] = [bench.float32([6]), bench.float32([4]), bench.float32([6])];
    expect(() => binary(kernels, 'add', a, [2, 3], b, [4], out)).toThrow(
      'add: expected shapes that broadcast in at most 6 dimensions, got [2,3] and [4]',
    );
    expect(() => binary(kernels, 'add', a, [2, 3], b, [3], out)).toThrow(
      'add: expected 3 values in b, got 4',
    );
    expect(() => binary(kernels, 'add', a, [6], a, [6], b)).toThrow('add: expected 6 values in out, got 4');
    expect(() => binary(kernels, 'add', a, [6, 1], a, [6], out)).toThrow(
      'add: expected 36 values in out, got 6',
    );
    expect(() => binary(kernels, 'add', rowsOf(a, 0, 5), [5], b, [1], rowsOf(a, 1, 5))).toThrow(
      'add: expected 1 values in b, got 4',
    );
    expect(() => binary(kernels, 'add', rowsOf(a, 0, 5), [5], rowsOf(b, 0, 1), [1], rowsOf(a, 1, 5))).toThrow(
      'binary: expected out apart from the other arrays',
    );
    expect(() => binary(kernels, 'add', b, [4, 1], rowsOf(b, 0, 1), [1], bench.float32([4]))).not.toThrow();
    const two = bench.float32([2]);
    const alternating = [2, 1, 2, 1, 2, 1, 2];
    expect(() => binary(kernels, 'add', two, alternating, two, [1, 2, 1, 2, 1, 2, 1], out)).toThrow(
      'add: expected shapes that broadcast in at most 6 dimensions',
    );
  });
});

/** Where a place of the output is in an operand, aligned at the last dimension. */
function placeIn(shape: readonly number[], outShape: readonly number[], place: number): number {
  let [result, stride, rest] = [0, 1, place];
  for (let back = 1; back <= outShape.length; back++) {
    const outSize = outShape[outShape.length - back] ?? 1;
    const size = shape[shape.length - back] ?? 1;
    if (size !== 1) result += (rest % outSize) * stride;
    stride *= size;
    rest = Math.floor(rest / outSize);
  }
  return result;
}

function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function withoutSign(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value;
}
