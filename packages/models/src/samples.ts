import { type BatchPlan, gatherBatch, type ImageSet } from '@hebblab/data';
import {
  allocateFloat32,
  allocateUint8,
  allocateUint32,
  type Float32Buffer,
  type Kernels,
  rowsOf,
  type Uint8Buffer,
  type Uint32Buffer,
} from '@hebblab/wasm';
import { buildOwning } from './owned-parts.js';

/** What networks learn from and are measured on: byte images with one scale each. */
export interface Samples {
  readonly images: ImageSet;
  /** [count]; a value of an image is its byte times the image's scale. */
  readonly scales: Float32Array;
  readonly count: number;
  /** Values per image. */
  readonly inputs: number;
  readonly classes: number;
}

/**
 * Joins an image set with its scales.
 *
 * @param scales one per image, for example of `normalisationScales`
 * @throws where the lengths differ or a scale is not finite
 * @example
 * const samples = samplesOf(images, normalisationScales(images, { kind: 'lp', p: 3 }));
 */
export function samplesOf(images: ImageSet, scales: Float32Array): Samples {
  const { count, shape, classNames } = images;
  if (scales.length !== count) throw new Error(`samplesOf: expected ${count} scales, got ${scales.length}`);
  const wrong = scales.findIndex((scale) => !Number.isFinite(scale));
  if (wrong >= 0)
    throw new Error(`samplesOf: expected finite scales, got ${scales[wrong]} for image ${wrong}`);
  return { images, scales, count, inputs: shape[0] * shape[1] * shape[2], classes: classNames.length };
}

/**
 * The first `count` images as float32 values, [count, inputs].
 *
 * @throws where there are fewer, or `count` is not a whole number >= 0
 * @example
 * const inputs = normalisedImages(samples, 500);
 */
export function normalisedImages(
  { images, scales, inputs, count: available }: Samples,
  count: number,
): Float32Array {
  if (!Number.isSafeInteger(count) || count < 0 || count > available) {
    throw new Error(`normalisedImages: expected a whole number up to ${available} images, got ${count}`);
  }
  const values = new Float32Array(count * inputs);
  for (let image = 0; image < count; image++) {
    const scale = scales[image] as number;
    for (let at = image * inputs; at < (image + 1) * inputs; at++)
      values[at] = (images.pixels[at] as number) * scale;
  }
  return values;
}

/** A minibatch in kernel memory: arrays for up to `capacity` samples that are filled anew for each batch. */
export interface BatchBuffers {
  readonly pixels: Uint8Buffer;
  readonly scales: Float32Buffer;
  readonly labels: Uint32Buffer;
  /** [capacity], where labels are gathered before they become kernel labels. */
  readonly labelBytes: Uint8Array;
  dispose(): void;
}

/** The filled rows of batch buffers. */
export interface Batch {
  readonly count: number;
  /** Which samples they are, [count]. */
  readonly indices: Uint32Array;
  /** [count, inputs] */
  readonly pixels: Uint8Buffer;
  /** [count] */
  readonly scales: Float32Buffer;
  /** [count] */
  readonly labels: Uint32Buffer;
}

/** Reserves memory for batches of up to `capacity` samples. */
export function allocateBatch(kernels: Kernels, capacity: number, inputs: number): BatchBuffers {
  return buildOwning((own, dispose) => ({
    pixels: own(allocateUint8(kernels, [capacity, inputs])),
    scales: own(allocateFloat32(kernels, [capacity])),
    labels: own(allocateUint32(kernels, [capacity])),
    labelBytes: new Uint8Array(capacity),
    dispose,
  }));
}

/** Gathers a batch of a plan into the buffers. */
export function fillBatch(buffers: BatchBuffers, samples: Samples, plan: BatchPlan, index: number): Batch {
  const { pixels, scales, labels, labelBytes } = buffers;
  const into = { pixels: pixels.view(), scales: scales.view(), labels: labelBytes };
  const count = gatherBatch(samples.images, samples.scales, plan, index, into);
  labels.view().set(labelBytes);
  const first = index * plan.batchSize;
  return {
    count,
    indices: plan.order.subarray(first, first + count),
    pixels: rowsOf(pixels, 0, count),
    scales: rowsOf(scales, 0, count),
    labels: rowsOf(labels, 0, count),
  };
}
