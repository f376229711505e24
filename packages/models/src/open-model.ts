import {
  addRowBias,
  allocateFloat32,
  allocateUint32,
  type Float32Buffer,
  gemm,
  type Kernels,
  reluPower,
  reluPowerBackward,
  rowsOf,
  softmaxCrossEntropy,
} from '@hebblab/wasm';
import { openHiddenLayer } from './hidden-layer.js';
import type { TwoLayerModel } from './model.js';

/**
 * A model in kernel memory. Inputs and results are plain arrays, so it can stand wherever a classifier is asked for,
 * for example in `@hebblab/attacks`.
 */
export interface OpenModel {
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
  /** h(x) before the nonlinearity, [count, hidden]: the representation whose spectrum is measured. */
  preactivations(inputs: Float32Array, count: number): Float32Array;
  /** [count, classes] */
  logits(inputs: Float32Array, count: number): Float32Array;
  /** Each sample's own cross-entropy gradient by its input, [count, inputs]; not divided by the count. */
  lossGradient(inputs: Float32Array, labels: Uint8Array, count: number): Float32Array;
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Copies a model into kernel memory, with room for `capacity` samples at a time; larger calls are worked off in
 * parts. A sample's result does not depend on its neighbours.
 *
 * @param capacity samples worked on together, >= 1
 * @throws where inputs have the wrong length or are not finite
 * @example
 * using open = openModel(kernels, model, 500);
 * const logits = open.logits(images, images.length / open.inputs);
 */
export function openModel(kernels: Kernels, model: TwoLayerModel, capacity: number): OpenModel {
  const { inputs, hidden, classes, power } = model;
  const layer = openHiddenLayer(kernels, model.hiddenLayer, model);
  const samples = allocateFloat32(kernels, [capacity, inputs]);
  const preactivations = allocateFloat32(kernels, [capacity, hidden]);
  const activations = allocateFloat32(kernels, [capacity, hidden]);
  const logits = allocateFloat32(kernels, [capacity, classes]);
  const logitsGradient = allocateFloat32(kernels, [capacity, classes]);
  const losses = allocateFloat32(kernels, [capacity]);
  const labelBuffer = allocateUint32(kernels, [capacity]);
  const readoutWeights = allocateFloat32(kernels, [hidden, classes]);
  const readoutBias = allocateFloat32(kernels, [classes]);
  readoutWeights.set(model.readoutWeights);
  readoutBias.set(model.readoutBias);

  function forward(count: number): void {
    const z = rowsOf(preactivations, 0, count);
    const hiddenValues = rowsOf(activations, 0, count);
    const out = rowsOf(logits, 0, count);
    layer.preactivations(rowsOf(samples, 0, count), z);
    hiddenValues.view().set(z.view());
    reluPower(kernels, hiddenValues, power);
    gemm(kernels, 'NN', hiddenValues, readoutWeights, out);
    addRowBias(kernels, out, readoutBias);
  }

  function backward(count: number): void {
    const gradient = rowsOf(logitsGradient, 0, count);
    const hiddenGradient = rowsOf(activations, 0, count);
    softmaxCrossEntropy(kernels, {
      logits: rowsOf(logits, 0, count),
      labels: rowsOf(labelBuffer, 0, count),
      losses: rowsOf(losses, 0, count),
      gradient,
      gradientScale: 1,
    });
    gemm(kernels, 'NT', gradient, readoutWeights, hiddenGradient);
    reluPowerBackward(kernels, rowsOf(preactivations, 0, count), power, hiddenGradient);
    layer.inputGradient(hiddenGradient, rowsOf(samples, 0, count));
  }

  /** Runs `work` on parts of at most `capacity` samples and joins what `result` then holds. */
  function inParts(
    operation: string,
    values: Float32Array,
    count: number,
    result: Float32Buffer,
    work: (first: number, partCount: number) => void,
  ): Float32Array {
    if (values.length !== count * inputs) {
      throw new Error(
        `${operation}: expected ${count * inputs} values for ${count} samples, got ${values.length}`,
      );
    }
    const width = result.length / capacity;
    const out = new Float32Array(count * width);
    for (let first = 0; first < count; first += capacity) {
      const partCount = Math.min(capacity, count - first);
      rowsOf(samples, 0, partCount).set(values.subarray(first * inputs, (first + partCount) * inputs));
      work(first, partCount);
      out.set(rowsOf(result, 0, partCount).view(), first * width);
    }
    return out;
  }

  function dispose(): void {
    layer.dispose();
    for (const array of [samples, preactivations, activations, logits, logitsGradient, losses, labelBuffer])
      array.dispose();
    readoutWeights.dispose();
    readoutBias.dispose();
  }

  return {
    inputs,
    hidden,
    classes,
    preactivations: (values, count) =>
      inParts('preactivations', values, count, preactivations, (_, part) =>
        layer.preactivations(rowsOf(samples, 0, part), rowsOf(preactivations, 0, part)),
      ),
    logits: (values, count) => inParts('logits', values, count, logits, (_, part) => forward(part)),
    lossGradient: (values, labels, count) =>
      inParts('lossGradient', values, count, samples, (first, part) => {
        rowsOf(labelBuffer, 0, part).set(labels.subarray(first, first + part));
        forward(part);
        backward(part);
      }),
    dispose,
    [Symbol.dispose]: dispose,
  };
}
