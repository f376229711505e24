import type { NamedArrays } from '@hebblab/data';
import type { Kernels } from '@hebblab/wasm';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Samples } from '../samples.js';
import type { Checkpoint } from '../training.js';
import type { NetworkArchitecture } from './architecture.js';
import type { NetworkPass } from './network-pass.js';

/**
 * A term of the loss beside the cross-entropy of a network on tfjs-core. Implement this to train with a penalty of
 * your own: `value` returns a scalar tensor made by operations of tfjs-core, whose gradient is taken by them.
 *
 * @example
 * const smallLogits: NetworkPenalty = {
 *   name: 'small logits',
 *   start: () => ({ value: ({ logits }) => tf.mul(0.01, tf.mean(tf.square(logits))), dispose() {} }),
 * };
 */
export interface NetworkPenalty {
  readonly name: string;
  start(context: NetworkPenaltyContext): RunningNetworkPenalty;
}

/** What a penalty may look at before the training begins. */
export interface NetworkPenaltyContext {
  readonly architecture: NetworkArchitecture;
  readonly kernels: Kernels;
  readonly samples: Samples;
  readonly batchSize: number;
  readonly seed: number;
  /**
   * Runs the network as it stands over all training samples in order, batch after batch, each within a tidy of its
   * own; batch normalisations use the batch.
   */
  forEachBatch(batchSize: number, visit: (pass: NetworkPass) => void): void;
}

/** A penalty at work on one training. */
export interface RunningNetworkPenalty {
  /** Is called before each epoch, counted from 1. */
  beforeEpoch?(epoch: number): void;
  /** Is told the metrics of each epoch, for weights that change with them. */
  afterEpoch?(metrics: Readonly<Record<string, number>>): void;
  /** The value for a batch, on the tape; `step` counts the steps of the whole training from 0. */
  value(pass: NetworkPass, step: number): Scalar;
  /** What a checkpoint must keep so that a resumed training gives the same bits; names must begin with the penalty's. */
  save?(): NamedArrays;
  restore?(checkpoint: Checkpoint): void;
  dispose(): void;
}
