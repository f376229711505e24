import type { ImageSet } from '@hebblab/data';
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

/** What networks learn from and are measured on: byte images with one scale each, and their labels. */
export interface Samples {
  readonly count: number;
  /** Values per image. */
  readonly inputs: number;
  readonly classes: number;
  /** [count, inputs]; a value of an image is its byte times the image's scale. */
  readonly pixels: Uint8Array;
  /** [count] */
  readonly scales: Float32Array;
  /** [count], each below `classes`. */
  readonly labels: Uint8Array;
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
  const { count, pixels, labels, classNames } = images;
  if (scales.length !== count) throw new Error(`samplesOf: expected ${count} scales, got ${scales.length}`);
  const wrong = scales.findIndex((scale) => !Number.isFinite(scale));
  if (wrong >= 0)
    throw new Error(`samplesOf: expected finite scales, got ${scales[wrong]} for image ${wrong}`);
  return {
    count,
    inputs: pixels.length / Math.max(count, 1),
    classes: classNames.length,
    pixels,
    scales,
    labels,
  };
}

/** A minibatch in kernel memory: arrays for up to `capacity` samples that are filled anew for each batch. */
export interface BatchBuffers {
  readonly pixels: Uint8Buffer;
  readonly scales: Float32Buffer;
  readonly labels: Uint32Buffer;
  readonly capacity: number;
  dispose(): void;
}

/** The filled rows of batch buffers. */
export interface Batch {
  readonly count: number;
  /** [count, inputs] */
  readonly pixels: Uint8Buffer;
  /** [count] */
  readonly scales: Float32Buffer;
  /** [count] */
  readonly labels: Uint32Buffer;
}

/** Reserves memory for batches of up to `capacity` samples. */
export function allocateBatch(kernels: Kernels, capacity: number, inputs: number): BatchBuffers {
  const pixels = allocateUint8(kernels, [capacity, inputs]);
  const scales = allocateFloat32(kernels, [capacity]);
  const labels = allocateUint32(kernels, [capacity]);
  const dispose = () => {
    for (const array of [pixels, scales, labels]) array.dispose();
  };
  return { pixels, scales, labels, capacity, dispose };
}

/** Gathers the samples at `indices` into the buffers; at most `capacity` of them. */
export function fillBatch(buffers: BatchBuffers, samples: Samples, indices: Uint32Array): Batch {
  const { inputs } = samples;
  const pixels = buffers.pixels.view();
  const scales = buffers.scales.view();
  const labels = buffers.labels.view();
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row] as number;
    pixels.set(samples.pixels.subarray(index * inputs, (index + 1) * inputs), row * inputs);
    scales[row] = samples.scales[index] as number;
    labels[row] = samples.labels[index] as number;
  }
  const count = indices.length;
  return {
    count,
    pixels: rowsOf(buffers.pixels, 0, count),
    scales: rowsOf(buffers.scales, 0, count),
    labels: rowsOf(buffers.labels, 0, count),
  };
}
