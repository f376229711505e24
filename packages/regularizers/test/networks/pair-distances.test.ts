import '@hebblab/tfjs-backend';
import { classPairs, pairDistances } from '@hebblab/regularizers/networks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { relativeError } from './support/published.js';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

describe('classPairs', () => {
  it('takes each pair of a label once, group by group in order of first appearance', () => {
    const { samples, groups, count } = classPairs([5, 2, 5, 7, 2, 5]);
    expect(samples).toBe(6);
    expect(groups.map((group) => [...group])).toEqual([
      [0, 2, 5],
      [1, 4],
    ]);
    // 3 * 2 / 2 + 1
    expect(count).toBe(4);
  });

  it('has no pairs where every label is alone', () => {
    expect(classPairs([1, 2, 3]).count).toBe(0);
  });
});

describe('pairDistances', () => {
  it('are Euclidean, in the order of the pairs', () => {
    const rows = tf.tensor2d([0, 0, 9, 9, 3, 4, 3, 0], [4, 2]);
    // Pairs (0, 2), (0, 3), (2, 3); row 1 has another label.
    expect([...pairDistances(rows, classPairs([0, 1, 0, 0])).dataSync()]).toEqual([5, 3, 4]);
  });

  it('keep their digits far from the origin, where products of rows cancel', () => {
    // Clusters of width 1e-3 around points of norm 300: |a|^2 + |b|^2 - 2 a.b has an error of about 1e-2.
    const points = clusters(12, 20, 300, 1e-3);
    const labels = points.map((_, sample) => sample % 2);
    const pairs = classPairs(labels);
    const expected = float64Distances(points, pairs.groups);
    const distances = pairDistances(tf.tensor2d(points), pairs);
    expect(Math.min(...expected)).toBeLessThan(1e-2);
    expect(relativeErrors(distances.dataSync(), expected)).toBeLessThan(1e-4);
  });

  it('have gradients with the digits of their definition, near and far', () => {
    const points = clusters(12, 20, 300, 1e-3);
    const pairs = classPairs(points.map((_, sample) => sample % 2));
    const slopes = Array.from({ length: pairs.count }, (_, pair) => Math.fround(Math.sin(pair + 1)));
    const weighed = (rows: tf.Tensor) =>
      tf.sum(tf.mul(pairDistances(rows as tf.Tensor2D, pairs), tf.tensor1d(slopes)));
    const gradient = tf.grad(weighed)(tf.tensor2d(points));
    expect(relativeError(gradient.dataSync(), float64Pull(points, pairs.groups, slopes).flat())).toBeLessThan(
      1e-4,
    );
  });

  it('have a gradient of 0 and no NaN where rows coincide, to second order', () => {
    const rows = tf.tensor2d([1, 2, 1, 2, 1, 2], [3, 2]);
    const pairs = classPairs([0, 0, 0]);
    const f = (x: tf.Tensor) => tf.sum(tf.square(tf.sub(pairDistances(x as tf.Tensor2D, pairs), 1)));
    const gradient = tf.grad(f);
    expect([...gradient(rows).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    const second = tf.grad((x: tf.Tensor) =>
      tf.sum(tf.mul(gradient(x), tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]))),
    );
    expect([...second(rows).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('stay NaN where a row is NaN', () => {
    const rows = tf.tensor2d([Number.NaN, 2, 1, 2], [2, 2]);
    expect([...pairDistances(rows, classPairs([0, 0])).dataSync()]).toEqual([Number.NaN]);
  });

  it('refuse a third derivative', () => {
    const pairs = classPairs([0, 0]);
    const f = (x: tf.Tensor) => tf.sum(pairDistances(x as tf.Tensor2D, pairs));
    const second = tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.grad(f)(x))));
    const third = tf.grad((x: tf.Tensor) => tf.sum(second(x)));
    expect(() => third(tf.tensor2d([1, 2, 3, 5], [2, 2]))).toThrow(
      'pairDistances: expected a first or second derivative, got a third',
    );
  });

  it('leave no memory behind', () => {
    const rows = tf.tensor2d([0, 0, 9, 9, 3, 4, 3, 0], [4, 2]);
    const pairs = classPairs([0, 1, 0, 0]);
    const gradient = () =>
      tf
        .tidy(() => tf.grad((x: tf.Tensor) => tf.sum(pairDistances(x as tf.Tensor2D, pairs)))(rows))
        .dispose();
    gradient();
    const before = tf.memory() as tf.MemoryInfo & { kernelBytes: number };
    gradient();
    const after = tf.memory() as tf.MemoryInfo & { kernelBytes: number };
    expect([after.numTensors, after.kernelBytes]).toEqual([before.numTensors, before.kernelBytes]);
  });
});

/** Points around two centres of the norm given, so near each other that a Gram matrix in float32 cannot tell. */
function clusters(count: number, features: number, norm: number, width: number): number[][] {
  return Array.from({ length: count }, (_, sample) =>
    Array.from({ length: features }, (_, feature) => {
      const centre = (norm / Math.sqrt(features)) * (sample % 4 < 2 ? 1 : -1);
      return Math.fround(centre + width * Math.sin(13 * sample + 7 * feature * feature));
    }),
  );
}

function float64Distances(points: readonly number[][], groups: readonly Int32Array[]): number[] {
  return pairsOf(groups).map(([i, j]) => Math.hypot(...differences(points, i, j)));
}

/** For each sample i the sum over j of slope_ij (r_i - r_j) / d_ij. */
function float64Pull(points: readonly number[][], groups: readonly Int32Array[], slopes: readonly number[]) {
  const pull = points.map((point) => point.map(() => 0));
  pairsOf(groups).forEach(([i, j], pair) => {
    const between = differences(points, i, j);
    const factor = (slopes[pair] as number) / Math.hypot(...between);
    between.forEach((difference, feature) => {
      const [toI, toJ] = [pull[i] as number[], pull[j] as number[]];
      toI[feature] = (toI[feature] as number) + factor * difference;
      toJ[feature] = (toJ[feature] as number) - factor * difference;
    });
  });
  return pull;
}

function pairsOf(groups: readonly Int32Array[]): (readonly [number, number])[] {
  return groups.flatMap((group) =>
    Array.from(group).flatMap((i, at) => Array.from(group.subarray(at + 1), (j) => [i, j] as const)),
  );
}

function differences(points: readonly number[][], i: number, j: number): number[] {
  const other = points[j] as number[];
  return (points[i] as number[]).map((value, feature) => value - (other[feature] as number));
}

function relativeErrors(actual: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(...expected.map((value, at) => Math.abs((actual[at] as number) / value - 1)));
}
