import * as tf from '@tensorflow/tfjs-core';
import { type Case, checkGradients } from './check.js';

const x = Array.from({ length: 18 }, (_, index) => Math.sin(1.3 * index + 0.4));
const bools = [false, true];

/** a [2, 3] and b [3, 2] (each perhaps stored transposed) from the first 12 elements. */
const matrixCases: Case[] = bools.flatMap((transposeA) =>
  bools.map((transposeB) => ({
    name: `BatchMatMul${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
    tensors: (x) =>
      tf.matMul(
        tf.reshape(tf.slice(x, 0, 6), transposeA ? [3, 2] : [2, 3]),
        tf.reshape(tf.slice(x, 6, 6), transposeB ? [2, 3] : [3, 2]),
        transposeA,
        transposeB,
      ),
    doubles: (x) =>
      product(
        (row, inner) => x[transposeA ? inner * 2 + row : row * 3 + inner],
        (inner, column) => x[6 + (transposeB ? column * 3 + inner : inner * 2 + column)],
      ),
    x: x.slice(0, 12),
  })),
);

/** Fused operations take a bias and an activation. */
const activations = {
  linear: (z: number) => z,
  relu: (z: number) => Math.max(z, 0),
  sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
  elu: (z: number) => (z > 0 ? z : Math.expm1(z)),
};

const fusedCases: Case[] = (['linear', 'relu', 'sigmoid', 'elu'] as const).map((activation) => ({
  name: `tf.fused.matMul, ${activation}`,
  tensors: (x) =>
    tf.fused.matMul({
      a: tf.reshape(tf.slice(x, 0, 6), [2, 3]) as tf.Tensor2D,
      b: tf.reshape(tf.slice(x, 6, 6), [3, 2]) as tf.Tensor2D,
      bias: tf.slice(x, 12, 2),
      activation,
    }),
  doubles: (x) =>
    product(
      (row, inner) => x[row * 3 + inner],
      (inner, column) => x[6 + inner * 2 + column],
    ).map((z, index) => activations[activation](z + x[12 + (index % 2)])),
  // Moved so that two of the four sums are negative and two positive.
  x: x.slice(0, 14).map((value) => value + 0.2),
}));

checkGradients('matrix products', [
  ...matrixCases,
  {
    name: 'BatchMatMul, 2 batches with 1',
    tensors: (x) =>
      tf.matMul(tf.reshape(tf.slice(x, 0, 12), [2, 2, 3]), tf.reshape(tf.slice(x, 12, 6), [3, 2])),
    doubles: (x) =>
      [0, 6].flatMap((batch) =>
        product(
          (row, inner) => x[batch + row * 3 + inner],
          (inner, column) => x[12 + inner * 2 + column],
        ),
      ),
    x,
  },
  {
    name: 'tf.dot',
    tensors: (x) => tf.dot(tf.slice(x, 0, 3), tf.slice(x, 3, 3)),
    doubles: (x) => [x[0] * x[3] + x[1] * x[4] + x[2] * x[5]],
    x: x.slice(0, 6),
  },
  ...fusedCases,
]);

/** [2, 3] times [3, 2]. */
function product(
  a: (row: number, inner: number) => number,
  b: (inner: number, column: number) => number,
): number[] {
  return [0, 1].flatMap((row) =>
    [0, 1].map((column) => [0, 1, 2].reduce((total, inner) => total + a(row, inner) * b(inner, column), 0)),
  );
}
