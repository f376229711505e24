import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hvp, jacobian } from '../../dist/derivatives.js';
import { useBackend } from './backend.js';

beforeAll(useBackend);

const close = (actual: tf.Tensor, expected: number[], digits = 5) =>
  [...actual.dataSync()].forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index], digits);
  });

describe('hvp', () => {
  let x: tf.Tensor;
  let v: tf.Tensor;
  beforeAll(() => {
    x = tf.tensor1d([0.5, -1, 2]);
    v = tf.tensor1d([1, 2, -0.5]);
  });

  it('is (A + A^T) v for the quadratic form x^T A x', () => {
    const A = tf.tensor2d([1, 2, 0, 0, 3, -1, 4, 0, 0.5], [3, 3]);
    const form = (point: tf.Tensor) => {
      const row = tf.reshape(point, [1, 3]);
      return tf.sum(tf.mul(tf.matMul(row, A), row));
    };
    // A + A^T = [[2, 2, 4], [2, 6, -1], [4, -1, 1]]
    close(hvp(form, x, v), [2 + 4 - 2, 2 + 12 + 0.5, 4 - 2 - 0.5]);
  });

  it('is diagonal for a sum of cubes: 6 x v', () => {
    close(
      hvp((point) => tf.sum(tf.pow(point, tf.scalar(3))), x, v),
      [3, -12, -6],
    );
  });

  it('is zeros, shaped like x, for a linear function', () => {
    const product = hvp((point) => tf.sum(tf.mul(point, 3)), x, v);
    expect(product.shape).toEqual([3]);
    close(product, [0, 0, 0]);
  });

  it('keeps the shape of x', () => {
    const square = tf.reshape(tf.range(0, 4), [2, 2]);
    const product = hvp((point) => tf.sum(tf.square(point)), square, tf.onesLike(square));
    expect(product.shape).toEqual([2, 2]);
    close(product, [2, 2, 2, 2]);
  });

  it('can itself be differentiated: the third derivative of sum x^4 is 24 x', () => {
    const third = tf.grad((point: tf.Tensor) =>
      tf.sum(hvp((inner) => tf.sum(tf.pow(inner, tf.scalar(4))), point, tf.onesLike(point))),
    )(x);
    close(third, [12, -24, 48], 4);
  });

  it('leaves no tensor but its result', () => {
    const before = tf.memory().numTensors;
    const product = hvp((point) => tf.sum(tf.exp(point)), x, v);
    expect(tf.memory().numTensors).toBe(before + 1);
    product.dispose();
  });

  it('rejects a vector of another shape', () => {
    expect(() => hvp((point) => tf.sum(point), x, tf.ones([2]))).toThrow(
      'hvp: expected v shaped like x [3], got [2]',
    );
  });

  it('rejects a function whose value is no scalar', () => {
    expect(() => hvp((point) => tf.square(point), x, v)).toThrow(
      'hvp: expected a function with a scalar value of shape [], got [3]',
    );
  });
});

describe('jacobian', () => {
  it('is the transposed weight matrix for x W', () => {
    const W = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const rows = jacobian(
      (x) => tf.reshape(tf.matMul(tf.reshape(x, [1, 2]), W), [3]),
      tf.tensor1d([0.3, -0.7]),
    );
    expect(rows.shape).toEqual([3, 2]);
    close(rows, [1, 4, 2, 5, 3, 6]);
  });

  it('is diag(p) - p p^T for softmax', () => {
    const z = [0.2, -0.4, 1.1];
    const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
    const p = z.map((value) => Math.exp(value) / total);
    close(
      jacobian((x) => tf.softmax(x), tf.tensor1d(z)),
      p.flatMap((pi, i) => p.map((pj, j) => (i === j ? pi : 0) - pi * pj)),
      6,
    );
  });

  it('has the shapes of the output and of the input after one another', () => {
    const x = tf.reshape(tf.range(0, 6), [2, 3]);
    const rows = jacobian((point) => tf.sum(tf.square(point), 1), x);
    expect(rows.shape).toEqual([2, 2, 3]);
    close(rows, [0, 2, 4, 0, 0, 0, 0, 0, 0, 6, 8, 10]);
  });

  it('is the gradient, shaped like x, for a scalar', () => {
    const rows = jacobian((point) => tf.sum(tf.square(point)), tf.tensor1d([1, 2]));
    expect(rows.shape).toEqual([2]);
    close(rows, [2, 4]);
  });

  it('can itself be differentiated: the gradient of ||J||^2 / 2 for x^2 is 4 x', () => {
    const penalty = (x: tf.Tensor) => tf.div(tf.sum(tf.square(jacobian((point) => tf.square(point), x))), 2);
    close(tf.grad(penalty)(tf.tensor1d([1, -2])), [4, -8]);
  });

  it('leaves no tensor but its result', () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    const rows = jacobian((point) => tf.exp(point), x);
    expect(tf.memory().numTensors).toBe(before + 1);
    rows.dispose();
  });

  it('rejects a function that does not depend on x', () => {
    expect(() => jacobian(() => tf.ones([2]), tf.tensor1d([1]))).toThrow('Cannot compute gradient');
  });
});
