import { normalisationScales } from '@hebblab/data';
import {
  createLayerTraining,
  createNetworkTraining,
  krotovHopfieldRule,
  normalisedImages,
  runTraining,
  samplesOf,
} from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';
import { randomImages } from './lib/random-images.js';

export const name = 'training-step';
export const question =
  'How many images a second does a training take in, with all that goes on around its kernels?';

const [images, inputs, hidden, batchSize] = [500, 784, 200, 100];

/** An epoch of five steps; making and ending the training is a part of it, as it is of every training. */
export const cases = [
  {
    name: 'two layers by Adam, 5 steps of 100 x 784 -> 200 -> 10',
    items: images,
    flops: 3 * 2 * images * (inputs * hidden + hidden * 10),
    precision: 'f32',
    setup: prepare,
    run(_, { kernels, samples }) {
      const learningRate = { kind: 'constant', value: 1e-3 };
      const settings = { hidden, power: 1, epochs: 1, batchSize, learningRate, seed: 1 };
      const training = createNetworkTraining(kernels, samples, settings, [], { kind: 'fresh' });
      runTraining(training);
      training.dispose();
    },
  },
  {
    name: 'Krotov-Hopfield layer, 5 steps of 100 x 784 -> 200',
    items: images,
    flops: 2 * images * inputs * hidden,
    precision: 'f32',
    setup: prepare,
    run(_, { kernels, samples }) {
      const training = createLayerTraining(
        kernels,
        samples,
        {
          hidden,
          epochs: 1,
          batchSize,
          learningRate: { kind: 'linear', value: 0.06 },
          initialDeviation: 1,
          norm: { p: 3, radius: 1 },
          seed: 1,
        },
        krotovHopfieldRule({ p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 }),
        { kind: 'fresh' },
      );
      runTraining(training);
      training.dispose();
    },
  },
  {
    name: 'images of 784 bytes to normalised floats',
    items: images,
    bytes: 5 * images * inputs,
    setup: prepare,
    run: (_, { samples }) => normalisedImages(samples, images),
  },
];

async function prepare() {
  const kernels = await openKernels({ variant: 'simd128' });
  const set = randomImages(images, 28, 28);
  return { kernels, samples: samplesOf(set, normalisationScales(set, { kind: 'lp', p: 3 })) };
}
