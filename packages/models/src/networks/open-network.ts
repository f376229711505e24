import { hvp, tensorOver } from '@hebblab/tfjs-backend';
import { allocateFloat32, type Kernels, rowsOf } from '@hebblab/wasm';
import {
  add,
  grad,
  max,
  mul,
  neg,
  oneHot,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { OpenModel } from '../open-model.js';
import { buildOwning } from '../owned-parts.js';
import {
  classesOf,
  inputsOf,
  layerWidths,
  type NetworkArchitecture,
  parameterShapes,
} from './architecture.js';
import type { NetworkModel } from './network-model.js';
import { crossEntropies, type NetworkPass, runNetwork } from './network-pass.js';
import { type Stabilisation, stabilisedActivations } from './stabilised-activations.js';

/**
 * What an attack climbs, a number for each sample:
 * - `cross-entropy`: by log-softmax, in nats
 * - `negative margin`: the largest other logit minus the label's
 * - `logit`: the label's logit
 */
export type InputObjective = 'cross-entropy' | 'negative margin' | 'logit';

/** A network in kernel memory with every derivative that attacks and analyses ask for. Arrays in and out are plain. */
export interface OpenNetwork extends OpenModel {
  readonly architecture: NetworkArchitecture;
  /** h of the last hidden layer, [count, hidden]; the inputs where there is none. */
  preactivations(inputs: Float32Array, count: number): Float32Array;
  /** Dense and convolution layers, the readout included. */
  readonly layerCount: number;
  /** What a dense or convolution layer computes, [count, units]; layers count from 0. `activations` are after its nonlinearity. */
  representation(
    inputs: Float32Array,
    count: number,
    layer: number,
    what: 'preactivations' | 'activations',
  ): Float32Array;
  /** Each sample's own gradient of an objective by its input, [count, inputs]. */
  inputGradient(
    inputs: Float32Array,
    labels: Uint8Array,
    count: number,
    objective: InputObjective,
  ): Float32Array;
  /**
   * The gradient of the negative margin with a backward signal that cannot vanish (see Stabilisation): a direction, whose
   * length means nothing. [count, inputs]
   */
  stabilisedGradient(
    inputs: Float32Array,
    labels: Uint8Array,
    count: number,
    stabilisation: Stabilisation,
  ): Float32Array;
  /** d logits / d input of each sample, [count, classes, inputs]. */
  jacobian(inputs: Float32Array, count: number): Float32Array;
  /** The Hessian of each sample's cross-entropy by its input, times its vector; [count, inputs]. */
  hessianVectorProduct(
    inputs: Float32Array,
    labels: Uint8Array,
    vectors: Float32Array,
    count: number,
  ): Float32Array;
}

/**
 * Copies a network into kernel memory, with room for `capacity` samples at a time; larger calls are worked off in parts.
 * Batch normalisations use their running averages, so that a sample's result does not depend on its neighbours.
 * The backend of @hebblab/tfjs-backend must be set, on these kernels.
 *
 * @throws where the capacity is out of range or another backend is set; its functions throw where inputs or labels have
 * the wrong length
 * @example
 * using open = openNetwork(kernels, decodeAnyModel(bytes, 'mlp.safetensors'), 500);
 * const jacobian = open.jacobian(images, 10);
 */
export function openNetwork(kernels: Kernels, model: NetworkModel, capacity: number): OpenNetwork {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new Error(`openNetwork: expected a capacity as a whole number >= 1, got ${capacity}`);
  const { architecture } = model;
  const [inputs, classes] = [inputsOf(architecture), classesOf(architecture)];
  return buildOwning((own, dispose) => {
    const samples = own(allocateFloat32(kernels, [capacity, inputs]));
    const parameters: Record<string, Tensor> = {};
    for (const { name, shape } of parameterShapes(architecture)) {
      const array = own(allocateFloat32(kernels, shape));
      array.set(model.parameters[name] as Float32Array);
      parameters[name] = own(tensorOver(array));
    }

    function run(rows: Tensor2D, labels: Tensor1D, stabilisation?: Stabilisation): NetworkPass {
      const options = { architecture, parameters, labels, statistics: 'running averages' } as const;
      if (stabilisation === undefined) return runNetwork(options, rows);
      return runNetwork({ ...options, activate: stabilisedActivations(stabilisation) }, rows);
    }

    /** Runs `work` on parts of at most `capacity` samples and joins the rows of its results. */
    function inParts(
      operation: string,
      values: Float32Array,
      count: number,
      work: (rows: Tensor2D, first: number, part: number) => Tensor,
    ): Float32Array {
      if (values.length !== count * inputs)
        throw new Error(
          `${operation}: expected ${count * inputs} values for ${count} samples, got ${values.length}`,
        );
      let out = new Float32Array(0);
      for (let first = 0; first < count; first += capacity) {
        const part = Math.min(capacity, count - first);
        const rows = rowsOf(samples, 0, part);
        rows.set(values.subarray(first * inputs, (first + part) * inputs));
        tidy(() => {
          const result = work(tensorOver(rows) as Tensor2D, first, part);
          const width = result.size / part;
          if (out.length === 0) out = new Float32Array(count * width);
          out.set(result.dataSync() as Float32Array, first * width);
        });
      }
      return out;
    }

    const noLabels = (part: number) => tensor1d(new Int32Array(part), 'int32');
    const labelsOf = (operation: string, labels: Uint8Array, count: number, first: number, part: number) => {
      if (labels.length !== count)
        throw new Error(`${operation}: expected ${count} labels, got ${labels.length}`);
      return tensor1d(Int32Array.from(labels.subarray(first, first + part)), 'int32');
    };
    const layerCount = layerWidths(architecture).length;

    function representation(
      values: Float32Array,
      count: number,
      layer: number,
      what: 'preactivations' | 'activations',
    ): Float32Array {
      return inParts('representation', values, count, (rows, _, part) => {
        const pass = run(rows, noLabels(part)).layers[layer];
        if (pass === undefined)
          throw new Error(`representation: expected a layer from 0 to ${layerCount - 1}, got ${layer}`);
        return pass[what];
      });
    }

    function inputGradient(
      values: Float32Array,
      labels: Uint8Array,
      count: number,
      objective: InputObjective,
    ): Float32Array {
      return inParts('inputGradient', values, count, (rows, first, part) => {
        const own = labelsOf('inputGradient', labels, count, first, part);
        return grad((moved: Tensor) => sum(objectives(run(moved as Tensor2D, own), objective)))(rows);
      });
    }

    return {
      inputs,
      classes,
      hidden: layerWidths(architecture).at(-2) ?? inputs,
      architecture,
      layerCount,
      representation,
      preactivations: (values, count) =>
        layerCount === 1 ? values.slice() : representation(values, count, layerCount - 2, 'preactivations'),
      logits: (values, count) =>
        inParts('logits', values, count, (rows, _, part) => run(rows, noLabels(part)).logits),
      lossGradient: (values, labels, count) => inputGradient(values, labels, count, 'cross-entropy'),
      inputGradient,
      stabilisedGradient: (values, labels, count, stabilisation) =>
        inParts('stabilisedGradient', values, count, (rows, first, part) => {
          const own = labelsOf('stabilisedGradient', labels, count, first, part);
          return grad((moved: Tensor) =>
            sum(objectives(run(moved as Tensor2D, own, stabilisation), 'negative margin')),
          )(rows);
        }),
      jacobian(values, count) {
        const jacobians = new Float32Array(count * classes * inputs);
        for (let label = 0; label < classes; label++) {
          const gradients = inParts('jacobian', values, count, (rows, _, part) =>
            grad((moved: Tensor) =>
              sum(slice(run(moved as Tensor2D, noLabels(part)).logits, [0, label], [part, 1])),
            )(rows),
          );
          for (let sample = 0; sample < count; sample++)
            jacobians.set(
              gradients.subarray(sample * inputs, (sample + 1) * inputs),
              (sample * classes + label) * inputs,
            );
        }
        return jacobians;
      },
      hessianVectorProduct(values, labels, vectors, count) {
        if (vectors.length !== values.length)
          throw new Error(
            `hessianVectorProduct: expected as many vector values as inputs, ${values.length}, got ${vectors.length}`,
          );
        return inParts('hessianVectorProduct', values, count, (rows, first, part) => {
          const own = labelsOf('hessianVectorProduct', labels, count, first, part);
          const along = tensor2d(vectors.slice(first * inputs, (first + part) * inputs), [part, inputs]);
          return hvp((moved) => sum(objectives(run(moved as Tensor2D, own), 'cross-entropy')), rows, along);
        });
      },
      dispose,
      [Symbol.dispose]: dispose,
    };
  });
}

function objectives({ logits, labels }: NetworkPass, objective: InputObjective): Tensor {
  if (objective === 'cross-entropy') return crossEntropies(logits, labels);
  const own = oneHot(labels, logits.shape[1]);
  const label = sum(mul(own, logits), 1);
  if (objective === 'logit') return label;
  // The label's own logit is put out of the running.
  const largestOther = max(add(logits, mul(own, neg(outOfTheRunning))), 1);
  return sub(largestOther, label);
}

const outOfTheRunning = 3e38;
