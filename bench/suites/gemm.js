import { allocateFloat32, batchedGemm, gemm, gemmWith, randomNormal } from '@hebblab/wasm';

export const name = 'gemm';
export const question = 'How close do matrix products come to the multiply-add peak?';

/** rows x columns is the output's shape, inner the summed dimension. Small ones first: they warm the code up. */
export const cases = [
  product('layer 100 x 784 -> 100', 'NT', { rows: 100, columns: 100, inner: 784 }),
  product('layer 100 x 784 -> 400', 'NT', { rows: 100, columns: 400, inner: 784 }),
  product('its gradient 784 x 400 over 100', 'TN', { rows: 784, columns: 400, inner: 100 }),
  fused('layer 100 x 784 -> 400, bias and ReLU', { rows: 100, columns: 400, inner: 784 }),
  fused('one sample 1 x 784 -> 400, bias and ReLU', { rows: 1, columns: 400, inner: 784 }),
  batched('64 products of 64 x 64 x 64', 64, { rows: 64, columns: 64, inner: 64 }),
  product('patches 18432 x 72 -> 32', 'NN', { rows: 18432, columns: 32, inner: 72 }),
  product('readout 1000 x 2000 -> 10', 'NN', { rows: 1000, columns: 10, inner: 2000 }),
  product('its gradient 2000 x 10 over 1000', 'TN', { rows: 2000, columns: 10, inner: 1000 }),
  product('back to hidden 1000 x 10 -> 2000', 'NT', { rows: 1000, columns: 2000, inner: 10 }),
  product('square 1024 x 1024 x 1024', 'NN', { rows: 1024, columns: 1024, inner: 1024 }),
  product('layer 1000 x 3072 -> 2000', 'NT', { rows: 1000, columns: 2000, inner: 3072 }),
];

function product(subject, form, { rows, columns, inner }) {
  return {
    name: `${subject} (${form})`,
    flops: 2 * rows * columns * inner,
    precision: 'f32',
    setup(kernels) {
      const a = random(kernels, 'a', form === 'TN' ? [inner, rows] : [rows, inner]);
      const b = random(kernels, 'b', form === 'NT' ? [columns, inner] : [inner, columns]);
      return { a, b, out: allocateFloat32(kernels, [rows, columns]) };
    },
    run: (kernels, { a, b, out }) => gemm(kernels, form, a, b, out),
  };
}

function fused(subject, { rows, columns, inner }) {
  return {
    name: `${subject} (NN)`,
    flops: 2 * rows * columns * inner,
    precision: 'f32',
    setup(kernels) {
      const [a, b] = [random(kernels, 'a', [rows, inner]), random(kernels, 'b', [inner, columns])];
      const bias = random(kernels, 'bias', [columns]);
      return { a, b, bias, out: allocateFloat32(kernels, [rows, columns]) };
    },
    run: (kernels, arrays) =>
      gemmWith(kernels, { form: 'NN', rows, columns, inner, activation: 'relu', ...arrays }),
  };
}

function batched(subject, count, { rows, columns, inner }) {
  return {
    name: `${subject} (NN)`,
    flops: 2 * count * rows * columns * inner,
    precision: 'f32',
    setup(kernels) {
      const a = random(kernels, 'a', [count, rows, inner]);
      const b = random(kernels, 'b', [count, inner, columns]);
      return { a, b, out: allocateFloat32(kernels, [count, rows, columns]) };
    },
    run: (kernels, arrays) =>
      batchedGemm(kernels, {
        ...{ form: 'NN', rows, columns, inner, aBatch: [count], bBatch: [count] },
        ...arrays,
      }),
  };
}

function random(kernels, stream, shape) {
  const array = allocateFloat32(kernels, shape);
  randomNormal(kernels, { seed: 1, stream }, array);
  return array;
}
