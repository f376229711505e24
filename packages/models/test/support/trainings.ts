import {
  createLayerTraining,
  createNetworkTraining,
  createReadoutTraining,
  createTanhReadoutTraining,
  krotovHopfieldRule,
  type Samples,
  type Training,
  type TrainingStart,
} from '@hebblab/models';
import { type Kernels, randomNormal } from '@hebblab/wasm';

/** A small training of each kind; `epochs` and the batches can be chosen. */
export interface TrainingKind {
  readonly title: string;
  create(
    samples: Samples,
    options: { seed: number; epochs: number; batchSize: number },
    start: TrainingStart,
  ): Training;
}

export function trainingKinds(kernels: Kernels): readonly TrainingKind[] {
  const hidden = 8;
  const layerWeights = new Float32Array(hidden * 12);
  randomNormal(kernels, { seed: 3, stream: 'frozen layer' }, layerWeights);
  const hiddenLayer = { kind: 'krotov-hopfield', weights: layerWeights, p: 3 } as const;
  const rule = krotovHopfieldRule({ p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 });
  const learningRate = { kind: 'constant', value: 0.01 } as const;
  return [
    {
      title: 'layer',
      create(samples, options, start) {
        const settings = { ...options, hidden, learningRate, initialDeviation: 1, norm: { p: 3, radius: 1 } };
        return createLayerTraining(kernels, samples, settings, rule, start);
      },
    },
    {
      title: 'readout',
      create: (samples, options, start) =>
        createReadoutTraining(
          kernels,
          samples,
          { hidden, hiddenLayer },
          { ...options, learningRate, power: 2.5 },
          start,
        ),
    },
    {
      title: 'tanh readout',
      create: (samples, options, start) =>
        createTanhReadoutTraining(
          kernels,
          samples,
          { hidden, hiddenLayer },
          { ...options, learningRate, power: 1.5, loss: { beta: 0.1, exponent: 6 } },
          start,
        ),
    },
    {
      title: 'network',
      create: (samples, options, start) =>
        createNetworkTraining(kernels, samples, { ...options, hidden, learningRate, power: 1.5 }, [], start),
    },
  ];
}
