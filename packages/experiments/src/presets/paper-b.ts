import { toyLevels } from '@hebblab/data';
import type { MeasurementConfig, RunConfig } from '../config.js';
import {
  betaSweep,
  fixedBudget,
  hierarchyAndFlat,
  isometricNetwork,
  type PaperBTraining,
  tanhNetwork,
} from './paper-b-models.js';

/** Digits below 5 and above, pairs of neighbours within them (the last of each group alone), digits. */
const digitLevels = [
  [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
  [0, 0, 1, 1, 2, 3, 3, 4, 4, 5],
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
];

const mnistMlp: PaperBTraining = {
  layers: tanhNetwork(Array(5).fill(100), 10),
  epochs: 5,
  batchSize: 100,
  factor: 10,
};

/** 0.001 to 100 by decades; 0 is the model `cse`. */
const decades = ['1e-3', '1e-2', '1e-1', '1', '10', '100'];

const isometry: MeasurementConfig = { kind: 'isometry', images: 1000, pairs: 10_000, groups: 4 };

/**
 * arXiv 2211.01236 on MNIST: the sweep over beta with its attacks on all test images, and the hierarchy of two groups,
 * pairs and digits.
 */
export const paperB: RunConfig = presetOf({
  name: 'paper-b',
  dataset: 'mnist',
  models: {
    ...betaSweep(mnistMlp, decades),
    ...hierarchyAndFlat({ ...mnistMlp, layers: tanhNetwork(Array(12).fill(100), 10) }, 0.1, digitLevels),
  },
  measurements: [fixedBudget(10_000), isometry, hierarchyOf(digitLevels)],
});

/** The same steps on the built-in subset with three betas and two seeds, in under two minutes on two cores. */
export const paperBShort: RunConfig = presetOf({
  name: 'paper-b-short',
  dataset: 'mnist-subset',
  seeds: 2,
  models: {
    ...betaSweep(mnistMlp, ['1e-2', '1e-1', '1']),
    ...hierarchyAndFlat({ ...mnistMlp, layers: tanhNetwork(Array(3).fill(100), 10) }, 0.1, digitLevels),
  },
  measurements: [
    fixedBudget(100),
    { ...isometry, images: 100, pairs: 2000 },
    { ...hierarchyOf(digitLevels), images: 300, pairs: 2000 },
  ],
  noiseSamples: 500,
});

/** Fashion-MNIST with its K and epochs. */
export const paperBFashion: RunConfig = presetOf({
  name: 'paper-b-fashion',
  dataset: 'fashion-mnist',
  models: betaSweep({ ...mnistMlp, epochs: 10, factor: 1 }, decades),
  measurements: [fixedBudget(10_000), isometry],
});

/** CIFAR-10: two convolutions and three wide tanh layers; 1000 test images are attacked. */
export const paperBCifar10: RunConfig = presetOf({
  name: 'paper-b-cifar-10',
  dataset: 'cifar-10',
  models: betaSweep(
    {
      layers: [
        convolution(128),
        { kind: 'max-pool', size: 2 },
        convolution(256),
        { kind: 'max-pool', size: 2 },
        { kind: 'flatten' },
        ...tanhNetwork(Array(3).fill(1000), 10),
      ],
      epochs: 10,
      batchSize: 100,
      factor: 1,
    },
    ['1e-1'],
  ),
  measurements: [fixedBudget(1000), isometry],
});

/** MNIST with the penalty on each of the five hidden layers in turn. */
export const paperBLayers: RunConfig = presetOf({
  name: 'paper-b-layers',
  dataset: 'mnist',
  models: {
    cse: isometricNetwork(mnistMlp, 0),
    ...Object.fromEntries(
      Array.from({ length: 5 }, (_, layer) => [
        `beta-1e-1-layer-${layer + 1}`,
        isometricNetwork(mnistMlp, 0.1, { layer }),
      ]),
    ),
  },
  measurements: [fixedBudget(10_000), isometry],
});

/** The torus: levels of 2, 4 and 8 classes, 5000 epochs of the whole set. */
export const paperBTorus: RunConfig = toyPreset('paper-b-torus', 'torus', 1600);

/** The entangled rings in the same way. */
export const paperBRings: RunConfig = toyPreset('paper-b-rings', 'entangled-rings', 800);

function toyPreset(name: string, dataset: string, points: number): RunConfig {
  return presetOf({
    name,
    dataset,
    models: hierarchyAndFlat(
      { layers: tanhNetwork(Array(12).fill(20), 8), epochs: 5000, batchSize: points, factor: 1 },
      10,
      toyLevels,
    ),
    measurements: [{ ...hierarchyOf(toyLevels), images: points, points }],
    // The rank of points in space.
    fit: [0, 3],
    claims: 'paper-b-hierarchy',
  });
}

function convolution(filters: number) {
  return {
    kind: 'convolution' as const,
    filters,
    size: 3,
    padding: 'same' as const,
    bias: true,
    activation: { kind: 'relu' as const, power: 1 },
  };
}

function hierarchyOf(levels: readonly (readonly number[])[]) {
  return {
    kind: 'hierarchy' as const,
    levels: levels.map((groups) => [...groups]),
    images: 1000,
    pairs: 10_000,
    points: 300,
  };
}

/** What all presets of the paper share: bytes over 255, attacks by fixed budgets, five seeds. */
function presetOf({
  seeds = 5,
  fit = [10, 100],
  claims = 'paper-b',
  noiseSamples = 10_000,
  ...settings
}: Pick<RunConfig, 'name' | 'dataset' | 'models' | 'measurements'> & {
  readonly seeds?: number;
  readonly fit?: [number, number];
  readonly claims?: RunConfig['claims'];
  readonly noiseSamples?: number;
}): RunConfig {
  return {
    schema: 1,
    normalisation: { kind: 'divide', by: 255 },
    seed: 1,
    seeds,
    spectra: { fitImages: fit, fitNoise: fit, noiseSamples },
    attacks: [],
    claims,
    ...settings,
  };
}
