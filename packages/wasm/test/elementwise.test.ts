import {
  allocateFloat32,
  binary,
  cast,
  classify,
  clip,
  type Float32Buffer,
  fill,
  type Kernels,
  leakyRelu,
  logicalNot,
  reduce,
  rowsOf,
  select,
  softmax,
  step,
  type UnaryFunction,
  unary,
} from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { type Bench, describeVariants, openVariant } from './support/variants.js';

/** What JavaScript, or its formula in float64, gives. */
const functions: Record<UnaryFunction, (x: number) => number> = {
  abs: Math.abs,
  neg: (x) => -x,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  square: (x) => x * x,
  reciprocal: (x) => 1 / x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(Math.max(0, x), 6),
  elu: (x) => (x >= 0 ? x : Math.expm1(x)),
  selu: (x) => 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))),
  tanh: Math.tanh,
  sign: (x) => (Number.isNaN(x) ? 0 : Math.sign(x)),
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  sin: Math.sin,
  cos: Math.cos,
  erf: (x) => {
    // Abramowitz & Stegun 7.1.6; large arguments are 1
    if (Number.isNaN(x) || Math.abs(x) > 5) return Math.sign(x);
    let [term, sum] = [x, x];
    for (let n = 1; n < 200; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return ((2 * sum) / Math.sqrt(Math.PI)) * Math.exp(-x * x);
  },
};

/** Both signs of every eighth power of two, denormals, infinities and NaN included, and steps between -20 and 20. */
const values = Float32Array.from([
  ...new Float32Array(Uint32Array.from({ length: 1024 }, (_, index) => (index << 22) + index * 2477).buffer),
  ...Array.from({ length: 1001 }, (_, index) => (index - 500) * 0.04),
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-20, -100, 0.5, 1.5, -2.5],
]);

describeVariants('a function of each element', (bench) => {
  it.each(Object.keys(functions) as UnaryFunction[])('%s is within a unit in the last place', (name) => {
    const input = filled(bench, values);
    const out = bench.float32([values.length]);
    unary(bench.kernels, name, input, out);
    expectNearest(out.view(), values.map(functions[name]), name);
    unary(bench.kernels, name, input, input);
    expect(input.view()).toEqual(out.view());
  });

  it('has its parameters', () => {
    const { kernels } = bench;
    const [input, out] = [bench.float32([4], [-2, -0.5, 0, 3]), bench.float32([2, 2])];
    leakyRelu(kernels, 0.5, input, out);
    expect(Array.from(out.view())).toEqual([-1, -0.25, 0, 3]);
    step(kernels, -7, input, out);
    expect(Array.from(out.view())).toEqual([-7, -7, -7, 1]);
    clip(kernels, -1, 2, input, out);
    expect(Array.from(out.view())).toEqual([-1, -0.5, 0, 2]);
  });

  it('refuses other lengths and memory that is shared in part', () => {
    const { kernels } = bench;
    const array = bench.float32([4]);
    expect(() => unary(kernels, 'exp', array, bench.float32([3]))).toThrow(
      'exp: expected 3 values in input, got 4',
    );
    expect(() => unary(kernels, 'exp', rowsOf(array, 0, 3), rowsOf(array, 1, 3))).toThrow(
      'unary: expected out apart from the other arrays',
    );
  });
});

describeVariants('a conversion', (bench) => {
  it('is that of tfjs', () => {
    const { kernels } = bench;
    const floats = filled(bench, Float32Array.of(-1.9, 1.9, 3e9, Number.NaN, 0));
    const [integers, truths] = [bench.int32([5]), bench.uint8([5])];
    cast(kernels, floats, integers);
    expect(integers.view()).toEqual(Int32Array.from(floats.view()));
    cast(kernels, floats, truths);
    expect(Array.from(truths.view())).toEqual([1, 1, 1, 1, 0]);
    cast(kernels, integers, floats);
    expect(Array.from(floats.view())).toEqual([-1, 1, -1294967296, 0, 0]);
    cast(kernels, truths, floats);
    expect(Array.from(floats.view())).toEqual([1, 1, 1, 1, 0]);
    expect(() => cast(kernels, floats, floats)).toThrow('cast: expected out apart from the other arrays');
    expect(() => cast(kernels, floats, bench.float32([5]))).toThrow('cast: expected two element types');
  });

  it('selects, negates, classifies and fills', () => {
    const { kernels } = bench;
    const condition = bench.uint8([2], [0, 1]);
    const out = bench.float32([2, 3]);
    const [yes, no] = [bench.float32([6], [1, 2, 3, 4, 5, 6]), bench.float32([6], [-1, -2, -3, -4, -5, -6])];
    select(kernels, condition, yes, no, out);
    expect(Array.from(out.view())).toEqual([-1, -2, -3, 4, 5, 6]);
    const truths = bench.uint8([2]);
    select(kernels, bench.uint8([2], [1, 0]), condition, bench.uint8([2], [7, 8]), truths);
    expect(Array.from(truths.view())).toEqual([0, 8]);
    logicalNot(kernels, truths, condition);
    expect(Array.from(condition.view())).toEqual([1, 0]);
    const values = filled(bench, Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY));
    classify(kernels, 'isNaN', values, truths);
    expect(Array.from(truths.view())).toEqual([1, 0]);
    classify(kernels, 'isFinite', values, truths);
    expect(Array.from(truths.view())).toEqual([0, 0]);
    fill(kernels, out, -0.5);
    expect(Array.from(out.view())).toEqual(Array(6).fill(-0.5));
    fill(kernels, truths, 1);
    expect(Array.from(truths.view())).toEqual([1, 1]);
    const integers = bench.int32([3]);
    fill(kernels, integers, -3);
    expect(Array.from(integers.view())).toEqual([-3, -3, -3]);
    expect(() => select(kernels, bench.uint8([4]), yes, no, out)).toThrow(
      'select: expected a condition for each or for equally many of 6 values, got 4',
    );
  });
});

describe('functions of each element', () => {
  it('have the same bits in both variants', async () => {
    for (const name of Object.keys(functions) as UnaryFunction[]) {
      const [one, other] = await Promise.all(
        (['simd128', 'relaxed'] as const).map(async (variant) => {
          const kernels = await openVariant(variant);
          return bitsOf(kernels, name);
        }),
      );
      expect(one, name).toEqual(other);
    }
  });

  it('have them also as powers, sums and softmax', async () => {
    const rows = 15;
    const columns = 1001;
    const [one, other] = await Promise.all(
      (['simd128', 'relaxed'] as const).map(async (variant) => {
        const kernels = await openVariant(variant);
        using input = allocateFloat32(kernels, [rows, columns]);
        using out = allocateFloat32(kernels, [rows, columns]);
        using sums = allocateFloat32(kernels, [columns]);
        input.set(pseudoRandom(rows * columns, 8).map((x) => 9 * x));
        reduce(kernels, 'sum', input, { outer: 1, reduced: rows, inner: columns }, sums);
        softmax(kernels, input, columns, out);
        const probabilities = bits(out);
        binary(kernels, 'pow', input, [rows, columns], sums, [columns], out);
        return [bits(sums), probabilities, bits(out)];
      }),
    );
    expect(one).toEqual(other);
  });
});

function bitsOf(kernels: Kernels, name: UnaryFunction): Uint32Array {
  using array = allocateFloat32(kernels, [values.length]);
  array.view().set(values);
  unary(kernels, name, array, array);
  return bits(array);
}

function bits(array: Float32Buffer): Uint32Array {
  return new Uint32Array(array.view().slice().buffer);
}

/** Values that `set` would refuse. */
function filled(bench: Bench, from: Float32Array): Float32Buffer {
  const array = bench.float32([from.length]);
  array.view().set(from);
  return array;
}

/** `want` is rounded to float32 already; JavaScript's own functions may round it to the neighbour. */
function expectNearest(got: Float32Array, want: Float32Array, name: string): void {
  const wrong = Array.from(got, (value, index) => [values[index], value, want[index]] as const).filter(
    ([, value, wanted]) => !(unitsBetween(value, wanted ?? 0) <= 1),
  );
  expect(wrong, name).toEqual([]);
}

function unitsBetween(one: number, other: number): number {
  if (Object.is(one, other) || one === other) return 0;
  const exponent = Math.max(Math.floor(Math.log2(Math.max(Math.abs(one), Math.abs(other)))), -126);
  return Math.abs(one - other) / 2 ** (exponent - 23);
}
