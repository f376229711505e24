import type { RunConfig } from '../config.js';
import {
  convolutionalNetwork,
  multilayerPerceptron,
  type PaperCNetwork,
  paperCOf,
  twinsOf,
} from './paper-c-models.js';

/**
 * arXiv 1703.09202 on MNIST over five seeds. The paper leaves sizes and lambda open: docs/paper-c.md says what was
 * chosen on held-out images, and why.
 */
export const paperC: RunConfig = paperCOf({
  name: 'paper-c',
  dataset: 'mnist',
  seeds: 5,
  batchSize: 250,
  validationShare: 0.1,
  networks: {
    sigmoid: sigmoid([200, 200, 200], { epochs: 15, saturatedEpochs: 40, warmUpEpochs: 8 }),
    relu: relu([200, 200, 200], { epochs: 10, saturatedEpochs: 30, warmUpEpochs: 3 }),
    cnn: cnn([4, 8], 100, { epochs: 5, saturatedEpochs: 20, warmUpEpochs: 2 }),
  },
  pgdSteps: 5,
  noiseSamples: 4000,
  fitImages: [10, 100],
  measurements: measurementsOf({
    images: 10_000,
    iterativeImages: 1000,
    secondOrderImages: 200,
    audited: 200,
    auditedEpsilons: [0.1, 0.25],
    epsilons: [0.05, 0.1, 0.15, 0.2, 0.25, 0.3],
    imagesPerClass: 20,
    pairs: 20,
    points: 21,
  }),
  linear: { classifiers: 20, samples: 2000 },
});

/** Every step of the paper on the built-in images of MNIST: smaller networks, two seeds, fewer epochs and images. */
export const paperCShort: RunConfig = paperCOf({
  name: 'paper-c-short',
  dataset: 'mnist-subset',
  seeds: 2,
  batchSize: 100,
  validationShare: 0.1,
  networks: {
    sigmoid: sigmoid([60, 60], { epochs: 8, saturatedEpochs: 12, warmUpEpochs: 6 }),
    relu: relu([60, 60], { epochs: 4, saturatedEpochs: 8, warmUpEpochs: 3 }),
    cnn: cnn([2, 4], 30, { epochs: 2, saturatedEpochs: 3, warmUpEpochs: 1 }),
  },
  pgdSteps: 2,
  noiseSamples: 200,
  fitImages: [3, 25],
  measurements: measurementsOf({
    images: 200,
    iterativeImages: 50,
    secondOrderImages: 10,
    audited: 24,
    auditedEpsilons: [0.25],
    epsilons: [0.05, 0.15, 0.25],
    imagesPerClass: 6,
    pairs: 2,
    points: 5,
  }),
  linear: { classifiers: 4, samples: 1000 },
});

interface Schedule {
  readonly epochs: number;
  readonly saturatedEpochs: number;
  readonly warmUpEpochs: number;
}

/** How lambda is raised; found on held-out images (docs/paper-c.md). */
interface Raised {
  readonly learningRate: number;
  readonly step: number;
  readonly largest: number;
  readonly tolerance: number;
}

function sigmoid(widths: readonly number[], schedule: Schedule): PaperCNetwork {
  const layers = multilayerPerceptron(widths, { kind: 'sigmoid' });
  return network(layers, schedule, { learningRate: 3e-3, step: 0.2, largest: 10, tolerance: 0.02 });
}

function relu(widths: readonly number[], schedule: Schedule): PaperCNetwork {
  const layers = multilayerPerceptron(widths, { kind: 'relu', power: 1 });
  return network(layers, schedule, { learningRate: 1e-3, step: 0.02, largest: 4, tolerance: 0.01 });
}

function cnn(filters: readonly [number, number], units: number, schedule: Schedule): PaperCNetwork {
  const layers = convolutionalNetwork(filters, units);
  return network(layers, schedule, { learningRate: 1e-3, step: 2e-3, largest: 4, tolerance: 0.01 });
}

function network(
  layers: PaperCNetwork['layers'],
  { warmUpEpochs, ...epochs }: Schedule,
  { learningRate, step, largest, tolerance }: Raised,
): PaperCNetwork {
  return {
    layers,
    learningRate,
    ...epochs,
    saturation: {
      kind: 'annealed',
      initial: 0,
      step,
      shrink: 0.5,
      largest,
      warmUpEpochs,
      epochsPerStep: 1,
      tolerance,
    },
  };
}

function measurementsOf(size: {
  readonly images: number;
  readonly iterativeImages: number;
  readonly secondOrderImages: number;
  readonly audited: number;
  readonly auditedEpsilons: readonly number[];
  readonly epsilons: readonly number[];
  readonly imagesPerClass: number;
  readonly pairs: number;
  readonly points: number;
}): RunConfig['measurements'] {
  return [
    {
      kind: 'adversarial-error',
      epsilons: [...size.epsilons],
      attacks: [
        { kind: 'fgsm', images: size.images },
        { kind: 'targeted', images: size.iterativeImages, steps: 10, stepShare: 0.25 },
        { kind: 'second-order', images: size.secondOrderImages, rounds: 3, steps: 3, stepShare: 0.25 },
      ],
    },
    { kind: 'layer-similarity', imagesPerClass: size.imagesPerClass, drawnPerClass: 2 },
    { kind: 'jacobian-paths', pairs: size.pairs, points: size.points },
    {
      kind: 'activation-saturation',
      images: Math.min(size.images, 1000),
      bins: 20,
      tolerance: 0.01,
    },
    { kind: 'weight-kurtosis' },
    {
      kind: 'audit',
      images: size.audited,
      epsilons: [...size.auditedEpsilons],
      twins: twinsOf(['sigmoid', 'relu', 'cnn']),
    },
  ];
}
