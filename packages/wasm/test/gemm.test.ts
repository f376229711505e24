import { type GemmForm, gemm, rowsOf } from '@hebblab/wasm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { type Bench, describeVariants } from './support/variants.js';

const forms: readonly GemmForm[] = ['NN', 'NT', 'TN', 'TT'];
/** The unit roundoff of float32. */
const unit = 2 ** -24;

const odd = fc.constantFrom(1, 2, 3, 5, 7, 11, 13, 16, 17, 31, 37, 64, 67);
const products = fc.record({
  form: fc.constantFrom(...forms),
  rows: odd,
  columns: odd,
  // 256 values are summed before the next block is added.
  inner: fc.constantFrom(0, 1, 2, 3, 4, 5, 16, 61, 255, 256, 257, 509),
  seed: fc.nat({ max: 2 ** 31 }),
});

describeVariants('the matrix product', (bench) => {
  it('is within the rounding-error bound of a float64 loop', () => {
    fc.assert(
      fc.property(products, (product) => {
        expectWithinBound(bench, product);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    { form: 'NN', rows: 1, columns: 70001, inner: 1 },
    { form: 'NT', rows: 263, columns: 257, inner: 3 },
    { form: 'TN', rows: 3, columns: 2, inner: 70001 },
    { form: 'NT', rows: 131, columns: 1033, inner: 2 },
    { form: 'NN', rows: 129, columns: 5, inner: 521 },
    { form: 'TN', rows: 1, columns: 1, inner: 1 },
  ] as const)('is within it for $form, $rows x $columns over $inner', (product) => {
    expectWithinBound(bench, { ...product, seed: 1 });
  });

  it('is zero over no inner values', () => {
    const out = bench.float32([2, 3], [1, 2, 3, 4, 5, 6]);
    gemm(bench.kernels, 'NN', bench.float32([2, 0]), bench.float32([0, 3]), out);
    expect(out.view()).toEqual(new Float32Array(6));
  });

  it('has nothing to write for no rows or no columns', () => {
    gemm(bench.kernels, 'NN', bench.float32([0, 4]), bench.float32([4, 3]), bench.float32([0, 3]));
    gemm(bench.kernels, 'NT', bench.float32([2, 4]), bench.float32([0, 4]), bench.float32([2, 0]));
  });

  it('has rows with the same bits, alone or among others', () => {
    fc.assert(
      fc.property(products, fc.nat(), ({ form, rows, columns, inner, seed }, picked) => {
        const row = picked % rows;
        const [a, b] = operands({ form, rows, columns, inner, seed });
        const all = multiply(bench, { form, rows, columns, inner }, a, b);
        const single =
          form[0] === 'T'
            ? a.filter((_, index) => index % rows === row)
            : a.subarray(row * inner, (row + 1) * inner);
        const alone = multiply(bench, { form, rows: 1, columns, inner }, single, b);
        expect(bitsOf(alone)).toEqual(bitsOf(all.subarray(row * columns, (row + 1) * columns)));
      }),
      { numRuns: 100 },
    );
  });

  it('reads rows of a larger array', () => {
    const [a, b] = [pseudoRandom(5 * 7, 1), pseudoRandom(7 * 3, 2)];
    const whole = multiply(bench, { form: 'NN', rows: 5, columns: 3, inner: 7 }, a, b);
    const out = bench.float32([2, 3]);
    gemm(bench.kernels, 'NN', rowsOf(bench.float32([5, 7], a), 2, 2), bench.float32([7, 3], b), out);
    expect(out.view()).toEqual(whole.subarray(6, 12));
  });

  it('counts denormal operands as zero', () => {
    const out = bench.float32([1, 1]);
    gemm(bench.kernels, 'NN', bench.float32([1, 2], [1e-40, 1]), bench.float32([2, 1], [2 ** 60, 3]), out);
    expect(out.view()[0]).toBe(3);
  });
});

interface Sizes {
  readonly form: GemmForm;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/**
 * Each of the `inner` products and sums is rounded at most once on a value's way into its sum, in any order,
 * fused or not: |error| <= gamma sum |a| |b| with gamma = n u / (1 - n u) (Higham, Accuracy and Stability of
 * Numerical Algorithms, 3.1).
 */
function expectWithinBound(bench: Bench, sizes: Sizes & { readonly seed: number }): void {
  const { form, rows, columns, inner } = sizes;
  const [a, b] = operands(sizes);
  const out = multiply(bench, sizes, a, b);
  const gamma = (inner * unit) / (1 - inner * unit);
  let worst = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let [sum, magnitudes] = [0, 0];
      for (let index = 0; index < inner; index++) {
        const left = a[form[0] === 'T' ? index * rows + row : row * inner + index] as number;
        const right = b[form[1] === 'T' ? column * inner + index : index * columns + column] as number;
        sum += left * right;
        magnitudes += Math.abs(left * right);
      }
      // Float64's own rounding, relative to the same sum, is 2^-29 of float32's.
      const bound = gamma * magnitudes * (1 + 1e-6);
      const error = Math.abs((out[row * columns + column] as number) - sum);
      worst = Math.max(worst, error === 0 ? 0 : error / bound);
    }
  }
  expect(worst).toBeLessThanOrEqual(1);
}

function operands({ rows, columns, inner, seed }: Sizes & { readonly seed: number }) {
  return [pseudoRandom(rows * inner, seed), pseudoRandom(inner * columns, seed + 1)] as const;
}

function multiply(bench: Bench, { form, rows, columns, inner }: Sizes, a: Float32Array, b: Float32Array) {
  const left = bench.float32(form[0] === 'T' ? [inner, rows] : [rows, inner], a);
  const right = bench.float32(form[1] === 'T' ? [columns, inner] : [inner, columns], b);
  const out = bench.float32([rows, columns]);
  gemm(bench.kernels, form, left, right, out);
  const result = out.view().slice();
  for (const array of [left, right, out]) array.dispose();
  return result;
}

function bitsOf(values: Float32Array): readonly number[] {
  return Array.from(new Uint32Array(values.slice().buffer));
}
