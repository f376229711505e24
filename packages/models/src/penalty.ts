import type { Float32Buffer, Kernels } from '@hebblab/wasm';
import type { ParameterArrays } from './adam.js';
import type { Batch } from './samples.js';

/** The parameters of a two-layer network by name. */
export type NetworkParameter = 'hidden weights' | 'readout weights' | 'readout bias';

/**
 * A forward pass that a penalty sees. Everything lives in kernel memory; take views for arithmetic in JavaScript.
 */
export interface ForwardPass {
  readonly kernels: Kernels;
  readonly batch: Batch;
  /** [count, inputs] */
  readonly inputs: Float32Buffer;
  /** Hidden pre-activations, [count, hidden]. */
  readonly preactivations: Float32Buffer;
  /** ReLU(pre-activations)^power, [count, hidden]. */
  readonly activations: Float32Buffer;
  /** [count, classes] */
  readonly logits: Float32Buffer;
  readonly parameters: ParameterArrays<NetworkParameter>;
}

/** Where a penalty adds its gradient. */
export interface PenaltyGradients {
  /** By the hidden pre-activations, [count, hidden]; carried on to the hidden weights. */
  readonly preactivations: Float32Buffer;
  /** By the parameters directly. */
  readonly parameters: ParameterArrays<NetworkParameter>;
}

/**
 * A term of the loss beside the cross-entropy. Implement this to train with a penalty of your own: return its value
 * for the batch and ADD its gradient, by pre-activations or parameters, to `gradients`.
 */
export interface Penalty {
  readonly name: string;
  apply(pass: ForwardPass, gradients: PenaltyGradients): number;
}
