import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hvp } from '../../dist/derivatives.js';
import { useBackend } from './backend.js';

beforeAll(useBackend);

type Operation = (x: tf.Tensor) => tf.Tensor;

/** The derivatives of an elementwise operation at some points, first and second. */
function slopes(operation: Operation, points: number[]): number[] {
  return [
    ...tf
      .grad((x: tf.Tensor) => tf.sum(operation(x)))(tf.tensor1d(points))
      .dataSync(),
  ];
}

function curvatures(operation: Operation, points: number[]): number[] {
  const x = tf.tensor1d(points);
  return [...hvp((point) => tf.sum(operation(point)), x, tf.onesLike(x)).dataSync()];
}

function expectRelatively(actual: number[], expected: number[], tolerance = 2e-6): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(Math.abs(value / expected[index] - 1)).toBeLessThan(tolerance);
  });
}

describe('saturated activations', () => {
  const points = [-43, -20, -12, 12, 20, 43];

  it('keep every digit of the slope of tanh, 1 / cosh(x)^2', () => {
    expectRelatively(
      slopes((x) => tf.tanh(x), points),
      points.map((x) => 1 / Math.cosh(x) ** 2),
    );
  });

  it('keep every digit of the curvature of tanh, -2 tanh(x) / cosh(x)^2', () => {
    expectRelatively(
      curvatures((x) => tf.tanh(x), points),
      points.map((x) => (-2 * Math.tanh(x)) / Math.cosh(x) ** 2),
    );
  });

  it('keep every digit of the slope and curvature of sigmoid', () => {
    const far = [-87, ...points, 87];
    const slope = (x: number) => 1 / (2 + Math.exp(x) + Math.exp(-x));
    expectRelatively(
      slopes((x) => tf.sigmoid(x), far),
      far.map(slope),
    );
    expectRelatively(
      curvatures((x) => tf.sigmoid(x), far),
      far.map((x) => -slope(x) * Math.tanh(x / 2)),
    );
  });

  it('give a slope of exactly 1 or 0 where elu, selu and softplus are linear or flat, without NaN', () => {
    const far = [-200, 200];
    expect(slopes((x) => tf.elu(x), far)).toEqual([0, 1]);
    expect(curvatures((x) => tf.elu(x), far)).toEqual([0, 0]);
    expect(curvatures((x) => tf.selu(x), far)).toEqual([0, 0]);
    expect(slopes((x) => tf.softplus(x), far)).toEqual([0, 1]);
    expect(curvatures((x) => tf.softplus(x), far)).toEqual([0, 0]);
    expect(curvatures((x) => tf.tanh(x), far).map(Math.abs)).toEqual([0, 0]);
  });
});

describe('a sure classifier', () => {
  const logits = [30, 0, -5];
  // 1 - p of the first class, e^-30 + e^-35 to 1e-13 of itself.
  const doubt = Math.exp(-30) + Math.exp(-35);

  it('has a cross-entropy gradient that does not round to 0 for the right class', () => {
    const gradient = tf.grad((z: tf.Tensor) => tf.losses.softmaxCrossEntropy([[1, 0, 0]], z))(
      tf.tensor2d(logits, [1, 3]),
    );
    expectRelatively([...gradient.dataSync()], [-doubt, Math.exp(-30), Math.exp(-35)]);
  });

  it('has a softmax gradient that does not round to 0', () => {
    const gradient = tf.grad((z: tf.Tensor) => tf.sum(tf.slice(tf.softmax(z), 0, 1)))(tf.tensor1d(logits));
    expectRelatively([...gradient.dataSync()], [doubt, -Math.exp(-30), -Math.exp(-35)]);
  });

  it('has a second derivative of its cross-entropy that does not round to 0', () => {
    // p_0 (1 - p_0) on the diagonal, -p_0 p_j beside it.
    const column = hvp(
      (z) => tf.losses.softmaxCrossEntropy([[1, 0, 0]], z),
      tf.tensor2d(logits, [1, 3]),
      tf.tensor2d([1, 0, 0], [1, 3]),
    );
    expectRelatively([...column.dataSync()], [doubt, -Math.exp(-30), -Math.exp(-35)]);
  });
});

describe('kinks', () => {
  it('have the slope from the left in relu, relu6 and leakyRelu, and 0 in abs', () => {
    expect(slopes((x) => tf.relu(x), [0])).toEqual([0]);
    expect(slopes((x) => tf.relu6(x), [0, 6])).toEqual([0, 1]);
    expect(slopes((x) => tf.leakyRelu(x, 0.5), [0])).toEqual([0.5]);
    expect(slopes((x) => tf.abs(x), [-2, 0, 3])).toEqual([-1, 0, 1]);
  });

  it('let the gradient through at both ends of clipByValue', () => {
    expect(slopes((x) => tf.clipByValue(x, -1, 1), [-1.5, -1, 0, 1, 1.5])).toEqual([0, 1, 1, 1, 0]);
  });

  it('give the whole gradient to the first of two equal arguments of maximum and minimum', () => {
    for (const operation of [tf.maximum, tf.minimum]) {
      const [first, second] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(operation(a, b)))([
        tf.tensor1d([1, 2]),
        tf.tensor1d([1, 2]),
      ]);
      expect([...first.dataSync()]).toEqual([1, 1]);
      expect([...second.dataSync()]).toEqual([0, 0]);
    }
  });

  it('give dy to every one of several equal extremes', () => {
    const max = tf.grad((x: tf.Tensor) => tf.max(x, 1))(tf.tensor2d([3, 1, 3], [1, 3]));
    expect([...max.dataSync()]).toEqual([1, 0, 1]);
  });

  it('give dy to the first of several equal maxima of a pooling window, also the second time', () => {
    const x = tf.tensor4d([2, 2, 1, 2], [1, 2, 2, 1]);
    const pooled = (point: tf.Tensor) => tf.sum(tf.square(tf.maxPool(point as tf.Tensor4D, 2, 2, 'valid')));
    expect([...tf.grad(pooled)(x).dataSync()]).toEqual([4, 0, 0, 0]);
    expect([...hvp(pooled, x, tf.onesLike(x)).dataSync()]).toEqual([2, 0, 0, 0]);
  });
});

describe('powers and roots at 0', () => {
  it('have the slopes and curvatures of their polynomials for whole exponents', () => {
    const power = (exponent: number) => (x: tf.Tensor) => tf.pow(x, tf.scalar(exponent));
    expect([0, 1, 2, 3].map((n) => slopes(power(n), [0])[0])).toEqual([0, 1, 0, 0]);
    expect([0, 1, 2, 3].map((n) => curvatures(power(n), [0])[0])).toEqual([0, 0, 2, 0]);
  });

  it('have the derivative 0 by the exponent where the base is not positive', () => {
    const byExponent = (base: number) =>
      tf
        .grad((exponent: tf.Tensor) => tf.pow(tf.scalar(base), exponent))(tf.scalar(2))
        .dataSync()[0];
    expect([0, -3].map(byExponent)).toEqual([0, 0]);
    expect(byExponent(Math.E)).toBeCloseTo(Math.E ** 2, 5);
  });

  it('have an infinite slope for the square root, which a factor of 0 makes NaN', () => {
    expect(slopes((x) => tf.sqrt(x), [0])).toEqual([Number.POSITIVE_INFINITY]);
    expect(slopes((x) => tf.mul(tf.sqrt(x), 0), [0])).toEqual([Number.NaN]);
  });

  it('have a slope of 0 for a distance of 0 that is masked before its root', () => {
    const distance = (x: tf.Tensor) => {
      const squares = tf.square(x);
      const zero = tf.equal(squares, 0);
      return tf.where(zero, tf.zerosLike(squares), tf.sqrt(tf.where(zero, tf.onesLike(squares), squares)));
    };
    expect(slopes(distance, [0, 3])).toEqual([0, 1]);
    expect(curvatures(distance, [0, 3])).toEqual([0, 0]);
  });
});

describe('quotients', () => {
  it('keep their derivatives where the square of the divisor leaves the range of float32', () => {
    // -a / b^2, where b^2 is 1e-40 and 1e50
    expectRelatively(
      slopes((b) => tf.div(1e-22, b), [1e-20]),
      [-1e18],
    );
    expectRelatively(
      slopes((b) => tf.div(1e20, b), [1e25]),
      [-1e-30],
    );
  });
});

describe('third derivatives', () => {
  /** d^3 f / dx^3 for a scalar x. */
  const third = (f: Operation, x: number) =>
    tf
      .grad((point: tf.Tensor) => hvp(f, point, tf.scalar(1)))(tf.scalar(x))
      .dataSync()[0];
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

  it('are right for tanh: 2 (3 tanh^2 - 1) / cosh^2', () => {
    expect(third((x) => tf.tanh(x), 0.6)).toBeCloseTo(
      (2 * (3 * Math.tanh(0.6) ** 2 - 1)) / Math.cosh(0.6) ** 2,
      5,
    );
  });

  it('are right for the cross-entropy of two classes, softplus of their difference: s (1 - s) (1 - 2 s)', () => {
    const s = sigmoid(0.6);
    const logits = (x: tf.Tensor) => tf.stack([tf.scalar(0), x]);
    const expected = s * (1 - s) * (1 - 2 * s);
    expect(third((x) => tf.losses.softmaxCrossEntropy([1, 0], logits(x)), 0.6)).toBeCloseTo(expected, 5);
    expect(third((x) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits(x)), [1, 0]))), 0.6)).toBeCloseTo(
      expected,
      5,
    );
    expect(third((x) => tf.neg(tf.log(tf.sum(tf.mul(tf.softmax(logits(x)), [1, 0])))), 0.6)).toBeCloseTo(
      expected,
      5,
    );
  });

  it('are right through a convolution: 6 for the cube of one weight times one pixel', () => {
    const cube = (x: tf.Tensor) => {
      const filter = tf.reshape(x, [1, 1, 1, 1]) as tf.Tensor4D;
      const image = tf.reshape(tf.square(x), [1, 1, 1, 1]) as tf.Tensor4D;
      return tf.sum(tf.conv2d(image, filter, 1, 'valid'));
    };
    expect(third(cube, 0.6)).toBeCloseTo(6, 5);
  });
});

describe('a gradient that goes to two tensors', () => {
  it('is still there for the second when the first was added to another', () => {
    const [da, db] = tf.grads((a: tf.Tensor, b: tf.Tensor) => {
      const square = tf.square(b);
      const exponential = tf.exp(a);
      return tf.sum(tf.add(tf.add(square, a), exponential));
    })([tf.tensor1d([0, 0]), tf.tensor1d([3, 4])]);
    expect([...da.dataSync()]).toEqual([2, 2]);
    expect([...db.dataSync()]).toEqual([6, 8]);
  });
});
