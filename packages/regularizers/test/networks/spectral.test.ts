import '@hebblab/tfjs-backend';
import type { NetworkPass, NetworkPenalty, NetworkPenaltyContext } from '@hebblab/models/networks';
import { spectralPenalty, spectralPenaltyPublished } from '@hebblab/regularizers/networks';
import { backendKernels } from '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, readout, relu, settingsOf, toySamples } from './support/toys.js';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

// Pre-activations (+-3, +-2, +-1) in all eight combinations, turned by a rotation: their covariance has the eigenvalues
// 9, 4 and 1, times 8 / 7 as it is unbiased.
const signs = Array.from({ length: 8 }, (_, at) =>
  [at & 1, at & 2, at & 4].map((bit) => (bit === 0 ? 1 : -1)),
);
const rotation = [
  [0.6, 0.8, 0],
  [-0.48, 0.36, 0.8],
  [0.64, -0.48, 0.6],
];
const preactivations = signs.map((sign) =>
  [0, 1, 2].map((unit) =>
    sign.reduce((sum, value, axis) => sum + value * (3 - axis) * (rotation[axis]?.[unit] as number), 0),
  ),
);
const eigenvalues = [9, 4, 1].map((square) => (square * 8) / 7);

/** Their ReLU stands far off, so that its spectrum is that of values shifted by 100. */
const activations = preactivations.map((row) => row.map((value) => value + 100));

describe('on the samples of its eigenvectors, a spectral penalty is that of the eigenvalues', () => {
  it('of the post-activations, through the eigenvalue tau', () => {
    const [first, second, third] = eigenvalues as [number, number, number];
    // tau = 0, slope 2: gamma_1 = lambda_0 / 4, gamma_2 = lambda_0 / 9.
    const excesses = [second / (first / 4) - 1, third / (first / 9) - 1];
    const expected = excesses.reduce((sum, excess) => sum + excess ** 2 + Math.max(0, excess), 0) / 3;
    expect(valueAt(spectralPenalty({ weight: 2, slope: 2, tau: 0, layer: 0 })) / (2 * expected)).toBeCloseTo(
      1,
      4,
    );
  });

  it('of the pre-activations, from 1, as published', () => {
    const excesses = eigenvalues.map((value, n) => value * (n + 1) - 1);
    const expected = excesses.reduce((sum, excess) => sum + excess ** 2 + Math.max(0, excess), 0) / 3;
    expect(
      valueAt(spectralPenaltyPublished({ weight: 2, slope: 1, layer: 'last' })) / (2 * expected),
    ).toBeCloseTo(1, 4);
  });

  it('leaves out directions without variance', () => {
    const flat = preactivations.map((row) => [row[0] as number, 5, 5]);
    const value = valueAt(spectralPenaltyPublished({ weight: 3, slope: 1, layer: 0 }), flat);
    const column = flat.map(([first]) => first as number);
    // Mean 0: the variance is the sum of squares over 7; one direction of three.
    const excess = column.reduce((sum, entry) => sum + entry ** 2, 0) / 7 - 1;
    expect(value).toBeCloseTo(excess ** 2 + Math.max(0, excess), 3);
  });
});

function valueAt(penalty: NetworkPenalty, rows: number[][] = preactivations): number {
  const layer = { preactivations: tf.tensor2d(rows), activations: tf.tensor2d(activations) };
  const pass = { inputs: tf.zeros([rows.length, 1]), layers: [layer, layer] } as unknown as NetworkPass;
  const context: NetworkPenaltyContext = {
    architecture: settingsOf([dense(3, relu), readout]).architecture,
    kernels: backendKernels(),
    samples: toySamples(8),
    batchSize: 8,
    seed: 1,
    forEachBatch: (_, visit) => visit(pass),
  };
  const running = penalty.start(context);
  running.beforeEpoch?.(1);
  const [value = Number.NaN] = running.value(pass, 0).dataSync();
  running.dispose();
  return value;
}
