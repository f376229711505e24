import { type BatchPlan, DataError, type ImageSet, type NamedArrays, planBatches } from '@hebblab/data';
import { type Kernels, randomPermutation } from '@hebblab/wasm';
import { epochsToRun, learningRateAt, type Schedule } from './schedule.js';

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
  /** Whether all epochs are done, or the training stopped itself before. */
  finished(): boolean;
  runEpoch(): EpochMetrics;
  checkpoint(): Checkpoint;
  /** Returns the memory of the training. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Runs a training to its end.
 *
 * @param options.onEpoch is told of each epoch with its metrics
 * @throws the signal's reason, an AbortError unless another was given, where it aborts between two epochs
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
  while (!training.finished()) {
    options.signal?.throwIfAborted();
    const metrics = training.runEpoch();
    options.onEpoch?.({ epoch: training.epoch(), metrics });
  }
}

/** The parts of a training that differ from one to the next. */
export interface TrainingParts {
  readonly start: TrainingStart;
  readonly settings: { readonly epochs: number; readonly learningRate: Schedule };
  /** One pass over the samples; `epoch` counts from 1. */
  runEpoch(epoch: number, learningRate: number): EpochMetrics;
  /** What a checkpoint keeps. */
  save(): NamedArrays;
  /** Whether to stop before all epochs are done; never where it is left out. */
  stopsEarly?(): boolean;
  dispose(): void;
}

/** Counts epochs and keeps to the schedule; metrics of an epoch begin with its `learningRate`. */
export function createTraining(parts: TrainingParts): Training {
  const { start, settings, runEpoch, save, dispose } = parts;
  const epochs = epochsToRun(settings.learningRate, settings.epochs);
  let epoch = start.kind === 'fresh' ? 0 : start.checkpoint.epoch;
  if (!Number.isSafeInteger(epoch) || epoch < 0 || epoch > epochs) {
    throw new DataError(`resume: expected a checkpoint after 0 to ${epochs} epochs, got one after ${epoch}`);
  }
  return {
    epochs,
    epoch: () => epoch,
    finished: () => epoch >= epochs || (parts.stopsEarly?.() ?? false),
    runEpoch() {
      const learningRate = learningRateAt(settings.learningRate, epoch + 1, settings.epochs);
      const metrics = runEpoch(epoch + 1, learningRate);
      epoch += 1;
      return { learningRate, ...metrics };
    },
    checkpoint: () => ({ epoch, arrays: save() }),
    dispose,
    [Symbol.dispose]: dispose,
  };
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
  if (array === undefined) {
    const names = [...checkpoint.arrays.keys()].join(', ') || 'nothing';
    throw new DataError(`resume: expected ${name} in the checkpoint, got ${names}`);
  }
  if (array.dtype !== 'float32' || `${array.shape}` !== `${shape}`) {
    throw new DataError(
      `resume: expected ${name} as float32 [${shape}], got ${array.dtype} [${array.shape}]`,
    );
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
