import { type BatchPlan, type ImageSet, type NamedArrays, planBatches } from '@hebblab/data';
import type { Kernels } from '@hebblab/wasm';
import { randomPermutation } from '@hebblab/wasm';

/** What an epoch measured, by name. */
export type EpochMetrics = Readonly<Record<string, number>>;

/** Everything a training needs to go on with the same bits. */
export interface Checkpoint {
  /** Epochs done. */
  readonly epoch: number;
  readonly arrays: NamedArrays;
}

/** Where a training begins. */
export type TrainingStart =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'resume'; readonly checkpoint: Checkpoint };

/**
 * A training that is run epoch by epoch, so that its caller can watch, save and stop it between any two. The same
 * settings and seed give the same bits, also when it is resumed from a checkpoint.
 */
export interface Training {
  /** Epochs that there will be. */
  readonly epochs: number;
  /** Epochs done. */
  epoch(): number;
  runEpoch(): EpochMetrics;
  checkpoint(): Checkpoint;
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Runs a training to its end.
 *
 * @param onEpoch is told of each epoch with its metrics
 * @throws an AbortError where the signal aborts between two epochs
 * @example
 * runTraining(training, { onEpoch: ({ epoch, metrics }) => console.error(epoch, metrics) });
 */
export function runTraining(
  training: Training,
  options: {
    readonly onEpoch?: (report: { readonly epoch: number; readonly metrics: EpochMetrics }) => void;
    readonly signal?: AbortSignal;
  } = {},
): void {
  while (training.epoch() < training.epochs) {
    options.signal?.throwIfAborted();
    const metrics = training.runEpoch();
    options.onEpoch?.({ epoch: training.epoch(), metrics });
  }
}

/** The shuffled batches of an epoch; the last is short where the batch size does not divide the count. */
export function shuffledBatches(
  kernels: Kernels,
  shuffle: { readonly seed: number; readonly stream: string; readonly epoch: number },
  images: ImageSet,
  batchSize: number,
): BatchPlan {
  const { seed, stream, epoch } = shuffle;
  const order = randomPermutation(kernels, { seed, stream: `${stream}, epoch ${epoch}` }, images.count);
  return planBatches(images, { order, batchSize, lastBatch: 'short' });
}

/** An array of a checkpoint, checked against the shape that the settings ask for. */
export function checkpointArray(
  checkpoint: Checkpoint,
  name: string,
  shape: readonly number[],
): Float32Array {
  const array = checkpoint.arrays.get(name);
  if (array === undefined)
    throw new Error(
      `resume: expected ${name} in the checkpoint, got ${[...checkpoint.arrays.keys()].join(', ')}`,
    );
  if (array.dtype !== 'float32' || `${array.shape}` !== `${shape}`) {
    throw new Error(`resume: expected ${name} as float32 [${shape}], got ${array.dtype} [${array.shape}]`);
  }
  return array.data;
}

/** Refuses sizes that make no training. */
export function expectTrainingSizes(operation: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new Error(`${operation}: expected ${name} as a whole number >= 1, got ${value}`);
    }
  }
}
