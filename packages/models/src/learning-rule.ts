import type { Float32Buffer, Kernels } from '@hebblab/wasm';
import type { Batch, Samples } from './samples.js';
import type { EpochMetrics } from './training.js';

/** A layer whose weights a rule changes in place. */
export interface LayerInTraining {
  readonly kernels: Kernels;
  /** [hidden, inputs]; set to their start before the rule sees them. */
  readonly weights: Float32Buffer;
  /** Most samples in a batch. */
  readonly batchSize: number;
  /** All that the layer learns from; batches name theirs by index. */
  readonly samples: Samples;
}

/** A rule at work on one layer; holds what it keeps between steps. */
export interface RuleInTraining {
  /** One minibatch. */
  step(batch: Batch, learningRate: number): void;
  /** What the steps since the last call measured, added to the metrics of each epoch; a rule may measure nothing. */
  takeMetrics?(): EpochMetrics;
  /** Gives back what `start` reserved; a rule that reserved nothing needs none. */
  dispose?(): void;
}

/**
 * A local learning rule for one layer. Implement this to train a rule of your own: `start` receives the layer, each
 * `step` changes `layer.weights` in place. The state of a rule must follow from the weights alone, so that a
 * training resumed from a checkpoint gives the same bits.
 */
export interface LearningRule {
  readonly name: string;
  start(layer: LayerInTraining): RuleInTraining;
}
