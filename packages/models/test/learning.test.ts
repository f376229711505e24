import {
  createNetworkTraining,
  createReadoutTraining,
  type NetworkTrainingSettings,
  type Penalty,
} from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { firstGradient, runEpochs, samplesFrom, separableSamples } from './support/toys.js';

const kernels = await openKernels({ variant: 'simd128' });
const samples = separableSamples(kernels, 60);
const fresh = { kind: 'fresh' } as const;
const settings: NetworkTrainingSettings = {
  hidden: 10,
  power: 1,
  epochs: 40,
  batchSize: 20,
  learningRate: { kind: 'constant', value: 0.01 },
  seed: 1,
};

describe('a readout in training', () => {
  it('starts from 0, where every class is as likely, and learns a separable set', () => {
    const weights = Float32Array.from({ length: 12 * 12 }, (_, at) => (at % 13 === 0 ? 1 : 0));
    const layer = { hidden: 12, hiddenLayer: { kind: 'dense', weights } } as const;
    const all = { ...settings, batchSize: samples.count };
    using training = createReadoutTraining(kernels, samples, layer, all, fresh);
    const metrics = runEpochs(training, 40);
    expect(metrics[0]?.loss).toBeCloseTo(Math.log(3), 6);
    expect(metrics.at(-1)?.loss).toBeLessThan(0.5 * Math.log(3));
    expect(metrics.at(-1)?.accuracy).toBe(1);
  });

  it('raises features to the power', () => {
    // Features 2^3 and 0, readout from 0: the gradient of the mean loss is feature (1/2 - target).
    const two = samplesFrom([[2, 0]], [0], 2, Float32Array.of(1));
    const layer = {
      hidden: 2,
      hiddenLayer: { kind: 'dense', weights: Float32Array.of(1, 0, 0, 1) },
    } as const;
    const cubed = { ...settings, batchSize: 1, power: 3 };
    using training = createReadoutTraining(kernels, two, layer, cubed, fresh);
    training.runEpoch();
    const gradient = firstGradient(training.checkpoint(), 'readout weights');
    const expected = [8 * -0.5, 8 * 0.5, 0, 0];
    for (const [at, value] of expected.entries()) expect(gradient[at]).toBeCloseTo(value, 5);
  });
});

describe('a network in training', () => {
  it('learns a separable set', () => {
    using training = createNetworkTraining(kernels, samples, settings, [], fresh);
    const metrics = runEpochs(training, 40);
    expect(metrics.at(-1)?.loss).toBeLessThan(0.5 * (metrics[0]?.loss ?? 0));
    expect(metrics.at(-1)?.accuracy).toBe(1);
  });

  it('starts from weights of variance 2 / inputs, V of 2 / hidden, and a bias of 0', () => {
    const wide = { ...settings, hidden: 2000 };
    using training = createNetworkTraining(kernels, samples, wide, [], fresh);
    const {
      'hidden weights': hidden,
      'readout weights': readout,
      'readout bias': bias,
    } = training.parameters();
    const meanSquare = (values: Float32Array) =>
      values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // 4 standard errors of a mean square of n draws: 4 sqrt(2 / n), n = 24000 and 6000.
    expect(Math.abs(meanSquare(hidden) / (2 / 12) - 1)).toBeLessThan(0.037);
    expect(Math.abs(meanSquare(readout) / (2 / 2000) - 1)).toBeLessThan(0.073);
    expect([...bias]).toEqual([0, 0, 0]);
  });

  it('reports the mean of a penalty over the samples by its name', () => {
    const perBatch: Penalty = { name: 'count', apply: ({ batch }) => batch.count };
    // 25 images in batches of 10, 10 and 5: (10 * 10 + 10 * 10 + 5 * 5) / 25.
    const short = { ...settings, batchSize: 10 };
    using training = createNetworkTraining(kernels, separableSamples(kernels, 25), short, [perBatch], fresh);
    expect(training.runEpoch().count).toBeCloseTo(9, 12);
  });

  it('adds gradients of penalties, by pre-activations and by parameters, to those of the loss', () => {
    const pull: Penalty = {
      name: 'pull',
      apply({ preactivations }, gradients) {
        const byPreactivations = gradients.preactivations.view();
        byPreactivations.forEach((value, at) => {
          byPreactivations[at] = value + 3;
        });
        gradients.parameters['hidden weights'].view()[0] = 7;
        gradients.parameters['readout bias'].view()[1] = 5;
        return preactivations.length;
      },
    };
    const one = samplesFrom([[1, 2]], [0], 2, Float32Array.of(1));
    const gradientsWith = (penalties: readonly Penalty[]) => {
      const single = { ...settings, hidden: 2, batchSize: 1 };
      using training = createNetworkTraining(kernels, one, single, penalties, fresh);
      training.runEpoch();
      const names = ['hidden weights', 'readout weights', 'readout bias'];
      return names.map((name) => firstGradient(training.checkpoint(), name));
    };
    const plain = gradientsWith([]);
    const pulled = gradientsWith([pull]);
    // x = (1, 2), dL/dz grows by 3 everywhere: dL/dW by 3 x; W[0, 0] by 7 more, b[1] by 5.
    const expected = [
      [3 + 7, 3, 6, 6],
      [0, 0, 0, 0],
      [0, 5],
    ];
    expected.forEach((differences, group) => {
      differences.forEach((difference, at) => {
        const grown = (pulled[group]?.[at] ?? 0) - (plain[group]?.[at] ?? 0);
        expect(grown).toBeCloseTo(difference, 5);
      });
    });
  });

  it.each([[['same', 'same']], [['loss']], [['accuracy']]])('refuses penalties named %s', (names) => {
    const penalties = names.map((name) => ({ name, apply: () => 0 }));
    const before = kernels.liveArrays.count;
    expect(() => createNetworkTraining(kernels, samples, settings, penalties, fresh)).toThrow(
      `createNetworkTraining: expected penalties with names of their own, got ${names[0]}`,
    );
    expect(kernels.liveArrays.count).toBe(before);
  });
});
