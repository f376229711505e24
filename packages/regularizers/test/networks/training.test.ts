import {
  createGradientTraining,
  type GradientTrainingSettings,
  type LayerSpec,
  type NetworkPenalty,
} from '@hebblab/models/networks';
import {
  type Annealing,
  annealingIn,
  isometryPenalty,
  jacobianPenalty,
  jacregPublished,
  l2,
  saturationPenalty,
  spectralPenalty,
  spectralPenaltyPublished,
} from '@hebblab/regularizers/networks';
import { configureBackend } from '@hebblab/tfjs-backend';
import { openKernels } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bitsOf, dense, readout, relu, settingsOf, tanh, toySamples } from './support/toys.js';

const kernels = await openKernels({ variant: 'simd128' });
configureBackend({ kernels });
await tf.setBackend('hebblab');

const samples = toySamples(90);
const convolution: LayerSpec = {
  kind: 'convolution',
  filters: 3,
  size: 2,
  padding: 'valid',
  bias: true,
  activation: relu,
};
const annealed = {
  kind: 'annealed',
  initial: 0,
  step: 0.05,
  shrink: 0.5,
  largest: 1,
  warmUpEpochs: 1,
  epochsPerStep: 1,
  tolerance: 0.05,
} as const satisfies { readonly kind: 'annealed' } & Annealing;

/** Each penalty at a weight that tells, on a network that it suits. */
const penalised: [string, (weight: number) => NetworkPenalty, GradientTrainingSettings][] = [
  ['l2', l2, settingsOf([dense(8, tanh), { kind: 'batch-normalisation' }, readout])],
  ['jacreg-published', jacregPublished, settingsOf([dense(8, relu, false), readout])],
  ['jacreg', exactJacobian, settingsOf([dense(8, relu, false), readout])],
  ['jacreg', exactJacobian, settingsOf([dense(8, tanh), dense(6, tanh), readout])],
  ['jacreg', exactJacobian, settingsOf([convolution, { kind: 'flatten' }, readout])],
  ['jacreg', projectedJacobian, settingsOf([dense(8, relu, false), readout])],
  ['jacreg', projectedJacobian, settingsOf([convolution, { kind: 'flatten' }, readout])],
  ['isometry', isometry, settingsOf([dense(8, tanh), dense(8, tanh), readout])],
  [
    'isometry',
    isometry,
    settingsOf([convolution, { kind: 'max-pool', size: 2 }, { kind: 'flatten' }, readout]),
  ],
  ['saturation', saturation, settingsOf([dense(8, { kind: 'sigmoid' }), readout])],
  ['saturation', saturation, settingsOf([convolution, { kind: 'flatten' }, readout])],
  ['specreg', spectral, settingsOf([dense(8, tanh), readout], { epochs: 20 })],
  [
    'specreg-published',
    publishedSpectral,
    settingsOf([dense(40, relu), { kind: 'batch-normalisation' }, readout]),
  ],
];

describe('a training with a penalty', () => {
  it.each(penalised)('lowers %s', (name, penalty, settings) => {
    const [without, withPenalty] = [watched(penalty(1)), penalty(1)].map((term) => {
      using training = createGradientTraining(kernels, samples, settings, [term], { kind: 'fresh' });
      const metrics = Array.from({ length: settings.epochs }, () => training.runEpoch());
      return metrics.at(-1)?.[name] as number;
    }) as [number, number];
    expect(without).toBeGreaterThan(0);
    expect(withPenalty).toBeLessThan(0.9 * without);
  });

  it.each(penalised)('ends with the same bits when it is resumed (%s, %#)', (_, penalty, settings) => {
    expectSameBitsResumed(settings, penalty(0.1));
  });

  it.each(penalised)('leaves no tensors behind (%s, %#)', (_, penalty, settings) => {
    const before = tf.memory().numTensors;
    {
      using training = createGradientTraining(kernels, samples, settings, [penalty(0.1)], { kind: 'fresh' });
      training.runEpoch();
      const { numTensors, numBytes } = tf.memory();
      training.runEpoch();
      expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an annealed saturation penalty', () => {
  const penalty = saturationPenalty({ weight: annealed, over: 'mean' });
  const settings = settingsOf([dense(8, { kind: 'sigmoid' }), readout], { validationShare: 0.3, epochs: 8 });

  it('begins with its initial weight and is raised while the validation accuracy holds', () => {
    using training = createGradientTraining(kernels, samples, settings, [penalty], { kind: 'fresh' });
    const values = Array.from({ length: 4 }, () => training.runEpoch().saturation as number);
    expect(values[0]).toBe(0);
    expect(values[1]).toBeGreaterThan(0);
    expect(values[3]).toBeGreaterThan(values[1] as number);
    // Judged from epoch 1 on, each time raised by 0.05.
    expect(annealingIn(training.checkpoint(), 'saturation')).toMatchObject({ epochs: 4, weight: 0.2 });
  });

  it('goes on with the same bits when it is resumed', () => {
    expectSameBitsResumed(settings, penalty);
  });

  it('needs images held out', () => {
    const none = { ...settings, validationShare: 0 };
    using training = createGradientTraining(kernels, samples, none, [penalty], { kind: 'fresh' });
    expect(() => training.runEpoch()).toThrow(
      'annealing: expected a validation accuracy in [0, 1] (hold images out), got NaN',
    );
  });

  it('refuses a checkpoint without its state', () => {
    using plain = createGradientTraining(kernels, samples, settings, [], { kind: 'fresh' });
    const start = { kind: 'resume', checkpoint: plain.checkpoint() } as const;
    expect(() => createGradientTraining(kernels, samples, settings, [penalty], start)).toThrow(
      'annealingIn: expected saturation annealing as float64 [6], got none',
    );
  });
});

function expectSameBitsResumed(settings: GradientTrainingSettings, penalty: NetworkPenalty): void {
  using whole = createGradientTraining(kernels, samples, settings, [penalty], { kind: 'fresh' });
  for (let epoch = 0; epoch < 2; epoch++) whole.runEpoch();
  const checkpoint = whole.checkpoint();
  using resumed = createGradientTraining(kernels, samples, settings, [penalty], {
    kind: 'resume',
    checkpoint,
  });
  for (let epoch = 0; epoch < 2; epoch++) {
    whole.runEpoch();
    resumed.runEpoch();
  }
  expect(bitsOf(resumed)).toEqual(bitsOf(whole));
}

/** The penalty as a metric alone, without a gradient. */
function watched(penalty: NetworkPenalty): NetworkPenalty {
  return {
    name: penalty.name,
    start(context) {
      const running = penalty.start(context);
      return {
        ...running,
        value: (pass, step) => tf.scalar(running.value(pass, step).dataSync()[0] as number),
      };
    },
  };
}

function exactJacobian(weight: number): NetworkPenalty {
  return jacobianPenalty({ weight, form: { kind: 'exact' } });
}

function projectedJacobian(weight: number): NetworkPenalty {
  return jacobianPenalty({ weight, form: { kind: 'projected', projections: 2 } });
}

function isometry(weight: number): NetworkPenalty {
  return isometryPenalty({ weight, factor: 2, layer: 'last', form: 'distances' });
}

function saturation(weight: number): NetworkPenalty {
  return saturationPenalty({ weight: { kind: 'constant', value: weight }, over: 'mean' });
}

function spectral(weight: number): NetworkPenalty {
  return spectralPenalty({ weight, slope: 1, tau: 0, layer: 0 });
}

function publishedSpectral(weight: number): NetworkPenalty {
  return spectralPenaltyPublished({ weight, slope: 1, layer: 0 });
}
