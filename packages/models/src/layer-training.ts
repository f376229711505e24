import { allocateFloat32, type Float32Buffer, type Kernels, lpNorms } from '@hebblab/wasm';
import { drawWeights } from './initial-weights.js';
import type { LearningRule } from './learning-rule.js';
import { buildOwning } from './owned-parts.js';
import { allocateBatch, fillBatch, type Samples } from './samples.js';
import type { Schedule } from './schedule.js';
import {
  checkpointArray,
  createTraining,
  expectTrainingSizes,
  shuffledBatches,
  type Training,
  type TrainingStart,
} from './training.js';

/** How a layer is trained by a local rule. */
export interface LayerTrainingSettings {
  readonly hidden: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: Schedule;
  /** Standard deviation of the normal draws that the weights start from; 1 in arXiv 2405.00679. */
  readonly initialDeviation: number;
  /** Norm that weights should converge to, for the metrics: the exponent p and the radius R of the rule. */
  readonly norm: { readonly p: number; readonly radius: number };
  readonly seed: number;
}

/** The training of a layer. */
export interface LayerTraining extends Training {
  /** A copy of the weights, [hidden, inputs]. */
  weights(): Float32Array;
}

/**
 * A layer trained by a local rule. Metrics of an epoch: `convergedShare`, the share of units with
 * | ||W||_p - R | <= 1e-2 (arXiv 2405.00679), `medianNorm`, and those of the rule.
 *
 * With the linear schedule the last epoch would have learning rate 0: epochs 1 .. epochs - 1 are run, as published.
 *
 * @throws where a size is out of range; DataError where a checkpoint does not fit
 * @example
 * using training = createLayerTraining(kernels, samples, settings, rule, { kind: 'fresh' });
 * runTraining(training);
 */
export function createLayerTraining(
  kernels: Kernels,
  samples: Samples,
  settings: LayerTrainingSettings,
  rule: LearningRule,
  start: TrainingStart,
): LayerTraining {
  const { hidden, epochs, batchSize, seed, norm, initialDeviation } = settings;
  expectTrainingSizes('createLayerTraining', { hidden, epochs, batchSize, images: samples.count });
  return buildOwning((own, dispose) => {
    const shape = [hidden, samples.inputs] as const;
    const weights = own(allocateFloat32(kernels, shape));
    const norms = own(allocateFloat32(kernels, [hidden]));
    const buffers = own(allocateBatch(kernels, batchSize, samples.inputs));
    if (start.kind === 'resume') weights.set(checkpointArray(start.checkpoint, 'weights', shape));
    else drawWeights(kernels, { seed, stream: 'initial layer weights' }, initialDeviation, weights);
    const running = rule.start({ kernels, weights, batchSize, samples });
    if (typeof running?.step !== 'function') {
      throw new Error(
        `createLayerTraining: expected start of the rule ${rule.name} to return a step, got none`,
      );
    }
    own({ dispose: () => running.dispose?.() });

    const training = createTraining({
      start,
      settings,
      runEpoch(epoch, learningRate) {
        const shuffle = { seed, stream: 'layer batches', epoch };
        const plan = shuffledBatches(kernels, shuffle, samples.images, batchSize);
        for (let index = 0; index < plan.batchCount; index++) {
          running.step(fillBatch(buffers, samples, plan, index), learningRate);
        }
        return { ...measureNorms(kernels, weights, norm, norms), ...running.takeMetrics?.() };
      },
      save: () => new Map([['weights', { dtype: 'float32', shape, data: weights.view().slice() }]]),
      dispose,
    });
    return { ...training, weights: () => weights.view().slice() };
  });
}

/** Acceptance of arXiv 2405.00679: a unit has converged where its norm is this near the radius. */
const convergedWithin = 1e-2;

function measureNorms(
  kernels: Kernels,
  weights: Float32Buffer,
  { p, radius }: LayerTrainingSettings['norm'],
  norms: Float32Buffer,
): { convergedShare: number; medianNorm: number } {
  lpNorms(kernels, weights, p, norms);
  const sorted = norms.view().slice().sort();
  const converged = sorted.filter((norm) => Math.abs(norm - radius) <= convergedWithin).length;
  return { convergedShare: converged / sorted.length, medianNorm: medianOfSorted(sorted) };
}

function medianOfSorted(values: Float32Array): number {
  const middle = (values.length - 1) / 2;
  return ((values[Math.floor(middle)] as number) + (values[Math.ceil(middle)] as number)) / 2;
}
