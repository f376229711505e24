import { allocateFloat32, type Kernels, lpNorms, randomNormal } from '@hebblab/wasm';
import type { LearningRule } from './learning-rule.js';
import { allocateBatch, fillBatch, type Samples } from './samples.js';
import { learningRateAt, type Schedule } from './schedule.js';
import {
  checkpointArray,
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

/** A layer's training; `weights()` copies [hidden, inputs] out. */
export interface LayerTraining extends Training {
  weights(): Float32Array;
}

/**
 * A layer trained by a local rule. Metrics of an epoch: `convergedShare`, the share of units with
 * | ||W||_p - R | <= 1e-2 (arXiv 2405.00679), and `medianNorm`.
 *
 * With the linear schedule the last epoch would have learning rate 0: epochs 1 .. epochs - 1 are run, as published.
 *
 * @throws where a size is out of range or a checkpoint does not fit
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
  const { hidden, epochs, batchSize, seed, norm } = settings;
  expectTrainingSizes('createLayerTraining', { hidden, epochs, batchSize, images: samples.count });
  const shape = [hidden, samples.inputs] as const;
  const weights = allocateFloat32(kernels, shape);
  const norms = allocateFloat32(kernels, [hidden]);
  const buffers = allocateBatch(kernels, batchSize, samples.inputs);
  if (start.kind === 'fresh') initialise();
  else weights.set(checkpointArray(start.checkpoint, 'weights', shape));
  const running = rule.start({ kernels, weights, batchSize });
  let epoch = start.kind === 'fresh' ? 0 : start.checkpoint.epoch;

  function initialise() {
    randomNormal(kernels, { seed, stream: 'initial layer weights' }, weights);
    if (settings.initialDeviation === 1) return;
    const values = weights.view();
    for (let index = 0; index < values.length; index++)
      values[index] = (values[index] as number) * settings.initialDeviation;
  }

  function measure() {
    lpNorms(kernels, weights, norm.p, norms);
    const sorted = norms.view().slice().sort();
    const converged = sorted.filter((value) => Math.abs(value - norm.radius) <= convergedWithin).length;
    return { convergedShare: converged / hidden, medianNorm: medianOfSorted(sorted) };
  }

  function dispose() {
    running.dispose();
    buffers.dispose();
    norms.dispose();
    weights.dispose();
  }

  return {
    epochs: settings.learningRate.kind === 'linear' ? epochs - 1 : epochs,
    epoch: () => epoch,
    runEpoch() {
      const learningRate = learningRateAt(settings.learningRate, epoch + 1, epochs);
      const shuffle = { seed, stream: 'layer batches', epoch: epoch + 1 };
      const plan = shuffledBatches(kernels, shuffle, samples.images, batchSize);
      for (let index = 0; index < plan.batchCount; index++) {
        running.step(fillBatch(buffers, samples, plan, index), learningRate);
      }
      epoch += 1;
      return { learningRate, ...measure() };
    },
    checkpoint: () => ({
      epoch,
      arrays: new Map([['weights', { dtype: 'float32', shape, data: weights.view().slice() }]]),
    }),
    weights: () => weights.view().slice(),
    dispose,
    [Symbol.dispose]: dispose,
  };
}

/** Acceptance of arXiv 2405.00679: a unit has converged where its norm is this near the radius. */
const convergedWithin = 1e-2;

function medianOfSorted(values: Float32Array): number {
  const middle = (values.length - 1) / 2;
  return ((values[Math.floor(middle)] as number) + (values[Math.ceil(middle)] as number)) / 2;
}
