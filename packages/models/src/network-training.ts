import {
  allocateFloat32,
  bytesToFloats,
  columnSums,
  type Float32Buffer,
  gemm,
  type Kernels,
  rowsOf,
  softmaxCrossEntropy,
} from '@hebblab/wasm';
import { createAdam, type ParameterArrays } from './adam.js';
import { countCorrect } from './count-correct.js';
import { drawWeights } from './initial-weights.js';
import { buildOwning } from './owned-parts.js';
import type { NetworkParameter, Penalty } from './penalty.js';
import { startPenalties } from './penalty-gradients.js';
import { readoutBackward, readoutForward } from './readout-pass.js';
import { allocateBatch, type Batch, fillBatch, type Samples } from './samples.js';
import type { Schedule } from './schedule.js';
import {
  createTraining,
  expectTrainingSizes,
  shuffledBatches,
  type Training,
  type TrainingStart,
} from './training.js';

/** How a network with one hidden layer is trained by backpropagation. */
export interface NetworkTrainingSettings {
  readonly hidden: number;
  /** n of ReLU(h)^n; 1 for the SHLP of arXiv 2405.00679. */
  readonly power: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: Schedule;
  readonly seed: number;
}

/** The training of a network with one hidden layer. */
export interface NetworkTraining extends Training {
  /** Copies of the hidden weights [inputs, hidden], the readout weights [hidden, classes] and bias [classes]. */
  parameters(): Readonly<Record<NetworkParameter, Float32Array>>;
}

/**
 * A network logits = ReLU(x W)^power V + b trained as a whole by Adam on the cross-entropy and any penalties, with
 * gradients in closed form (SHLP of arXiv 2405.00679: W ~ N(0, 2 / inputs), no hidden bias). V starts from
 * N(0, 2 / hidden), b from 0. Metrics of an epoch: the mean `loss` in nats, the `accuracy` on the training batches as
 * they came, and the mean of each penalty by its name.
 *
 * @throws where a size is out of range or penalties share a name; DataError where a checkpoint does not fit
 * @example
 * using training = createNetworkTraining(kernels, samples, settings, [], { kind: 'fresh' });
 * runTraining(training);
 */
export function createNetworkTraining(
  kernels: Kernels,
  samples: Samples,
  settings: NetworkTrainingSettings,
  penalties: readonly Penalty[],
  start: TrainingStart,
): NetworkTraining {
  const { hidden, power, epochs, batchSize, seed } = settings;
  const { count, inputs, classes } = samples;
  expectTrainingSizes('createNetworkTraining', { hidden, epochs, batchSize, images: count });
  return buildOwning((own, dispose) => {
    const shapes = {
      'hidden weights': [inputs, hidden],
      'readout weights': [hidden, classes],
      'readout bias': [classes],
    };
    const adam = own(createAdam(kernels, shapes));
    const { parameters } = adam;
    const gradients = {
      'hidden weights': own(allocateFloat32(kernels, shapes['hidden weights'])),
      'readout weights': own(allocateFloat32(kernels, shapes['readout weights'])),
      'readout bias': own(allocateFloat32(kernels, shapes['readout bias'])),
    };
    const readout = { power, weights: parameters['readout weights'], bias: parameters['readout bias'] };
    const running = own(startPenalties(kernels, penalties, shapes));
    const buffers = own(allocateBatch(kernels, batchSize, inputs));
    const arrays = {
      inputs: own(allocateFloat32(kernels, [batchSize, inputs])),
      preactivations: own(allocateFloat32(kernels, [batchSize, hidden])),
      activations: own(allocateFloat32(kernels, [batchSize, hidden])),
      hiddenGradient: own(allocateFloat32(kernels, [batchSize, hidden])),
      logits: own(allocateFloat32(kernels, [batchSize, classes])),
      logitsGradient: own(allocateFloat32(kernels, [batchSize, classes])),
      losses: own(allocateFloat32(kernels, [batchSize])),
    };
    if (start.kind === 'resume') adam.restore(start.checkpoint);
    else initialise(kernels, seed, parameters);

    function step(batch: Batch, learningRate: number) {
      const rows = firstRows(arrays, batch.count);
      bytesToFloats(kernels, batch.pixels, batch.scales, rows.inputs);
      gemm(kernels, 'NN', rows.inputs, parameters['hidden weights'], rows.preactivations);
      readoutForward(kernels, readout, rows);
      const { activations, logits, logitsGradient, hiddenGradient, losses } = rows;
      const loss = softmaxCrossEntropy(kernels, {
        logits,
        labels: batch.labels,
        losses,
        gradient: logitsGradient,
        gradientScale: 1 / batch.count,
      });
      readoutBackward(kernels, readout, rows);
      const penaltyValues = running.apply({ kernels, batch, ...rows, parameters }, hiddenGradient);

      gemm(kernels, 'TN', rows.inputs, hiddenGradient, gradients['hidden weights']);
      gemm(kernels, 'TN', activations, logitsGradient, gradients['readout weights']);
      columnSums(kernels, logitsGradient, gradients['readout bias']);
      running.addTo(gradients);
      adam.step(learningRate, gradients);
      return { loss, penaltyValues, correct: countCorrect(logits.view(), batch.labels.view(), classes) };
    }

    const training = createTraining({
      start,
      settings,
      runEpoch(epoch, learningRate) {
        const means = new Map<string, number>();
        const add = (name: string, sum: number) => means.set(name, (means.get(name) ?? 0) + sum / count);
        const shuffle = { seed, stream: 'network batches', epoch };
        const plan = shuffledBatches(kernels, shuffle, samples.images, batchSize);
        for (let index = 0; index < plan.batchCount; index++) {
          const batch = fillBatch(buffers, samples, plan, index);
          const { loss, correct, penaltyValues } = step(batch, learningRate);
          add('loss', loss * batch.count);
          add('accuracy', correct);
          for (const [name, value] of penaltyValues) add(name, value * batch.count);
        }
        return Object.fromEntries(means);
      },
      save: adam.save,
      dispose,
    });
    return {
      ...training,
      parameters: () => ({
        'hidden weights': parameters['hidden weights'].view().slice(),
        'readout weights': parameters['readout weights'].view().slice(),
        'readout bias': parameters['readout bias'].view().slice(),
      }),
    };
  });
}

/** Both weights from N(0, 2 / inputs of the layer); the bias stays 0. */
function initialise(kernels: Kernels, seed: number, parameters: ParameterArrays<NetworkParameter>): void {
  for (const name of ['hidden weights', 'readout weights'] as const) {
    const [layerInputs] = parameters[name].shape as readonly [number, number];
    const stream = { seed, stream: `initial network ${name}` };
    drawWeights(kernels, stream, Math.sqrt(2 / layerInputs), parameters[name]);
  }
}

/** The first rows of each array, for a batch that may be short. */
function firstRows<Name extends string>(
  arrays: Readonly<Record<Name, Float32Buffer>>,
  count: number,
): Record<Name, Float32Buffer> {
  const entries = Object.entries<Float32Buffer>(arrays).map(([name, array]) => [
    name,
    rowsOf(array, 0, count),
  ]);
  return Object.fromEntries(entries) as Record<Name, Float32Buffer>;
}
