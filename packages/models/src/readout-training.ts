import { planBatches } from '@hebblab/data';
import {
  addRowBias,
  allocateFloat32,
  allocateUint32,
  bytesToFloats,
  columnSums,
  type Float32Buffer,
  gemm,
  type Kernels,
  reluPower,
  rowsOf,
  softmaxCrossEntropy,
} from '@hebblab/wasm';
import { createAdam } from './adam.js';
import { openHiddenLayer } from './hidden-layer.js';
import type { HiddenLayer } from './model.js';
import { allocateBatch, fillBatch, type Samples } from './samples.js';
import { learningRateAt, type Schedule } from './schedule.js';
import { expectTrainingSizes, shuffledBatches, type Training, type TrainingStart } from './training.js';

/** How a readout is trained on a frozen layer. */
export interface ReadoutTrainingSettings {
  /** n of ReLU(h)^n; 4.5 in Krotov & Hopfield 2019. */
  readonly power: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: Schedule;
  readonly seed: number;
}

export interface ReadoutTraining extends Training {
  /** Copies of the weights [hidden, classes] and the bias [classes]. */
  readout(): { readonly weights: Float32Array; readonly bias: Float32Array };
}

/**
 * A softmax readout with bias on ReLU(h)^power of a frozen layer, by Adam on the cross-entropy (the KHModel of
 * arXiv 2405.00679). The layer's activations are computed once. Metrics of an epoch: the mean `loss` in nats and the
 * `accuracy` on the training batches as they came.
 *
 * @throws where a size is out of range or a checkpoint does not fit
 * @example
 * using training = createReadoutTraining(kernels, samples, layer, settings, { kind: 'fresh' });
 * runTraining(training);
 */
export function createReadoutTraining(
  kernels: Kernels,
  samples: Samples,
  layer: { readonly hidden: number; readonly hiddenLayer: HiddenLayer },
  settings: ReadoutTrainingSettings,
  start: TrainingStart,
): ReadoutTraining {
  const { epochs, batchSize, seed } = settings;
  const { hidden } = layer;
  const { count, classes } = samples;
  expectTrainingSizes('createReadoutTraining', { epochs, batchSize, images: count });
  const features = computeFeatures(kernels, samples, layer, settings.power);
  const adam = createAdam(kernels, { 'readout weights': [hidden, classes], 'readout bias': [classes] });
  const { 'readout weights': weights, 'readout bias': bias } = adam.parameters;
  const batchFeatures = allocateFloat32(kernels, [batchSize, hidden]);
  const batchLabels = allocateUint32(kernels, [batchSize]);
  const batchLogits = allocateFloat32(kernels, [batchSize, classes]);
  const batchGradient = allocateFloat32(kernels, [batchSize, classes]);
  const batchLosses = allocateFloat32(kernels, [batchSize]);
  if (start.kind === 'resume') adam.restore(start.checkpoint);
  let epoch = start.kind === 'fresh' ? 0 : start.checkpoint.epoch;

  function step(indices: Uint32Array, learningRate: number) {
    const size = indices.length;
    gatherRows(features, indices, batchFeatures);
    gatherLabels(samples.images.labels, indices, batchLabels.view());
    const rows = rowsOf(batchFeatures, 0, size);
    const logits = rowsOf(batchLogits, 0, size);
    const gradient = rowsOf(batchGradient, 0, size);
    const labels = rowsOf(batchLabels, 0, size);
    gemm(kernels, 'NN', rows, weights, logits);
    addRowBias(kernels, logits, bias);
    const losses = rowsOf(batchLosses, 0, size);
    const loss = softmaxCrossEntropy(kernels, { logits, labels, losses, gradient, gradientScale: 1 / size });
    gemm(kernels, 'TN', rows, gradient, adam.gradients['readout weights']);
    columnSums(kernels, gradient, adam.gradients['readout bias']);
    adam.step(learningRate);
    return { loss: loss * size, correct: countCorrect(logits.view(), labels.view(), classes) };
  }

  function dispose() {
    adam.dispose();
    for (const array of [features, batchFeatures, batchLogits, batchGradient, batchLosses]) array.dispose();
    batchLabels.dispose();
  }

  return {
    epochs,
    epoch: () => epoch,
    runEpoch() {
      const learningRate = learningRateAt(settings.learningRate, epoch + 1, epochs);
      let loss = 0;
      let correct = 0;
      const shuffle = { seed, stream: 'readout batches', epoch: epoch + 1 };
      const { order, batchCount } = shuffledBatches(kernels, shuffle, samples.images, batchSize);
      for (let index = 0; index < batchCount; index++) {
        const result = step(order.subarray(index * batchSize, (index + 1) * batchSize), learningRate);
        loss += result.loss;
        correct += result.correct;
      }
      epoch += 1;
      return { learningRate, loss: loss / count, accuracy: correct / count };
    },
    checkpoint: () => ({ epoch, arrays: adam.save() }),
    readout: () => ({ weights: weights.view().slice(), bias: bias.view().slice() }),
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** How many samples have their largest logit, the first where tied, at their label. */
export function countCorrect(logits: Float32Array, labels: Uint32Array, classes: number): number {
  let correct = 0;
  for (let row = 0; row < labels.length; row++) {
    let best = 0;
    for (let unit = 1; unit < classes; unit++) {
      if ((logits[row * classes + unit] as number) > (logits[row * classes + best] as number)) best = unit;
    }
    if (best === labels[row]) correct += 1;
  }
  return correct;
}

/** ReLU(h)^power of every sample, [count, hidden]. */
function computeFeatures(
  kernels: Kernels,
  samples: Samples,
  { hidden, hiddenLayer }: { readonly hidden: number; readonly hiddenLayer: HiddenLayer },
  power: number,
): Float32Buffer {
  const features = allocateFloat32(kernels, [samples.count, hidden]);
  const layer = openHiddenLayer(kernels, hiddenLayer, { inputs: samples.inputs, hidden });
  const capacity = Math.min(featureBatch, samples.count);
  const buffers = allocateBatch(kernels, capacity, samples.inputs);
  using inputs = allocateFloat32(kernels, [capacity, samples.inputs]);
  const order = Uint32Array.from({ length: samples.count }, (_, image) => image);
  const plan = planBatches(samples.images, { order, batchSize: capacity, lastBatch: 'short' });
  for (let index = 0; index < plan.batchCount; index++) {
    const { count, pixels, scales } = fillBatch(buffers, samples, plan, index);
    bytesToFloats(kernels, pixels, scales, rowsOf(inputs, 0, count));
    layer.preactivations(rowsOf(inputs, 0, count), rowsOf(features, index * capacity, count));
  }
  layer.dispose();
  buffers.dispose();
  reluPower(kernels, features, power);
  return features;
}

const featureBatch = 500;

function gatherRows(source: Float32Buffer, indices: Uint32Array, out: Float32Buffer) {
  const width = source.length / (source.shape[0] as number);
  const from = source.view();
  const to = out.view();
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row] as number;
    to.set(from.subarray(index * width, (index + 1) * width), row * width);
  }
}

function gatherLabels(labels: Uint8Array, indices: Uint32Array, out: Uint32Array) {
  for (let row = 0; row < indices.length; row++) out[row] = labels[indices[row] as number] as number;
}
