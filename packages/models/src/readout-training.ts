import { type Kernels, softmaxCrossEntropy } from '@hebblab/wasm';
import {
  type FrozenLayer,
  type ReadoutTraining,
  type ReadoutTrainingSettings,
  trainOnFrozenLayer,
} from './frozen-layer-readout.js';
import type { Samples } from './samples.js';
import type { TrainingStart } from './training.js';

/**
 * A softmax readout with bias on ReLU(h)^power of a frozen layer, by Adam on the cross-entropy (the KHModel of
 * arXiv 2405.00679). It starts from 0. The layer's activations are computed once. Metrics of an epoch: the mean `loss`
 * in nats and the `accuracy` on the training batches as they came.
 *
 * @throws where a size is out of range; DataError where a checkpoint does not fit
 * @example
 * using training = createReadoutTraining(kernels, samples, layer, settings, { kind: 'fresh' });
 * runTraining(training);
 */
export function createReadoutTraining(
  kernels: Kernels,
  samples: Samples,
  layer: FrozenLayer,
  settings: ReadoutTrainingSettings,
  start: TrainingStart,
): ReadoutTraining {
  return trainOnFrozenLayer(kernels, samples, layer, settings, start, {
    operation: 'createReadoutTraining',
    hasBias: true,
    loss: (batch) => softmaxCrossEntropy(kernels, { ...batch, gradientScale: 1 / batch.labels.length }),
  });
}
