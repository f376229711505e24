import {
  createGradientTraining,
  type LayerSpec,
  type NetworkPenalty,
  type NetworkPenaltyContext,
  openTensors,
} from '@hebblab/models/networks';
import {
  type Annealing,
  isometryOf,
  isometryPenalty,
  jacobianPenalty,
  jacregPublished,
  l2,
  saturationPenalty,
  spectralPenalty,
  spectralPenaltyPublished,
} from '@hebblab/regularizers/networks';
import { openKernels } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { passOf, publishedNetworks } from './support/published.js';
import { dense, readout, relu, settingsOf, toySamples } from './support/toys.js';

const kernels = await openKernels({ variant: 'simd128' });
await openTensors(kernels);

const isometry = { weight: 0.1, factor: 10, layer: 'last', form: 'distances' } as const;
const spectral = { weight: 1, slope: 1, tau: 2, layer: 0 } as const;
const annealing: Annealing = {
  initial: 0,
  step: 0.1,
  shrink: 0.5,
  largest: 1,
  warmUpEpochs: 0,
  epochsPerStep: 1,
  tolerance: 0.01,
};
const exact = { kind: 'exact' } as const;

describe('settings of penalties', () => {
  it.each<[string, () => unknown, string]>([
    ['l2', () => l2(-1), 'l2: expected a weight >= 0, got -1'],
    ['jacreg-published', () => jacregPublished(-1), 'jacregPublished: expected a weight >= 0, got -1'],
    [
      'a negative beta of the isometry',
      () => isometryPenalty({ ...isometry, weight: -1 }),
      'isometryPenalty: expected a weight >= 0, got -1',
    ],
    [
      'K = 0',
      () => isometryPenalty({ ...isometry, factor: 0 }),
      'isometryPenalty: expected factor > 0, got 0',
    ],
    [
      'an unknown form',
      () => isometryPenalty({ ...isometry, form: 'other' as 'distances' }),
      "isometryPenalty: expected the form 'distances' or 'relative distances', got other",
    ],
    [
      'a negative weight of the Jacobian',
      () => jacobianPenalty({ weight: Number.NaN, form: exact }),
      'jacobianPenalty: expected a weight >= 0, got NaN',
    ],
    [
      'no projections',
      () => jacobianPenalty({ weight: 1, form: { kind: 'projected', projections: 0 } }),
      'jacobianPenalty: expected projections as a whole number >= 1, got 0',
    ],
    [
      'a negative lambda',
      () => saturationPenalty({ weight: { kind: 'constant', value: -1 }, over: 'mean' }),
      'saturationPenalty: expected a weight >= 0, got -1',
    ],
    [
      'an unknown reduction',
      () => saturationPenalty({ weight: { kind: 'constant', value: 1 }, over: 'max' as 'mean' }),
      "saturationPenalty: expected over as 'mean' or 'sum', got max",
    ],
    ['a negative initial lambda', () => annealed({ initial: -1 }), 'expected a weight >= 0, got -1'],
    ['a step of 0', () => annealed({ step: 0 }), 'expected step > 0, got 0'],
    ['a step that never shrinks', () => annealed({ shrink: 1 }), 'expected shrink between 0 and 1, got 1'],
    [
      'an end below the start',
      () => annealed({ largest: -1 }),
      'expected largest >= the initial weight 0, got -1',
    ],
    [
      'half a warm-up',
      () => annealed({ warmUpEpochs: 0.5 }),
      'expected warmUpEpochs as a whole number >= 0, got 0.5',
    ],
    [
      'no epochs',
      () => annealed({ epochsPerStep: 0 }),
      'expected epochsPerStep as a whole number >= 1, got 0',
    ],
    ['a tolerance of 1', () => annealed({ tolerance: 1 }), 'expected a tolerance in [0, 1), got 1'],
    [
      'a flat power law',
      () => spectralPenalty({ ...spectral, slope: 0 }),
      'spectralPenalty: expected slope > 0, got 0',
    ],
    [
      'a tau between eigenvalues',
      () => spectralPenalty({ ...spectral, tau: 0.5 }),
      'spectralPenalty: expected tau as a whole number >= 0, got 0.5',
    ],
    [
      'a negative weight of the spectrum',
      () => spectralPenaltyPublished({ ...spectral, weight: -1 }),
      'spectralPenaltyPublished: expected a weight >= 0, got -1',
    ],
  ])('are refused: %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it.each<[string, NetworkPenalty, readonly LayerSpec[], number, string]>([
    [
      'a layer that is not there',
      isometryPenalty({ ...isometry, layer: 1 }),
      [dense(4, relu), readout],
      30,
      "isometryPenalty: expected a hidden layer from 0 to 0 or 'last', got 1",
    ],
    [
      'no hidden layer',
      isometryPenalty(isometry),
      [readout],
      30,
      'isometryPenalty: expected a network with a hidden layer, got last',
    ],
    [
      'a Jacobian across a batch normalisation',
      jacobianPenalty({ weight: 1, form: exact }),
      [dense(4, relu), { kind: 'batch-normalisation' }, readout],
      30,
      'jacobianPenalty: expected a network without batch normalisation, got one with it',
    ],
    [
      'units that never saturate',
      annealed({}),
      [dense(4, { kind: 'linear' }), readout],
      30,
      'saturationPenalty: expected hidden layers that saturate, got a linear one',
    ],
    [
      'no units that saturate',
      annealed({}),
      [readout],
      30,
      'saturationPenalty: expected a network with a hidden layer, got none',
    ],
    [
      'batches too small for the layer',
      spectralPenalty(spectral),
      [dense(25, relu), readout],
      30,
      'spectralPenalty: expected batches of at least 32 samples (1.25 for each of 25 units), the last one too, got one of 30',
    ],
    [
      'a tau with nothing after it',
      spectralPenalty({ ...spectral, tau: 3 }),
      [dense(4, relu), readout],
      30,
      'spectralPenalty: expected tau below 3 of 4 units, got 3',
    ],
    [
      'the spectrum of a convolution',
      spectralPenalty(spectral),
      [
        { kind: 'convolution', filters: 2, size: 2, padding: 'valid', bias: false, activation: relu },
        { kind: 'flatten' },
        readout,
      ],
      30,
      'spectralPenalty: expected a dense layer, got layer 0, a convolution',
    ],
  ])('are refused where the training does not suit: %s', (_, penalty, layers, batchSize, message) => {
    expect(() => penalty.start(contextOf(layers, batchSize))).toThrow(message);
  });

  it('are refused where labels are missing', () => {
    const [network] = publishedNetworks;
    if (network === undefined) throw new Error('expected a published network');
    const { parameters, run } = passOf(network);
    const pass = { ...run(parameters), labels: tf.tensor1d([0, 1], 'int32') };
    expect(() => isometryOf(pass, isometry)).toThrow(
      'isometryPenalty: expected a label of each of 9 samples, got 2',
    );
  });

  it('are refused where the last batch is too small for the layer', () => {
    const settings = settingsOf([dense(16, relu), readout], { batchSize: 40 });
    using training = createGradientTraining(kernels, toySamples(90), settings, [spectralPenalty(spectral)], {
      kind: 'fresh',
    });
    expect(() => training.runEpoch()).toThrow(
      'spectralPenalty: expected batches of at least 20 samples (1.25 for each of 16 units), the last one too, got one of 10',
    );
  });

  it('need the eigenvectors before a value', () => {
    const [network] = publishedNetworks;
    if (network === undefined) throw new Error('expected a published network');
    const { parameters, run } = passOf(network);
    // The published batch has 9 samples, enough for 7 units.
    const running = spectralPenalty(spectral).start(contextOf([dense(7, relu), readout], 30));
    expect(() => running.value(run(parameters), 0)).toThrow(
      'spectralPenalty: expected beforeEpoch to be called before value, got no eigenvectors',
    );
  });
});

function annealed(changed: Partial<Annealing>): NetworkPenalty {
  return saturationPenalty({ weight: { kind: 'annealed', ...annealing, ...changed }, over: 'mean' });
}

function contextOf(layers: readonly LayerSpec[], batchSize: number): NetworkPenaltyContext {
  const { architecture } = settingsOf(layers);
  return { architecture, kernels, samples: toySamples(90), batchSize, seed: 1, forEachBatch() {} };
}
