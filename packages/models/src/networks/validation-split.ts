import { type BatchPlan, type ImageSet, planBatches } from '@hebblab/data';
import { type Kernels, randomPermutation } from '@hebblab/wasm';

/** Which images a training uses, by index. */
export interface ValidationSplit {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Holds a share of the images out, drawn by the seed.
 *
 * @param share in [0, 1)
 * @throws where the share is outside, or leaves no image on one side
 */
export function splitOff(kernels: Kernels, count: number, share: number, seed: number): ValidationSplit {
  const held = Math.round(share * count);
  if (!(share >= 0 && share < 1) || held === count || (share > 0 && held === 0))
    throw new Error(`splitOff: expected a validation share in [0, 1) of ${count} images, got ${share}`);
  if (held === 0)
    return {
      training: Uint32Array.from({ length: count }, (_, image) => image),
      validation: new Uint32Array(0),
    };
  const order = randomPermutation(kernels, { seed, stream: 'validation split' }, count);
  return { training: order.slice(held).sort(), validation: order.slice(0, held).sort() };
}

/** Batches of some images in order. */
export function inOrder(images: ImageSet, indices: Uint32Array, batchSize: number): BatchPlan {
  return planBatches(images, { order: indices, batchSize, lastBatch: 'short' });
}

/** The shuffled batches of an epoch of some images. */
export function shuffled(
  kernels: Kernels,
  images: ImageSet,
  indices: Uint32Array,
  { seed, epoch, batchSize }: { readonly seed: number; readonly epoch: number; readonly batchSize: number },
): BatchPlan {
  const stream = { seed, stream: `network batches, epoch ${epoch}` };
  const order = randomPermutation(kernels, stream, indices.length).map(
    (position) => indices[position] as number,
  );
  return planBatches(images, { order, batchSize, lastBatch: 'short' });
}
