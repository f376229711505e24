import { hvp } from '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gramOf, innerProductOfGrams, squaredNormOfRows } from '../../dist/networks/gram.js';
import { differenceGradient, differenceHvp } from './support/differences.js';
import { relativeError } from './support/published.js';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

const [m, n, h] = [4, 3, 5];
const point = Array.from({ length: (m + n) * h }, (_, at) => Math.fround(Math.sin(at * at + 1)));
const v = point.map((_, at) => Math.fround(Math.cos(2 * at)));

/** A [m, h] and W [n, h], one behind the other. */
function matricesOf(values: tf.Tensor): [tf.Tensor2D, tf.Tensor2D] {
  const [a, w] = [tf.slice(values, [0], [m * h]), tf.slice(values, [m * h], [n * h])];
  return [tf.reshape(a, [m, h]) as tf.Tensor2D, tf.reshape(w, [n, h]) as tf.Tensor2D];
}

describe.each([
  ['the product', squaredNormOfRows],
  ['the Gram matrices', innerProductOfGrams],
])('||A W^T||_F^2 by %s', (_, norm) => {
  const inTensors = (values: tf.Tensor) => norm(...matricesOf(values));

  it('is the sum of the squares of the entries of the product', () => {
    expect(relativeError(inTensors(tf.tensor1d(point)).dataSync(), [squaredNorm(point)])).toBeLessThan(1e-6);
  });

  it('is right to second order', () => {
    const x = tf.tensor1d(point);
    const gradient = tf.grad(inTensors)(x).dataSync();
    expect(relativeError(gradient, differenceGradient(squaredNorm, point))).toBeLessThan(1e-5);
    const product = hvp(inTensors, x, tf.tensor1d(v)).dataSync();
    expect(relativeError(product, differenceHvp(squaredNorm, point, v))).toBeLessThan(1e-5);
  });
});

describe('gramOf', () => {
  it('has the gradient X (dy + dy^T) where dy is not symmetric', () => {
    // <dy, X^T X> = 3 x_0 . x_1 for dy = [[0, 3], [0, 0]], so row i has the slopes (3 x_i1, 3 x_i0).
    const gradient = tf.grad((x: tf.Tensor) => gramOf(x as tf.Tensor2D));
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    expect([...gradient(x, tf.tensor2d([0, 3, 0, 0], [2, 2])).dataSync()]).toEqual([6, 3, 12, 9]);
  });
});

function squaredNorm(values: readonly number[]): number {
  const entry = (a: number, w: number) => {
    let sum = 0;
    for (let at = 0; at < h; at++)
      sum += (values[a * h + at] as number) * (values[(m + w) * h + at] as number);
    return sum;
  };
  let total = 0;
  for (let a = 0; a < m; a++) for (let w = 0; w < n; w++) total += entry(a, w) ** 2;
  return total;
}
