import { DataError } from './errors.js';
import { type ImageSet, pixelsPerImage } from './images.js';

/** Which images make up which batch of an epoch. */
export interface BatchPlan {
  /** The images' indices in the order in which they are used, usually a random permutation. */
  readonly order: Uint32Array;
  readonly batchSize: number;
  /** How many batches the epoch has. */
  readonly batchCount: number;
}

/** What planBatches takes. */
export interface BatchPlanOptions {
  readonly order: Uint32Array;
  readonly batchSize: number;
  /** What becomes of the images left over when the batch size does not divide their number: a last batch with
   * fewer images, or nothing (they are not used in this epoch). */
  readonly lastBatch: 'short' | 'drop';
}

/**
 * Splits an order of images into batches.
 *
 * @throws DataError when the order names an image that the set does not have, when the batch size is not a whole
 * number of at least 1, or when no batch is left (a set smaller than the batch size with 'drop').
 * @example
 * ```ts
 * const plan = planBatches(images, { order: permutation, batchSize: 100, lastBatch: 'drop' });
 * const batch = createBatch(images, plan.batchSize);
 * for (let index = 0; index < plan.batchCount; index++) {
 *   const filled = gatherBatch(images, scales, plan, index, batch);
 * }
 * ```
 */
export function planBatches(images: ImageSet, options: BatchPlanOptions): BatchPlan {
  const { order, batchSize, lastBatch } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new DataError(`planBatches: expected a batch size of at least 1, got ${batchSize}`);
  }
  const outside = order.find((index) => index >= images.count);
  if (outside !== undefined) {
    throw new DataError(`planBatches: expected indices below ${images.count}, got ${outside}`);
  }
  const exact = order.length / batchSize;
  const batchCount = lastBatch === 'short' ? Math.ceil(exact) : Math.floor(exact);
  if (batchCount === 0) {
    throw new DataError(`planBatches: expected images for a batch of ${batchSize}, got ${order.length}`);
  }
  return { order, batchSize, batchCount };
}

/** The arrays that a batch is gathered into; they may be views of WebAssembly memory. */
export interface Batch {
  /** [batchSize, height, width, channels] */
  readonly pixels: Uint8Array;
  /** [batchSize], what to multiply each image with. */
  readonly scales: Float32Array;
  /** [batchSize] */
  readonly labels: Uint8Array;
}

/**
 * Arrays of zeros for a batch in JavaScript memory.
 *
 * @example
 * ```ts
 * const batch = createBatch(images, plan.batchSize);
 * ```
 */
export function createBatch(images: ImageSet, batchSize: number): Batch {
  return {
    pixels: new Uint8Array(batchSize * pixelsPerImage(images.shape)),
    scales: new Float32Array(batchSize),
    labels: new Uint8Array(batchSize),
  };
}

/**
 * Copies one batch into arrays of the caller; allocates nothing.
 *
 * @param scales one per image of the set, from normalisationScales.
 * @param index 0 .. plan.batchCount - 1.
 * @returns how many images the batch has: plan.batchSize, or fewer in a short last batch. The arrays keep what they
 * held beyond these.
 * @throws RangeError when the index or an array's length does not fit.
 * @example
 * ```ts
 * const filled = gatherBatch(images, scales, plan, 0, batch);
 * ```
 */
export function gatherBatch(
  images: ImageSet,
  scales: Float32Array,
  plan: BatchPlan,
  index: number,
  into: Batch,
): number {
  const { order, batchSize, batchCount } = plan;
  const length = pixelsPerImage(images.shape);
  if (!(index >= 0 && index < batchCount)) {
    throw new RangeError(`gatherBatch: expected a batch index below ${batchCount}, got ${index}`);
  }
  if (scales.length !== images.count) {
    throw new RangeError(`gatherBatch: expected ${images.count} scales, got ${scales.length}`);
  }
  const start = index * batchSize;
  const filled = Math.min(batchSize, order.length - start);
  if (into.pixels.length < filled * length || into.scales.length < filled || into.labels.length < filled) {
    throw new RangeError(
      `gatherBatch: expected arrays for ${filled} images of ${length} bytes, got shorter ones`,
    );
  }
  const { pixels: from, labels } = images;
  const { pixels: to } = into;
  for (let i = 0; i < filled; i++) {
    const image = order[start + i] as number;
    // A loop and not set(subarray()), which would create a view per image.
    for (let byte = 0; byte < length; byte++) to[i * length + byte] = from[image * length + byte] as number;
    into.scales[i] = scales[image] as number;
    into.labels[i] = labels[image] as number;
  }
  return filled;
}
