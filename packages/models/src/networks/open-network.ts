import { allocateFloat32, type Float32Buffer, type Kernels } from '@hebblab/wasm';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { OpenModel } from '../open-model.js';
import { buildOwning } from '../owned-parts.js';
import { type Activation, type NetworkArchitecture, parameterShapes } from './architecture.js';
import { answersOf } from './network-answers.js';
import type { NetworkModel } from './network-model.js';
import type { NetworkPass } from './network-pass.js';
import type { NetworkObjective } from './objective.js';
import { tensorsOver } from './parameter-tensors.js';
import type { Stabilisation } from './stabilised-pass.js';

/** A dense or convolution layer of an open network. */
export interface OpenLayer {
  /** Name of its parameters without the part, for example `layers.0`. */
  readonly name: string;
  /** Values per sample. */
  readonly width: number;
  readonly activation: Activation;
}

/** Gradients by the inputs, [count, inputs]: each sample's own, not divided by the count. */
export interface InputGradients {
  /** Of the cross-entropy. */
  lossGradient(inputs: Float32Array, labels: Uint8Array, count: number): Float32Array;
  /** Of another objective. */
  objectiveGradient(
    inputs: Float32Array,
    labels: Uint8Array,
    count: number,
    objective: NetworkObjective,
  ): Float32Array;
  /** Of sum_c weights_c z_c with weights [count, classes]: of a class's logit, or a difference of two. */
  logitsGradient(inputs: Float32Array, weights: Float32Array, count: number): Float32Array;
}

/**
 * A network on tfjs-core with plain arrays in and out, so that it can stand wherever a classifier is asked for, for
 * example in `@hebblab/attacks`. Batch normalisations use their running averages.
 */
export interface OpenNetwork extends OpenModel, InputGradients {
  readonly architecture: NetworkArchitecture;
  /** Dense and convolution layers in order; the last is the readout. */
  readonly layers: readonly OpenLayer[];
  /** Width of the last hidden layer; `inputs` where there is none. */
  readonly hidden: number;
  /** Of the last hidden layer, [count, hidden]; the inputs where there is none. */
  preactivations(inputs: Float32Array, count: number): Float32Array;
  /** What a layer of `layers` computes, [count, width]; `activations` are after its nonlinearity. */
  representation(
    inputs: Float32Array,
    count: number,
    layer: number,
    what: 'preactivations' | 'activations',
  ): Float32Array;
  /**
   * What the shared readout of a hierarchy makes of the state after `depth` dense and convolution layers,
   * [count, classes].
   */
  levelLogits(inputs: Float32Array, count: number, depth: number): Float32Array;
  /** The derivative of each logit by each input, [count, classes, inputs]; about a gradient per class. */
  jacobian(inputs: Float32Array, count: number): Float32Array;
  /** The second derivative of each sample's own cross-entropy by its input times its vector, all [count, inputs]. */
  hessianVectorProduct(
    inputs: Float32Array,
    labels: Uint8Array,
    vectors: Float32Array,
    count: number,
  ): Float32Array;
  /**
   * The same classifier with gradients that do not vanish; only their direction means something: each sample's largest
   * derivative is 1, or all are 0. See {@link Stabilisation}.
   */
  stabilised(stabilisation: Stabilisation): StabilisedNetwork;
  /** The pass of a batch on the tape, within the caller's tidy; for values and derivatives of one's own. */
  run(inputs: Tensor2D, labels: Tensor1D): NetworkPass;
}

/** The logits of a network, with stabilised gradients. */
export interface StabilisedNetwork extends InputGradients {
  readonly inputs: number;
  readonly classes: number;
  /** [count, classes] */
  logits(inputs: Float32Array, count: number): Float32Array;
}

/**
 * Copies a network into kernel memory, on the backend of @hebblab/tfjs-backend. Calls with more than `capacity` samples
 * are worked off in parts. A sample's answers do not depend on its neighbours, objectives of whole batches apart.
 *
 * @param capacity samples worked on together, >= 1
 * @throws where the capacity is out of range or another backend is set; its functions throw where inputs or labels
 * have the wrong length, labels name no class, or inputs are not finite
 * @example
 * await openTensors(kernels);
 * using open = openNetwork(kernels, decodeAnyModel(bytes, 'mlp.safetensors'), 500);
 * const jacobians = open.jacobian(images, images.length / open.inputs);
 */
export function openNetwork(kernels: Kernels, model: NetworkModel, capacity: number): OpenNetwork {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new Error(`openNetwork: expected a capacity as a whole number >= 1, got ${capacity}`);
  return buildOwning((own, dispose) => {
    const arrays: Record<string, Float32Buffer> = {};
    for (const { name, shape } of parameterShapes(model.architecture)) {
      const array = own(allocateFloat32(kernels, shape));
      array.set(model.parameters[name] as Float32Array);
      arrays[name] = array;
    }
    const { tensors } = own(tensorsOver(arrays));
    return { ...answersOf(model.architecture, tensors, capacity), dispose, [Symbol.dispose]: dispose };
  });
}
