import type { Kernels } from '@hebblab/wasm';
import {
  type FrozenLayer,
  type ReadoutTraining,
  type ReadoutTrainingSettings,
  trainOnFrozenLayer,
} from './frozen-layer-readout.js';
import { expectPowerLoss, type PowerLoss, powerLoss } from './power-loss.js';
import type { Samples } from './samples.js';
import type { TrainingStart } from './training.js';

/** How the readout of the original Krotov-Hopfield classifier is trained. */
export interface TanhReadoutTrainingSettings extends ReadoutTrainingSettings {
  readonly loss: PowerLoss;
}

/**
 * The classifier of Krotov & Hopfield 2019 on a frozen layer: c = tanh(beta S r) with r = ReLU(h)^power and no bias,
 * by Adam on the mean over the batch of sum_classes |c - t|^exponent, t = 1 for the label and -1 for the others.
 * S starts from 0. Metrics as those of createReadoutTraining, `loss` without a unit.
 *
 * `readout()` gives the weights beta S and a bias of 0: the logits of a model made with them are the values BEFORE
 * tanh, whose largest is that of c. Attack those: behind tanh the gradients of many images are exactly 0.
 *
 * @throws where a size, beta or the exponent is out of range; DataError where a checkpoint does not fit
 * @example
 * // 2000 hidden units, p = 3, k = 7 on MNIST: a test error of about 1.5 %
 * const settings = { power: 4.5, epochs: 300, batchSize: 100, learningRate, seed: 1, loss: { beta: 0.01, exponent: 6 } };
 * using training = createTanhReadoutTraining(kernels, samples, layer, settings, { kind: 'fresh' });
 */
export function createTanhReadoutTraining(
  kernels: Kernels,
  samples: Samples,
  layer: FrozenLayer,
  settings: TanhReadoutTrainingSettings,
  start: TrainingStart,
): ReadoutTraining {
  const operation = 'createTanhReadoutTraining';
  const { loss } = settings;
  expectPowerLoss(operation, loss);
  const training = trainOnFrozenLayer(kernels, samples, layer, settings, start, {
    operation,
    hasBias: false,
    loss({ logits, labels, losses, gradient }) {
      const result = powerLoss(logits.view(), labels.view(), samples.classes, loss);
      losses.set(result.losses);
      gradient.set(result.gradient.map((value) => value / labels.length));
      return result.losses.reduce((sum, value) => sum + value, 0) / labels.length;
    },
  });
  return {
    ...training,
    readout() {
      const { weights, bias } = training.readout();
      return { weights: weights.map((weight) => weight * loss.beta), bias };
    },
  };
}
