import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hvp } from '../../dist/derivatives.js';
import { useBackend } from './backend.js';
import { differenceGradient, differenceHvp, relativeError } from './differences.js';

/** An operation as tfjs computes it and as plain doubles compute it, of x shaped `shape`, to flat values. */
export interface Case {
  name: string;
  tensors: (x: tf.Tensor) => tf.Tensor;
  doubles: (x: number[]) => number[];
  x: number[];
  shape?: number[];
}

const TOLERANCE = 1e-5;

/**
 * Compares gradient and Hessian-vector product of sum_i w_i (u_i + u_i^2 / 2), u the operation's values, with
 * differences in doubles. The square makes dy depend on x, so that a linear operation's gradient must be
 * differentiable as well. With HEBBLAB_PRINT=gradients the errors are printed.
 */
export function checkGradients(family: string, cases: Case[]): void {
  const rows: string[] = [];
  describe(`gradients of ${family}`, () => {
    beforeAll(useBackend);
    afterAll(() => {
      if (process.env.HEBBLAB_PRINT === 'gradients') process.stdout.write(`${rows.join('\n')}\n`);
    });
    for (const { name, tensors, doubles, x: given, shape } of cases) {
      it(`${name} is right to second order`, () => {
        const x = given.map(Math.fround);
        const v = x.map((_, index) => Math.fround(Math.sin(3 * index + 1)));
        const inDoubles = (point: number[]) =>
          doubles(point).reduce((total, u, index) => total + weight(index) * (u + (u * u) / 2), 0);
        const inTensors = (point: tf.Tensor) => {
          const u = tf.reshape(tensors(point), [-1]);
          const w = tf.tensor1d(Array.from({ length: u.size }, (_, index) => weight(index)));
          return tf.sum(tf.mul(w, tf.add(u, tf.mul(0.5, tf.square(u)))));
        };
        const point = tf.tensor(x, shape ?? [x.length]);
        const first = tf.grad(inTensors)(point);
        const second = hvp(inTensors, point, tf.tensor(v, point.shape));
        const gradient = differenceGradient(inDoubles, x);
        expect(gradient.some((value) => Math.abs(value) > 0.01)).toBe(true);
        const firstError = relativeError(first.dataSync(), gradient);
        const secondError = relativeError(second.dataSync(), differenceHvp(inDoubles, x, v));
        rows.push(`${name.padEnd(52)} ${firstError.toExponential(1)}  ${secondError.toExponential(1)}`);
        expect({ first: firstError, second: secondError }).toSatisfy(
          (errors: { first: number; second: number }) =>
            errors.first < TOLERANCE && errors.second < TOLERANCE,
        );
      });
    }
  });
}

function weight(index: number): number {
  return Math.fround(Math.cos(index + 0.5));
}
