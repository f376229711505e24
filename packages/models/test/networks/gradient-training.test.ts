import { createNetworkTraining, normalisedImages, type Samples, samplesOfPoints } from '@hebblab/models';
import {
  type Activation,
  createGradientTraining,
  type GradientTrainingSettings,
  type LayerSpec,
  type NetworkPenalty,
  parameterShapes,
} from '@hebblab/models/networks';
import { configureBackend } from '@hebblab/tfjs-backend';
import { openKernels } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bitsOf, firstGradient, runEpochs, samplesFrom, separableSamples } from '../support/toys.js';
import { expectClose } from '../support/vectors.js';

const kernels = await openKernels({ variant: 'simd128' });
configureBackend({ kernels });
await tf.setBackend('hebblab');

const samples = separableSamples(kernels, 150);
const relu: Activation = { kind: 'relu', power: 1 };
const dense = (units: number, activation: Activation, bias = true): LayerSpec => ({
  kind: 'dense',
  units,
  bias,
  activation,
});
const readout = dense(3, { kind: 'linear' });

function settingsOf(layers: readonly LayerSpec[], more: Partial<GradientTrainingSettings> = {}) {
  return {
    architecture: { inputShape: [1, 12, 1], layers },
    initialisation: 'he-normal',
    epochs: 4,
    batchSize: 40,
    learningRate: { kind: 'constant', value: 1e-2 },
    seed: 3,
    validationShare: 0,
    earlyStop: { kind: 'never' },
    adversarialTraining: { kind: 'none' },
    levels: [],
    ...more,
  } as const satisfies GradientTrainingSettings;
}

function trainingOf(
  settings: GradientTrainingSettings,
  penalties: readonly NetworkPenalty[] = [],
  on: Samples = samples,
) {
  return createGradientTraining(kernels, on, settings, penalties, { kind: 'fresh' });
}

/** half the sum of the squares of the first weights */
const decay: NetworkPenalty = {
  name: 'decay',
  start: () => ({
    value: ({ parameters }) => tf.mul(0.5, tf.sum(tf.square(parameters['layers.0.weights'] as tf.Tensor))),
    dispose() {},
  }),
};

describe('createGradientTraining', () => {
  it('takes the gradients of the closed form', () => {
    const settings = settingsOf([dense(5, { kind: 'relu', power: 2 }, false), readout], { batchSize: 150 });
    using training = trainingOf(settings);
    const initial = training.checkpoint().arrays;
    const named = (from: string, to: string) =>
      ['parameter', 'first moment', 'second moment'].map((group) => {
        const array = initial.get(`${from}, ${group}`);
        if (array === undefined) throw new Error(`expected ${from}`);
        return [`${to}, ${group}`, array] as const;
      });
    const arrays = new Map([
      ...named('layers.0.weights', 'hidden weights'),
      ...named('layers.1.weights', 'readout weights'),
      ...named('layers.1.bias', 'readout bias'),
      ['optimizer steps', { dtype: 'uint32', shape: [3], data: new Uint32Array(3) }] as const,
    ]);
    using closed = createNetworkTraining(kernels, samples, { ...settings, hidden: 5, power: 2 }, [], {
      kind: 'resume',
      checkpoint: { epoch: 0, arrays },
    });
    expect(training.runEpoch().loss).toBeCloseTo(closed.runEpoch().loss as number, 5);
    const ours = training.checkpoint();
    const theirs = closed.checkpoint();
    expectClose(firstGradient(ours, 'layers.0.weights'), firstGradient(theirs, 'hidden weights'));
    expectClose(firstGradient(ours, 'layers.1.weights'), firstGradient(theirs, 'readout weights'));
    expectClose(firstGradient(ours, 'layers.1.bias'), firstGradient(theirs, 'readout bias'));
  });

  it('adds the gradient of a penalty', () => {
    const settings = settingsOf([dense(5, { kind: 'tanh' }), readout], { batchSize: 150 });
    using plain = trainingOf(settings);
    using decayed = trainingOf(settings, [decay]);
    const weights = decayed.parameters()['layers.0.weights'] as Float32Array;
    const { decay: value } = decayed.runEpoch();
    plain.runEpoch();
    expect(value).toBeCloseTo(
      weights.reduce((sum, weight) => sum + weight ** 2 / 2, 0),
      4,
    );
    const without = firstGradient(plain.checkpoint(), 'layers.0.weights');
    const expected = without.map((gradient, index) => gradient + (weights[index] as number));
    expectClose(firstGradient(decayed.checkpoint(), 'layers.0.weights'), expected);
  });

  it.each([
    ['tanh layers', [dense(8, { kind: 'tanh' }), dense(8, { kind: 'tanh' }), readout]],
    ['sigmoid layers', [dense(16, { kind: 'sigmoid' }), readout]],
    ['a batch normalisation', [dense(8, relu, false), { kind: 'batch-normalisation' }, readout]],
    [
      'convolutions',
      [
        { kind: 'convolution', filters: 4, size: 3, padding: 'same', bias: true, activation: relu },
        { kind: 'flatten' },
        readout,
      ],
    ],
  ] satisfies [string, LayerSpec[]][])('learns with %s', (_, layers) => {
    using training = trainingOf(settingsOf(layers, { epochs: 15, validationShare: 0.2 }));
    const last = runEpochs(training, 15).at(-1);
    expect(last?.validationAccuracy).toBeGreaterThan(0.9);
  });

  it('makes no tensors that stay', () => {
    const settings = settingsOf(
      [
        { kind: 'convolution', filters: 4, size: 3, padding: 'same', bias: true, activation: relu },
        { kind: 'batch-normalisation' },
        { kind: 'flatten' },
        readout,
      ],
      {
        validationShare: 0.2,
        adversarialTraining: { kind: 'pgd', epsilon: 0.1, rampEpochs: 1, steps: 2, stepSize: 0.05 },
      },
    );
    const before = tf.memory().numTensors;
    {
      using training = trainingOf(settings, [decay]);
      training.runEpoch();
      const { numTensors, numBytes } = tf.memory();
      training.runEpoch();
      expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps running averages of what it learns from, not of what penalties look at', () => {
    const looking: NetworkPenalty = {
      name: 'looking',
      start: ({ forEachBatch }) => ({
        beforeEpoch: () => forEachBatch(10, () => {}),
        value: () => tf.scalar(0),
        dispose() {},
      }),
    };
    const settings = settingsOf([dense(8, relu, false), { kind: 'batch-normalisation' }, readout]);
    using plain = trainingOf(settings);
    using watched = trainingOf(settings, [looking]);
    runEpochs(plain, 2);
    runEpochs(watched, 2);
    expect(watched.parameters()).toEqual(plain.parameters());
  });

  it('ends with the same bits when it is resumed', () => {
    const settings = settingsOf([dense(8, relu, false), { kind: 'batch-normalisation' }, readout], {
      validationShare: 0.2,
      earlyStop: { kind: 'patience', epochs: 50 },
      adversarialTraining: { kind: 'pgd', epsilon: 0.1, rampEpochs: 1, steps: 2, stepSize: 0.05 },
    });
    using whole = trainingOf(settings);
    runEpochs(whole, 4);
    using first = trainingOf(settings);
    runEpochs(first, 2);
    using second = createGradientTraining(kernels, samples, settings, [], {
      kind: 'resume',
      checkpoint: first.checkpoint(),
    });
    runEpochs(second, 2);
    expect(bitsOf(second)).toEqual(bitsOf(whole));
  });

  it('stops after epochs that got no better, with the parameters of the best one', () => {
    // Labels that do not depend on the image: no epoch is better than the first for long.
    const blank = samplesFrom(
      Array.from({ length: 40 }, () => Array(12).fill(200)),
      Array.from({ length: 40 }, (_, index) => index % 3),
      3,
    );
    const settings = settingsOf([readout], {
      epochs: 100,
      validationShare: 0.5,
      earlyStop: { kind: 'patience', epochs: 3 },
      learningRate: { kind: 'constant', value: 1e-9 },
    });
    using training = trainingOf(settings, [], blank);
    training.runEpoch();
    const afterFirst = training.parameters();
    while (!training.finished()) training.runEpoch();
    expect(training.epoch()).toBe(4);
    expect(training.parameters()).toEqual(afterFirst);
  });

  it('trains the block of each level and the readout, earlier blocks by their own level alone', () => {
    const layers = [dense(3, { kind: 'tanh' }), dense(3, { kind: 'tanh' }), readout];
    const trained = (fine: readonly number[]) => {
      const levels = [
        { groups: [0, 0, 1], depth: 1 },
        { groups: fine, depth: 2 },
      ];
      const training = trainingOf(settingsOf(layers, { epochs: 1, batchSize: 150, levels }));
      return { training, metrics: training.runEpoch() };
    };
    const { training: one, metrics } = trained([0, 1, 2]);
    const { training: other } = trained([2, 1, 0]);
    expect(Object.keys(metrics)).toEqual(['learningRate', 'loss, level 1', 'loss', 'accuracy']);
    // Weights and bias of each block by its own level's step, those of the readout by both.
    const steps = one.checkpoint().arrays.get('optimizer steps')?.data;
    expect([...(steps as Uint32Array)]).toEqual([1, 1, 1, 1, 2, 2]);
    // What the second level learns changes its own block, and nothing in the first.
    expect(one.parameters()['layers.0.weights']).toEqual(other.parameters()['layers.0.weights']);
    expect(one.parameters()['layers.1.weights']).not.toEqual(other.parameters()['layers.1.weights']);
    one.dispose();
    other.dispose();
  });

  /**
   * The loss of the first epoch of one input and two classes with logits (w x, -w x) and w = 1. The gradient of class 0 by
   * x is negative, so that x = 1 goes down by epsilon, and the loss is ln(1 + exp(-2 (1 - epsilon))).
   */
  function firstLossUnder(adversarialTraining: GradientTrainingSettings['adversarialTraining']): number {
    const bright = samplesFrom([[255]], [0], 2);
    const settings: GradientTrainingSettings = {
      ...settingsOf([dense(2, { kind: 'linear' }, false)]),
      architecture: { inputShape: [1, 1, 1], layers: [dense(2, { kind: 'linear' }, false)] },
      adversarialTraining,
    };
    using fresh = trainingOf(settings, [], bright);
    const arrays = new Map(fresh.checkpoint().arrays);
    arrays.set('layers.0.weights, parameter', {
      dtype: 'float32',
      shape: [1, 2],
      data: Float32Array.of(1, -1),
    });
    using training = createGradientTraining(kernels, bright, settings, [], {
      kind: 'resume',
      checkpoint: { epoch: 0, arrays },
    });
    return training.runEpoch().loss ?? Number.NaN;
  }

  it('trains on images that are moved along the sign of the gradient', () => {
    const loss = firstLossUnder({ kind: 'fgsm', epsilon: 0.25, rampEpochs: 1 });
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(-2 * (1 - 0.25))), 6);
  });

  it('moves them by a part of epsilon in the epochs of a ramp', () => {
    const loss = firstLossUnder({ kind: 'fgsm', epsilon: 0.25, rampEpochs: 5 });
    expect(loss).toBeCloseTo(Math.log1p(Math.exp(-2 * (1 - 0.05))), 6);
  });

  it('learns from points as from the bytes that have their values', () => {
    const settings = settingsOf([dense(8, { kind: 'tanh' }), readout], { validationShare: 0.2 });
    const points = samplesOfPoints({
      name: 'points',
      split: 'train',
      inputs: 12,
      values: normalisedImages(samples, samples.count),
      labels: samples.images.labels,
      classNames: samples.images.classNames,
    });
    using fromBytes = trainingOf(settings);
    using fromPoints = trainingOf(settings, [], points);
    expect(runEpochs(fromPoints, 2)).toEqual(runEpochs(fromBytes, 2));
    expect(bitsOf(fromPoints)).toEqual(bitsOf(fromBytes));
  });

  it.each([
    [
      { levels: [{ groups: [0, 1, 2], depth: 1 }] },
      'expected a depth of 2, all layers before the readout, at level 1, got 1',
    ],
    [
      {
        levels: [
          { groups: [0, 0, 1], depth: 2 },
          { groups: [0, 1, 2], depth: 2 },
        ],
      },
      'expected a depth from 1 to 1 at level 1, got 2',
    ],
    [{ levels: [{ groups: [0, 1], depth: 2 }] }, 'expected a group for each of 3 classes at level 1, got 2'],
    [{ levels: [{ groups: [0, 1, 3], depth: 2 }] }, 'expected groups from 0 to 2 at level 1, got 3'],
    [
      { adversarialTraining: { kind: 'fgsm', epsilon: 0.1, rampEpochs: 0 } },
      'adversarialTraining: expected rampEpochs as a whole number >= 1, got 0',
    ],
    [{ adversarialTraining: { kind: 'fgsm', epsilon: 0, rampEpochs: 1 } }, 'expected an epsilon > 0, got 0'],
    [
      { adversarialTraining: { kind: 'pgd', epsilon: 0.1, rampEpochs: 1, steps: 0, stepSize: 0.1 } },
      'expected steps as a whole number >= 1, got 0',
    ],
    [{ earlyStop: { kind: 'patience', epochs: 2 } }, 'expected a validation share above 0, got 0'],
    [{ validationShare: 1 }, 'expected a validation share in [0, 1) of 150 images, got 1'],
    [{ epochs: 0 }, 'expected epochs as a whole number >= 1, got 0'],
  ] satisfies [Partial<GradientTrainingSettings>, string][])('refuses %o', (more, message) => {
    const layers = [dense(3, { kind: 'tanh' }), dense(3, { kind: 'tanh' }), readout];
    expect(() => trainingOf(settingsOf(layers, more))).toThrow(message);
  });

  it('refuses samples that do not fit the network', () => {
    const settings = settingsOf([readout]);
    const narrow = samplesFrom([[1, 2]], [0], 3);
    expect(() => trainingOf(settings, [], narrow)).toThrow(
      'createGradientTraining: expected samples of 12 values, got 2',
    );
  });
});

describe('parameterShapes', () => {
  it('refuses a dense layer on images', () => {
    const layers: LayerSpec[] = [
      { kind: 'convolution', filters: 2, size: 3, padding: 'valid', bias: true, activation: relu },
      readout,
    ];
    expect(() => parameterShapes({ inputShape: [5, 5, 1], layers })).toThrow(
      'expected rows of values (a flatten before it) before layer 1 (dense), got values of shape [3,3,2]',
    );
  });

  it('refuses a network without a linear readout', () => {
    expect(() => parameterShapes({ inputShape: [1, 2, 1], layers: [dense(2, relu)] })).toThrow(
      'expected a linear dense layer as the last, got dense',
    );
  });
});
