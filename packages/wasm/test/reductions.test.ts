import { argReduce, logSoftmax, type Reduction, reduce, rowsOf, softmax, truthReduce } from '@hebblab/wasm';
import { expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { describeVariants } from './support/variants.js';

const reductions: Record<Reduction, (values: readonly number[]) => number> = {
  sum,
  mean: (values) => sum(values) / values.length,
  product: (values) => values.reduce((product, value) => product * value, 1),
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
};

const shapes = [
  { outer: 1, reduced: 1, inner: 1 },
  { outer: 3, reduced: 0, inner: 2 },
  { outer: 0, reduced: 2, inner: 2 },
  { outer: 5, reduced: 10, inner: 1 },
  { outer: 1, reduced: 70001, inner: 1 },
  { outer: 2, reduced: 9001, inner: 16 },
  { outer: 3, reduced: 7, inner: 301 },
];

describeVariants('a reduction', (bench) => {
  for (const extents of shapes) {
    const { outer, reduced, inner } = extents;
    const length = outer * reduced * inner;
    const along = (values: ArrayLike<number>) =>
      Array.from({ length: outer * inner }, (_, place) =>
        Array.from(
          { length: reduced },
          (_, index) => values[(Math.floor(place / inner) * reduced + index) * inner + (place % inner)] ?? 0,
        ),
      );

    it.each(Object.keys(reductions) as Reduction[])(`%s of ${outer} x ${reduced} x ${inner}`, (name) => {
      const values = pseudoRandom(length, 3).map((x) => (name === 'product' ? 1 + x / 64 : x));
      const out = bench.float32([outer, inner]);
      reduce(bench.kernels, name, bench.float32([length], values), extents, out);
      const want = along(values).map(reductions[name]);
      out.view().forEach((value, place) => {
        const wanted = want[place] ?? 0;
        // Float64 sums in two orders, rounded to float32.
        if (Number.isFinite(wanted))
          expect(Math.abs(value - wanted)).toBeLessThanOrEqual(Math.abs(wanted) * 6e-8 + 1e-10);
        else expect(value).toBe(wanted);
      });
    });

    it(`places and truths of ${outer} x ${reduced} x ${inner}`, () => {
      const values = pseudoRandom(length, 4).map((x) => Math.round(x * 20));
      const input = bench.float32([length], values);
      const places = bench.int32([outer * inner]);
      argReduce(bench.kernels, 'argMax', input, extents, places);
      const max = along(values).map((column) => Math.max(column.indexOf(Math.max(...column)), 0));
      expect(Array.from(places.view())).toEqual(max);
      argReduce(bench.kernels, 'argMin', input, extents, places);
      const min = along(values).map((column) => Math.max(column.indexOf(Math.min(...column)), 0));
      expect(Array.from(places.view())).toEqual(min);
      const bytes = Uint8Array.from(values, (value) => Number(value > 0));
      const [truths, out] = [bench.uint8([length], bytes), bench.uint8([outer, inner])];
      truthReduce(bench.kernels, 'all', truths, extents, out);
      expect(Array.from(out.view())).toEqual(along(bytes).map((column) => Number(column.every(Boolean))));
      truthReduce(bench.kernels, 'any', truths, extents, out);
      expect(Array.from(out.view())).toEqual(along(bytes).map((column) => Number(column.some(Boolean))));
    });
  }

  it('refuses what does not fit', () => {
    const { kernels } = bench;
    const [input, out] = [bench.float32([6]), bench.float32([2])];
    expect(() => reduce(kernels, 'sum', input, { outer: 2, reduced: 2, inner: 1 }, out)).toThrow(
      'sum: expected 4 values in input, got 6',
    );
    expect(() => reduce(kernels, 'sum', input, { outer: 3, reduced: 2, inner: 1 }, out)).toThrow(
      'sum: expected 3 values in out, got 2',
    );
    expect(() => reduce(kernels, 'sum', input, { outer: 2, reduced: 1.5, inner: 2 }, out)).toThrow(
      'sum: expected reduced as a whole number',
    );
    expect(() =>
      reduce(kernels, 'max', input, { outer: 1, reduced: 3, inner: 2 }, rowsOf(input, 0, 2)),
    ).toThrow('reduce: expected out apart from the other arrays');
  });
});

describeVariants('softmax', (bench) => {
  it('gives probabilities and their logarithms', () => {
    const { kernels } = bench;
    const [rows, columns] = [33, 21];
    const values = pseudoRandom(rows * columns, 5).map((x) => x * 40);
    const input = bench.float32([rows, columns], values);
    const [probabilities, logarithms] = [bench.float32([rows, columns]), bench.float32([rows, columns])];
    softmax(kernels, input, columns, probabilities);
    logSoftmax(kernels, input, columns, logarithms);
    for (let row = 0; row < rows; row++) {
      const logits = Array.from(values.subarray(row * columns, (row + 1) * columns));
      const largest = Math.max(...logits);
      const others = logits.toSpliced(logits.indexOf(largest), 1);
      const logarithm = Math.log1p(sum(others.map((logit) => Math.exp(logit - largest))));
      logits.forEach((logit, column) => {
        const want = logit - largest - logarithm;
        const place = row * columns + column;
        expect(Math.abs((logarithms.view()[place] ?? 0) - want)).toBeLessThanOrEqual(Math.abs(want) * 6e-8);
        expect(Math.abs((probabilities.view()[place] ?? 0) - Math.exp(want))).toBeLessThanOrEqual(
          Math.exp(want) * 1.2e-7 + 1.5e-45,
        );
      });
    }
  });

  it('refuses columns that do not divide the values', () => {
    const { kernels } = bench;
    const [input, out] = [bench.float32([6]), bench.float32([6])];
    expect(() => softmax(kernels, input, 4, out)).toThrow('softmax: expected 4 values in input, got 6');
    expect(() => logSoftmax(kernels, input, 0, out)).toThrow(
      'logSoftmax: expected columns as a whole number',
    );
    expect(() => softmax(kernels, input, 3, input)).toThrow('softmax: expected out apart');
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
