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
} from '@hebblab/wasm';
import { createAdam } from './adam.js';
import { countCorrect } from './count-correct.js';
import { openHiddenLayer } from './hidden-layer.js';
import type { HiddenLayer } from './model.js';
import { buildOwning } from './owned-parts.js';
import type { ReadoutLoss } from './readout-loss.js';
import { allocateBatch, fillBatch, type Samples } from './samples.js';
import type { Schedule } from './schedule.js';
import {
  createTraining,
  expectTrainingSizes,
  shuffledBatches,
  type Training,
  type TrainingStart,
} from './training.js';

/** How a readout is trained on a frozen layer, whatever its loss. */
export interface ReadoutTrainingSettings {
  /** n of ReLU(h)^n; 4.5 in Krotov & Hopfield 2019. */
  readonly power: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: Schedule;
  readonly seed: number;
}

/** The training of a readout. */
export interface ReadoutTraining extends Training {
  /** Copies of the weights [hidden, classes] and the bias [classes], such that logits = ReLU(h)^power weights + bias. */
  readout(): { readonly weights: Float32Array; readonly bias: Float32Array };
}

/** The frozen layer below a readout. */
export interface FrozenLayer {
  readonly hidden: number;
  readonly hiddenLayer: HiddenLayer;
}

/**
 * Trains a readout by Adam from 0 on the activations of a frozen layer, which are computed once. Metrics of an epoch:
 * the mean `loss` and the `accuracy` on the training batches as they came.
 */
export function trainOnFrozenLayer(
  kernels: Kernels,
  samples: Samples,
  layer: FrozenLayer,
  settings: ReadoutTrainingSettings,
  start: TrainingStart,
  {
    operation,
    hasBias,
    loss,
  }: { readonly operation: string; readonly hasBias: boolean; readonly loss: ReadoutLoss },
): ReadoutTraining {
  const { power, epochs, batchSize, seed } = settings;
  const { hidden } = layer;
  const { count, classes } = samples;
  expectTrainingSizes(operation, { hidden, epochs, batchSize, images: count });
  return buildOwning((own, dispose) => {
    const adam = own(
      createAdam(kernels, { 'readout weights': [hidden, classes], 'readout bias': [classes] }),
    );
    const { 'readout weights': weights, 'readout bias': bias } = adam.parameters;
    const gradients = {
      'readout weights': own(allocateFloat32(kernels, weights.shape)),
      'readout bias': own(allocateFloat32(kernels, bias.shape)),
    };
    if (start.kind === 'resume') adam.restore(start.checkpoint);
    const features = own(allocateFloat32(kernels, [count, hidden]));
    computeFeatures(kernels, samples, layer, power, features);
    const batchFeatures = own(allocateFloat32(kernels, [batchSize, hidden]));
    const batchLabels = own(allocateUint32(kernels, [batchSize]));
    const batchLogits = own(allocateFloat32(kernels, [batchSize, classes]));
    const batchGradient = own(allocateFloat32(kernels, [batchSize, classes]));
    const batchLosses = own(allocateFloat32(kernels, [batchSize]));

    function step(indices: Uint32Array, learningRate: number) {
      const size = indices.length;
      gatherRows(features, indices, batchFeatures);
      gatherLabels(samples.images.labels, indices, batchLabels.view());
      const rows = rowsOf(batchFeatures, 0, size);
      const logits = rowsOf(batchLogits, 0, size);
      const gradient = rowsOf(batchGradient, 0, size);
      const labels = rowsOf(batchLabels, 0, size);
      const losses = rowsOf(batchLosses, 0, size);
      gemm(kernels, 'NN', rows, weights, logits);
      addRowBias(kernels, logits, bias);
      const mean = loss({ logits, labels, losses, gradient });
      gemm(kernels, 'TN', rows, gradient, gradients['readout weights']);
      if (hasBias) columnSums(kernels, gradient, gradients['readout bias']);
      adam.step(learningRate, hasBias ? gradients : { 'readout weights': gradients['readout weights'] });
      return { loss: mean * size, correct: countCorrect(logits.view(), labels.view(), classes) };
    }

    const training = createTraining({
      start,
      settings,
      runEpoch(epoch, learningRate) {
        let losses = 0;
        let correct = 0;
        const shuffle = { seed, stream: 'readout batches', epoch };
        const { order, batchCount } = shuffledBatches(kernels, shuffle, samples.images, batchSize);
        for (let index = 0; index < batchCount; index++) {
          const result = step(order.subarray(index * batchSize, (index + 1) * batchSize), learningRate);
          losses += result.loss;
          correct += result.correct;
        }
        return { loss: losses / count, accuracy: correct / count };
      },
      save: adam.save,
      dispose,
    });
    return { ...training, readout: () => ({ weights: weights.view().slice(), bias: bias.view().slice() }) };
  });
}

/** Fills `features` [count, hidden] with ReLU(h)^power of every sample. */
function computeFeatures(
  kernels: Kernels,
  samples: Samples,
  { hidden, hiddenLayer }: { readonly hidden: number; readonly hiddenLayer: HiddenLayer },
  power: number,
  features: Float32Buffer,
): void {
  buildOwning((own, dispose) => {
    const layer = own(openHiddenLayer(kernels, hiddenLayer, { inputs: samples.inputs, hidden }));
    const capacity = Math.min(featureBatch, samples.count);
    const buffers = own(allocateBatch(kernels, capacity, samples.inputs));
    const inputs = own(allocateFloat32(kernels, [capacity, samples.inputs]));
    const order = Uint32Array.from({ length: samples.count }, (_, image) => image);
    const plan = planBatches(samples.images, { order, batchSize: capacity, lastBatch: 'short' });
    for (let index = 0; index < plan.batchCount; index++) {
      const { count, pixels, scales } = fillBatch(buffers, samples, plan, index);
      bytesToFloats(kernels, pixels, scales, rowsOf(inputs, 0, count));
      layer.preactivations(rowsOf(inputs, 0, count), rowsOf(features, index * capacity, count));
    }
    dispose();
  });
  reluPower(kernels, features, power);
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
