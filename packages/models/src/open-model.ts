import {
  allocateFloat32,
  allocateUint32,
  type Float32Buffer,
  type Kernels,
  rowsOf,
  softmaxCrossEntropy,
} from '@hebblab/wasm';
import { openHiddenLayer } from './hidden-layer.js';
import type { TwoLayerModel } from './model.js';
import { buildOwning } from './owned-parts.js';
import { readoutBackward, readoutForward } from './readout-pass.js';

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
  /** Returns the memory of the model. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Copies a model into kernel memory, with room for `capacity` samples at a time; larger calls are worked off in
 * parts. A sample's result does not depend on its neighbours.
 *
 * @param capacity samples worked on together, >= 1
 * @throws where the capacity is out of range; its functions throw where inputs or labels have the wrong length or
 * inputs are not finite
 * @example
 * using open = openModel(kernels, model, 500);
 * const logits = open.logits(images, images.length / open.inputs);
 */
export function openModel(kernels: Kernels, model: TwoLayerModel, capacity: number): OpenModel {
  const { inputs, hidden, classes, power } = model;
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new Error(`openModel: expected a capacity as a whole number >= 1, got ${capacity}`);
  }
  return buildOwning((own, dispose) => {
    const layer = own(openHiddenLayer(kernels, model.hiddenLayer, model));
    const samples = own(allocateFloat32(kernels, [capacity, inputs]));
    const preactivations = own(allocateFloat32(kernels, [capacity, hidden]));
    const activations = own(allocateFloat32(kernels, [capacity, hidden]));
    const logits = own(allocateFloat32(kernels, [capacity, classes]));
    const logitsGradient = own(allocateFloat32(kernels, [capacity, classes]));
    const losses = own(allocateFloat32(kernels, [capacity]));
    const labelBuffer = own(allocateUint32(kernels, [capacity]));
    const weights = own(allocateFloat32(kernels, [hidden, classes]));
    const bias = own(allocateFloat32(kernels, [classes]));
    weights.set(model.readoutWeights);
    bias.set(model.readoutBias);
    const readout = { power, weights, bias };

    function forward(count: number): void {
      const z = rowsOf(preactivations, 0, count);
      layer.preactivations(rowsOf(samples, 0, count), z);
      readoutForward(kernels, readout, {
        preactivations: z,
        activations: rowsOf(activations, 0, count),
        logits: rowsOf(logits, 0, count),
      });
    }

    function backward(count: number): void {
      const gradient = rowsOf(logitsGradient, 0, count);
      // The activations are not needed any more.
      const hiddenGradient = rowsOf(activations, 0, count);
      softmaxCrossEntropy(kernels, {
        logits: rowsOf(logits, 0, count),
        labels: rowsOf(labelBuffer, 0, count),
        losses: rowsOf(losses, 0, count),
        gradient,
        gradientScale: 1,
      });
      readoutBackward(kernels, readout, {
        preactivations: rowsOf(preactivations, 0, count),
        logitsGradient: gradient,
        hiddenGradient,
      });
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

    return {
      inputs,
      hidden,
      classes,
      preactivations: (values, count) =>
        inParts('preactivations', values, count, preactivations, (_, part) =>
          layer.preactivations(rowsOf(samples, 0, part), rowsOf(preactivations, 0, part)),
        ),
      logits: (values, count) => inParts('logits', values, count, logits, (_, part) => forward(part)),
      lossGradient(values, labels, count) {
        if (labels.length !== count)
          throw new Error(`lossGradient: expected ${count} labels, got ${labels.length}`);
        return inParts('lossGradient', values, count, samples, (first, part) => {
          rowsOf(labelBuffer, 0, part).set(labels.subarray(first, first + part));
          forward(part);
          backward(part);
        });
      },
      dispose,
      [Symbol.dispose]: dispose,
    };
  });
}
