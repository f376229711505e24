import {
  addRowBias,
  allocateFloat32,
  bytesToFloats,
  columnSums,
  type Float32Buffer,
  gemm,
  type Kernels,
  randomNormal,
  reluPower,
  reluPowerBackward,
  rowsOf,
  softmaxCrossEntropy,
} from '@hebblab/wasm';
import { createAdam } from './adam.js';
import type { NetworkParameter, Penalty } from './penalty.js';
import { countCorrect } from './readout-training.js';
import { allocateBatch, type Batch, fillBatch, type Samples } from './samples.js';
import { learningRateAt, type Schedule } from './schedule.js';
import { expectTrainingSizes, shuffledBatches, type Training, type TrainingStart } from './training.js';

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

export interface NetworkTraining extends Training {
  /** Copies of the hidden weights [inputs, hidden], the readout weights [hidden, classes] and bias [classes]. */
  parameters(): Readonly<Record<NetworkParameter, Float32Array>>;
}

/**
 * A network logits = ReLU(x W)^power V + b trained as a whole by Adam on the cross-entropy and any penalties, with
 * gradients in closed form (SHLP of arXiv 2405.00679: W ~ N(0, 2 / inputs), no hidden bias). V starts from
 * N(0, 2 / hidden), b from 0. Metrics of an epoch: the mean `loss` in nats, the `accuracy` on the training batches as they came, and
 * the mean of each penalty by its name.
 *
 * @throws where a size is out of range or a checkpoint does not fit
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
  const shapes = parameterShapes({ inputs, hidden, classes });
  const adam = createAdam(kernels, shapes);
  const { parameters, gradients } = adam;
  const buffers = allocateBatch(kernels, batchSize, inputs);
  const arrays = {
    samples: allocateFloat32(kernels, [batchSize, inputs]),
    preactivations: allocateFloat32(kernels, [batchSize, hidden]),
    activations: allocateFloat32(kernels, [batchSize, hidden]),
    hiddenGradient: allocateFloat32(kernels, [batchSize, hidden]),
    logits: allocateFloat32(kernels, [batchSize, classes]),
    logitsGradient: allocateFloat32(kernels, [batchSize, classes]),
    losses: allocateFloat32(kernels, [batchSize]),
  };
  const penaltyGradients = penalties.length > 0 ? createPenaltyGradients(kernels, shapes) : undefined;
  if (start.kind === 'resume') adam.restore(start.checkpoint);
  else initialise(kernels, seed, parameters, { inputs, hidden });
  let epoch = start.kind === 'fresh' ? 0 : start.checkpoint.epoch;

  function step(batch: Batch, learningRate: number) {
    const rows = firstRows(arrays, batch.count);
    const { preactivations, activations, logits, logitsGradient, hiddenGradient, losses } = rows;
    bytesToFloats(kernels, batch.pixels, batch.scales, rows.samples);
    gemm(kernels, 'NN', rows.samples, parameters['hidden weights'], preactivations);
    activations.view().set(preactivations.view());
    reluPower(kernels, activations, power);
    gemm(kernels, 'NN', activations, parameters['readout weights'], logits);
    addRowBias(kernels, logits, parameters['readout bias']);

    const { labels } = batch;
    const loss = softmaxCrossEntropy(kernels, {
      logits,
      labels,
      losses,
      gradient: logitsGradient,
      gradientScale: 1 / batch.count,
    });
    gemm(kernels, 'TN', activations, logitsGradient, gradients['readout weights']);
    columnSums(kernels, logitsGradient, gradients['readout bias']);
    gemm(kernels, 'NT', logitsGradient, parameters['readout weights'], hiddenGradient);
    reluPowerBackward(kernels, preactivations, power, hiddenGradient);

    const values = new Map<string, number>();
    if (penaltyGradients !== undefined) {
      const pass = { kernels, batch, inputs: rows.samples, preactivations, activations, logits, parameters };
      penaltyGradients.clear();
      for (const penalty of penalties) {
        values.set(
          penalty.name,
          penalty.apply(pass, { preactivations: hiddenGradient, parameters: penaltyGradients.parameters }),
        );
      }
    }
    gemm(kernels, 'TN', rows.samples, hiddenGradient, gradients['hidden weights']);
    penaltyGradients?.addTo(gradients);
    adam.step(learningRate);
    return { loss, values, correct: countCorrect(logits.view(), labels.view(), classes) };
  }

  function dispose() {
    adam.dispose();
    buffers.dispose();
    penaltyGradients?.dispose();
    for (const array of Object.values(arrays)) array.dispose();
  }

  return {
    epochs,
    epoch: () => epoch,
    runEpoch() {
      const learningRate = learningRateAt(settings.learningRate, epoch + 1, epochs);
      const sums = new Map<string, number>();
      const add = (name: string, value: number) => sums.set(name, (sums.get(name) ?? 0) + value / count);
      const shuffle = { seed, stream: 'network batches', epoch: epoch + 1 };
      const plan = shuffledBatches(kernels, shuffle, samples.images, batchSize);
      for (let index = 0; index < plan.batchCount; index++) {
        const batch = fillBatch(buffers, samples, plan, index);
        const { loss, correct, values } = step(batch, learningRate);
        add('loss', loss * batch.count);
        add('accuracy', correct);
        for (const [name, value] of values) add(name, value * batch.count);
      }
      epoch += 1;
      return { learningRate, ...Object.fromEntries(sums) };
    },
    checkpoint: () => ({ epoch, arrays: adam.save() }),
    parameters: () => ({
      'hidden weights': parameters['hidden weights'].view().slice(),
      'readout weights': parameters['readout weights'].view().slice(),
      'readout bias': parameters['readout bias'].view().slice(),
    }),
    dispose,
    [Symbol.dispose]: dispose,
  };
}

function parameterShapes({ inputs, hidden, classes }: { inputs: number; hidden: number; classes: number }) {
  return {
    'hidden weights': [inputs, hidden],
    'readout weights': [hidden, classes],
    'readout bias': [classes],
  };
}

function initialise(
  kernels: Kernels,
  seed: number,
  parameters: Readonly<Record<NetworkParameter, Float32Buffer>>,
  { inputs, hidden }: { readonly inputs: number; readonly hidden: number },
): void {
  const draws = [
    ['hidden weights', inputs],
    ['readout weights', hidden],
  ] as const;
  for (const [name, fanIn] of draws) {
    randomNormal(kernels, { seed, stream: `initial network ${name}` }, parameters[name]);
    const values = parameters[name].view();
    const deviation = Math.sqrt(2 / fanIn);
    for (let index = 0; index < values.length; index++) values[index] = (values[index] as number) * deviation;
  }
}

/** The first rows of each array, for a batch that may be short. */
function firstRows<Name extends string>(
  arrays: Record<Name, Float32Buffer>,
  count: number,
): Record<Name, Float32Buffer> {
  const names = Object.keys(arrays) as Name[];
  return Object.fromEntries(names.map((name) => [name, rowsOf(arrays[name], 0, count)])) as Record<
    Name,
    Float32Buffer
  >;
}

/** Gradients that penalties add to, summed into those of the cross-entropy afterwards. */
function createPenaltyGradients(
  kernels: Kernels,
  shapes: Readonly<Record<NetworkParameter, readonly number[]>>,
) {
  const parameters = {
    'hidden weights': allocateFloat32(kernels, shapes['hidden weights']),
    'readout weights': allocateFloat32(kernels, shapes['readout weights']),
    'readout bias': allocateFloat32(kernels, shapes['readout bias']),
  };
  const names = Object.keys(parameters) as NetworkParameter[];
  return {
    parameters,
    clear() {
      for (const name of names) parameters[name].view().fill(0);
    },
    addTo(gradients: Readonly<Record<NetworkParameter, Float32Buffer>>) {
      for (const name of names) {
        const from = parameters[name].view();
        const to = gradients[name].view();
        for (let index = 0; index < to.length; index++)
          to[index] = (to[index] as number) + (from[index] as number);
      }
    },
    dispose() {
      for (const name of names) parameters[name].dispose();
    },
  };
}
