import { type BatchPlan, createImageSet, gatherBatch, type ImageSet, refuseNonFinite } from '@hebblab/data';
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

/**
 * Where a sample's values come from: the image's bytes times its scale, or points [count, inputs] of which the images
 * are only a picture.
 */
export type SampleValues =
  | { readonly kind: 'scaled bytes' }
  | { readonly kind: 'exact'; readonly values: Float32Array };

/** What networks learn from and are measured on: byte images with one scale each, or points. */
export interface Samples {
  readonly images: ImageSet;
  /** [count]; a value of an image is its byte times the image's scale. */
  readonly scales: Float32Array;
  readonly values: SampleValues;
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
  const inputs = shape[0] * shape[1] * shape[2];
  return { images, scales, values: { kind: 'scaled bytes' }, count, inputs, classes: classNames.length };
}

/**
 * Points of any float32 values as samples, for networks of `createGradientTraining`; the other trainings learn from
 * bytes. Their images show each value between the smallest and the largest of all.
 *
 * @param points.values [count, inputs]
 * @param points.labels [count]
 * @throws DataError where the lengths do not fit, a value is not finite or a label has no name
 * @example
 * const torus = samplesOfPoints({ name: 'torus', split: 'train', inputs: 3, values, labels, classNames });
 */
export function samplesOfPoints(points: {
  readonly name: string;
  readonly split: string;
  readonly inputs: number;
  readonly values: Float32Array;
  readonly labels: Uint8Array;
  readonly classNames: readonly string[];
}): Samples {
  const { name, split, inputs, values, labels, classNames } = points;
  refuseNonFinite('samplesOfPoints', name, values);
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const range = values.reduce((most, value) => Math.max(most, value - lowest), 0);
  const pixels = Uint8Array.from(values, (value) => Math.round((255 * (value - lowest)) / (range || 1)));
  const images = createImageSet({ name, split, shape: [1, inputs, 1], pixels, labels, classNames });
  return {
    images,
    scales: new Float32Array(labels.length).fill(1),
    values: { kind: 'exact', values },
    count: labels.length,
    inputs,
    classes: classNames.length,
  };
}

/**
 * The first `count` images as float32 values, [count, inputs].
 *
 * @throws where there are fewer, or `count` is not a whole number >= 0
 * @example
 * const inputs = normalisedImages(samples, 500);
 */
export function normalisedImages(
  { images, scales, values: source, inputs, count: available }: Samples,
  count: number,
): Float32Array {
  if (!Number.isSafeInteger(count) || count < 0 || count > available) {
    throw new Error(`normalisedImages: expected a whole number up to ${available} images, got ${count}`);
  }
  if (source.kind === 'exact') return source.values.slice(0, count * inputs);
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
  if (samples.values.kind === 'exact')
    throw new Error(
      `fillBatch: expected samples of bytes, got points (${samples.images.name}), which createGradientTraining alone takes`,
    );
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
