import '@hebblab/tfjs-backend';
import type { NetworkPass } from '@hebblab/models/networks';
import { type IsometrySettings, isometryOf } from '@hebblab/regularizers/networks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

const forms = ['distances', 'relative distances'] as const;

describe('isometryOf', () => {
  it('compares K D_hid with D_in over all pairs, those of other classes and of a sample with itself as 0', () => {
    // Within the class of samples 0 and 1: D_in = 5, D_hid = 2, K = 3. Two of nine pairs: 2 / 9 (3 * 2 - 5)^2.
    expect(
      valueOn(
        'distances',
        [[0], [2], [9]],
        [
          [0, 0],
          [3, 4],
          [1, 1],
        ],
        [7, 7, 8],
        3,
      ),
    ).toBeCloseTo(2 / 9, 6);
  });

  it('compares distances over their largest in the relative form', () => {
    // Pairs (0, 1), (0, 2), (1, 2): D_in 1, 2, 1 and D_hid 2, 3, 1; K = 2: 1/3 - 1/2, 1/2 - 1, 1/6 - 1/2.
    const mean = (2 / 9) * (1 / 36 + 1 / 4 + 1 / 9);
    expect(valueOn('relative distances', [[0], [2], [3]], [[0], [1], [2]], [1, 1, 1], 2)).toBeCloseTo(
      mean ** 2,
      6,
    );
  });

  it.each(forms)('is 0 where no two samples share a class (%s)', (form) => {
    expect(valueOn(form, [[0], [2]], [[0], [1]], [0, 1], 1)).toBe(0);
  });

  it.each(forms)('has the gradient 0 where all samples of a class coincide (%s)', (form) => {
    const inputs = [
      [1, 2],
      [1, 2],
      [1, 2],
    ];
    const f = (hidden: tf.Tensor) => isometryOf(passOf(hidden, inputs, [0, 0, 0]), settings(form, 10));
    expect([
      ...tf
        .grad(f)(tf.tensor2d([[3], [3], [3]]))
        .dataSync(),
    ]).toEqual([0, 0, 0]);
  });

  it.each(forms)('has the gradient 0 where a layer has collapsed and its inputs have not (%s)', (form) => {
    const inputs = [
      [1, 2],
      [4, 6],
      [1, 2],
    ];
    const f = (hidden: tf.Tensor) => isometryOf(passOf(hidden, inputs, [0, 0, 0]), settings(form, 10));
    expect([
      ...tf
        .grad(f)(tf.tensor2d([[3], [3], [3]]))
        .dataSync(),
    ]).toEqual([0, 0, 0]);
  });

  it('takes images of a convolution as rows', () => {
    const rows = [
      [1, 2, 3, 5],
      [0, 2, 4, 8],
    ];
    const images = tf.reshape(tf.tensor2d(rows), [2, 2, 2, 1]);
    const isometry = settings('distances', 2);
    const [asImages, asRows] = [images, tf.tensor2d(rows)].map(
      (hidden) => isometryOf(passOf(hidden, [[0], [1]], [0, 0]), isometry).dataSync()[0],
    );
    expect(asImages).toBe(asRows);
  });
});

function valueOn(
  form: IsometrySettings['form'],
  hidden: number[][],
  inputs: number[][],
  labels: number[],
  factor: number,
): number {
  const pass = passOf(tf.tensor2d(hidden), inputs, labels);
  return isometryOf(pass, settings(form, factor)).dataSync()[0] as number;
}

function passOf(hidden: tf.Tensor, inputs: number[][], labels: number[]): NetworkPass {
  const layers = [{ activations: hidden }, {}];
  return {
    layers,
    inputs: tf.tensor2d(inputs),
    labels: tf.tensor1d(labels, 'int32'),
  } as unknown as NetworkPass;
}

function settings(form: IsometrySettings['form'], factor: number) {
  return { form, factor, layer: 'last' } as const;
}
