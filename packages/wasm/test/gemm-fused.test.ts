import {
  addRowBias,
  batchedGemm,
  type GemmActivation,
  type GemmForm,
  gemm,
  gemmWith,
  reluPower,
} from '@hebblab/wasm';
import { expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { type Bench, describeVariants } from './support/variants.js';

const forms: readonly GemmForm[] = ['NN', 'NT', 'TN', 'TT'];
const activations: readonly (GemmActivation | undefined)[] = [undefined, 'relu', { reluPower: 4.5 }];

describeVariants('a product with what follows it', (bench) => {
  it('has the bits of separate calls', () => {
    for (const form of forms) {
      for (const activation of activations) {
        for (const [rows, columns, inner] of [
          [5, 7, 300],
          [70, 33, 600],
        ] as const) {
          const a = bench.float32([rows * inner], pseudoRandom(rows * inner, 1));
          const b = bench.float32([inner * columns], pseudoRandom(inner * columns, 2));
          const bias = bench.float32([columns], pseudoRandom(columns, 3));
          const [out, separate] = [bench.float32([rows * columns]), bench.float32([rows, columns])];
          gemmWith(bench.kernels, { form, rows, columns, inner, a, b, out, bias, activation });
          const left = bench.float32(form[0] === 'T' ? [inner, rows] : [rows, inner], a.view().slice());
          const right = bench.float32(
            form[1] === 'T' ? [columns, inner] : [inner, columns],
            b.view().slice(),
          );
          gemm(bench.kernels, form, left, right, separate);
          addRowBias(bench.kernels, separate, bias);
          if (activation !== undefined)
            reluPower(bench.kernels, separate, activation === 'relu' ? 1 : activation.reluPower);
          expect(out.view()).toEqual(separate.view());
        }
      }
    }
  });

  it('scales rows before it adds the bias', () => {
    const out = bench.float32([4]);
    gemmWith(bench.kernels, {
      ...{ form: 'NN', rows: 2, columns: 2, inner: 1 },
      ...{ a: bench.float32([2], [1, 2]), b: bench.float32([2], [3, -4]), out },
      ...{ rowScale: bench.float32([2], [10, 100]), bias: bench.float32([2], [0.5, 0.25]) },
    });
    expect(Array.from(out.view())).toEqual([30.5, -39.75, 600.5, -799.75]);
  });

  it('refuses what does not fit', () => {
    const call = (bench: Bench) => ({
      ...({ form: 'NN', rows: 2, columns: 3, inner: 1 } as const),
      ...{ a: bench.float32([2]), b: bench.float32([3]), out: bench.float32([6]) },
    });
    const attempt = (changed: object) => () => gemmWith(bench.kernels, { ...call(bench), ...changed });
    expect(attempt({ a: bench.float32([3]) })).toThrow('gemm: expected 2 values in a, got 3');
    expect(attempt({ bias: bench.float32([2]) })).toThrow('gemm: expected 3 values in bias, got 2');
    expect(attempt({ activation: { reluPower: 0 } })).toThrow('gemm: expected a power > 0, got 0');
    expect(attempt({ rows: 1.5 })).toThrow(
      'gemm: expected rows as a whole number from 0 to 4294967295, got 1.5',
    );
    const shared = bench.float32([6]);
    expect(attempt({ b: bench.float32([3]), bias: shared, out: shared, columns: 6, rows: 1 })).toThrow(
      'gemm: expected',
    );
  });
});

describeVariants('products of batches', (bench) => {
  it('broadcast the batches to each other', () => {
    // [2, 1] and [3] give [2, 3]: row i of a times matrix j of b.
    const out = bench.float32([2, 3, 1, 2]);
    batchedGemm(bench.kernels, {
      ...{ form: 'NN', rows: 1, columns: 2, inner: 1, aBatch: [2, 1], bBatch: [3] },
      ...{ a: bench.float32([2], [1, 10]), b: bench.float32([6], [1, 2, 3, 4, 5, 6]), out },
    });
    expect(Array.from(out.view())).toEqual([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60]);
  });

  it.each([
    { aBatch: [7], bBatch: [7] },
    { aBatch: [7], bBatch: [] },
    { aBatch: [], bBatch: [7] },
    { aBatch: [1], bBatch: [7] },
  ])('have the bits of single ones, $aBatch by $bBatch', ({ aBatch, bBatch }) => {
    const [rows, columns, inner] = [19, 23, 17];
    const count = (batch: readonly number[]) => batch[0] ?? 1;
    const a = bench.float32([count(aBatch) * rows * inner], pseudoRandom(count(aBatch) * rows * inner, 1));
    const b = bench.float32(
      [count(bBatch) * inner * columns],
      pseudoRandom(count(bBatch) * inner * columns, 2),
    );
    const bias = bench.float32([columns], pseudoRandom(columns, 3));
    for (const form of forms) {
      const out = bench.float32([7 * rows * columns]);
      const rest = { form, rows, columns, inner, bias, activation: 'relu' } as const;
      batchedGemm(bench.kernels, { ...rest, aBatch, bBatch, a, b, out });
      for (let index = 0; index < 7; index++) {
        const one = bench.float32([rows * columns]);
        const part = (values: Float32Array, batch: readonly number[], size: number) =>
          bench.float32([size], values.slice((index % count(batch)) * size).slice(0, size));
        const [left, right] = [part(a.view(), aBatch, rows * inner), part(b.view(), bBatch, inner * columns)];
        gemmWith(bench.kernels, { ...rest, a: left, b: right, out: one });
        const size = rows * columns;
        expect(out.view().slice(index * size, (index + 1) * size)).toEqual(one.view().slice());
      }
    }
  });

  it('refuse batches that do not broadcast', () => {
    const [a, b, out] = [bench.float32([2]), bench.float32([3]), bench.float32([6])];
    const sizes = { form: 'NN', rows: 1, columns: 1, inner: 1, a, b, out } as const;
    expect(() => batchedGemm(bench.kernels, { ...sizes, aBatch: [2], bBatch: [3] })).toThrow(
      'gemm: expected batches that broadcast, got [2] and [3]',
    );
    expect(() => batchedGemm(bench.kernels, { ...sizes, aBatch: [2, 1], bBatch: [2] })).toThrow(
      'gemm: expected 2 values in b, got 3',
    );
  });
});
