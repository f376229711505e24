import { refuseNonFinite } from '@hebblab/data';
import { hvp, tensorOver } from '@hebblab/tfjs-backend';
import { allocateFloat32, type Kernels } from '@hebblab/wasm';
import {
  engine,
  keep,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { OpenModel } from '../open-model.js';
import { buildOwning } from '../owned-parts.js';
import {
  type Activation,
  classesOf,
  inputsOf,
  layerWidths,
  type NetworkArchitecture,
  parameterShapes,
} from './architecture.js';
import type { NetworkModel } from './network-model.js';
import { type NetworkPass, runNetwork } from './network-pass.js';
import { type NetworkObjective, type Part, sumOfObjective } from './objective.js';
import {
  expectStabilisation,
  type Stabilisation,
  stabilisedActivation,
  sumOfStabilisedObjective,
  unitLargest,
} from './stabilised-pass.js';

/** A dense or convolution layer of an open network. */
export interface OpenLayer {
  /** Name of its parameters without the part, for example `layers.0`. */
  readonly name: string;
  /** Values per sample. */
  readonly width: number;
  readonly activation: Activation;
}

/**
 * A network on tfjs-core with plain arrays in and out, so that it can stand wherever a classifier is asked for, for
 * example in `@hebblab/attacks`. Batch normalisations use their running averages.
 */
export interface OpenNetwork extends OpenModel {
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
  /** Each sample's own gradient of another objective, [count, inputs]. */
  objectiveGradient(
    inputs: Float32Array,
    labels: Uint8Array,
    count: number,
    objective: NetworkObjective,
  ): Float32Array;
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
export type StabilisedNetwork = Pick<
  OpenNetwork,
  'inputs' | 'classes' | 'logits' | 'lossGradient' | 'objectiveGradient'
>;

/**
 * Copies a network into kernel memory, on the backend of @hebblab/tfjs-backend. Calls with more than `capacity` samples
 * are worked off in parts. A sample's answers do not depend on its neighbours, objectives of whole batches apart.
 *
 * @param capacity samples worked on together, >= 1
 * @throws where the capacity is out of range or another backend is set; its functions throw where inputs or labels
 * have the wrong length, labels name no class, or inputs are not finite
 * @example
 * using open = openNetwork(kernels, decodeAnyModel(bytes, 'mlp.safetensors'), 500);
 * const jacobians = open.jacobian(images, images.length / open.inputs);
 */
export function openNetwork(kernels: Kernels, model: NetworkModel, capacity: number): OpenNetwork {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw new Error(`openNetwork: expected a capacity as a whole number >= 1, got ${capacity}`);
  return buildOwning((own, dispose) => {
    const parameters: Record<string, Tensor> = {};
    for (const { name, shape } of parameterShapes(model.architecture)) {
      const array = own(allocateFloat32(kernels, shape));
      array.set(model.parameters[name] as Float32Array);
      parameters[name] = own(keep(tensorOver(array)));
    }
    return { ...answersOf(model.architecture, parameters, capacity), dispose, [Symbol.dispose]: dispose };
  });
}

function answersOf(
  architecture: NetworkArchitecture,
  parameters: Readonly<Record<string, Tensor>>,
  capacity: number,
): Omit<OpenNetwork, 'dispose' | typeof Symbol.dispose> {
  const inputs = inputsOf(architecture);
  const classes = classesOf(architecture);
  const layers = openLayers(architecture);

  function run(
    rows: Tensor2D,
    labels: Tensor1D,
    activate?: ReturnType<typeof stabilisedActivation>,
  ): NetworkPass {
    const options = { architecture, parameters, labels, statistics: 'running averages' } as const;
    return runNetwork(activate === undefined ? options : { ...options, activate }, rows);
  }

  /** Joins what `work` answers, [part, width] each, to parts of at most `capacity` samples. */
  function inParts(
    operation: string,
    values: Float32Array,
    count: number,
    width: number,
    work: (rows: Tensor2D, part: Part) => Tensor,
  ): Float32Array {
    if (values.length !== count * inputs)
      throw new Error(
        `${operation}: expected ${count * inputs} values for ${count} samples, got ${values.length}`,
      );
    refuseNonFinite(operation, 'inputs', values);
    const out = new Float32Array(count * width);
    for (let first = 0; first < count; first += capacity) {
      const part = { first, count: Math.min(capacity, count - first) };
      tidy(() => {
        const rows = rowsOfPart(values, part, inputs);
        out.set(work(rows, part).dataSync(), first * width);
      });
    }
    return out;
  }

  function expectLabels(operation: string, labels: Uint8Array, count: number): void {
    if (labels.length !== count)
      throw new Error(`${operation}: expected ${count} labels, got ${labels.length}`);
    const wrong = labels.find((label) => label >= classes);
    if (wrong !== undefined) throw new Error(`${operation}: expected labels below ${classes}, got ${wrong}`);
  }

  function expectWeights(operation: string, objective: NetworkObjective, count: number): void {
    if (typeof objective === 'string' || objective.kind !== 'weighted logits') return;
    const { length } = objective.weights;
    if (length !== count * classes)
      throw new Error(`${operation}: expected ${count * classes} weights of logits, got ${length}`);
  }

  function logits(values: Float32Array, count: number): Float32Array {
    return inParts('logits', values, count, classes, (rows, part) => run(rows, noLabels(part)).logits);
  }

  /** [count, inputs]; `value` is a sum over samples. */
  function inputGradient(
    operation: string,
    values: Float32Array,
    labels: Uint8Array,
    count: number,
    value: (rows: Tensor2D, labels: Tensor1D, part: Part) => Scalar,
  ): Float32Array {
    expectLabels(operation, labels, count);
    return inParts(operation, values, count, inputs, (rows, part) =>
      gradientBy(rows, () => value(rows, labelsOfPart(labels, part), part)),
    );
  }

  function objectiveGradient(
    values: Float32Array,
    labels: Uint8Array,
    count: number,
    objective: NetworkObjective,
  ): Float32Array {
    expectWeights('objectiveGradient', objective, count);
    return inputGradient('objectiveGradient', values, labels, count, (rows, partLabels, part) =>
      sumOfObjective(objective, run(rows, partLabels), part),
    );
  }

  function stabilised(stabilisation: Stabilisation): StabilisedNetwork {
    expectStabilisation(stabilisation);
    const activate = stabilisedActivation(stabilisation);
    const gradient = (
      values: Float32Array,
      labels: Uint8Array,
      count: number,
      objective: NetworkObjective,
    ): Float32Array => {
      expectLabels('stabilised', labels, count);
      expectWeights('stabilised', objective, count);
      return inParts('stabilised', values, count, inputs, (rows, part) =>
        unitLargest(
          gradientBy(rows, () =>
            sumOfStabilisedObjective(objective, run(rows, labelsOfPart(labels, part), activate), part),
          ),
        ),
      );
    };
    return {
      inputs,
      classes,
      logits,
      lossGradient: (values, labels, count) => gradient(values, labels, count, 'cross-entropy'),
      objectiveGradient: gradient,
    };
  }

  function representation(
    values: Float32Array,
    count: number,
    layer: number,
    what: 'preactivations' | 'activations',
  ): Float32Array {
    const width = layers[layer]?.width;
    if (width === undefined)
      throw new Error(`representation: expected a layer from 0 to ${layers.length - 1}, got ${layer}`);
    return inParts('representation', values, count, width, (rows, part) => {
      const pass = run(rows, noLabels(part)).layers[layer] as NetworkPass['layers'][number];
      return pass[what];
    });
  }

  return {
    inputs,
    hidden: layers.at(-2)?.width ?? inputs,
    classes,
    architecture,
    layers,
    logits,
    representation,
    preactivations: (values, count) =>
      layers.length === 1
        ? values.slice()
        : representation(values, count, layers.length - 2, 'preactivations'),
    lossGradient: (values, labels, count) =>
      inputGradient('lossGradient', values, labels, count, (rows, partLabels, part) =>
        sumOfObjective('cross-entropy', run(rows, partLabels), part),
      ),
    objectiveGradient,
    jacobian(values, count) {
      const jacobians = new Float32Array(count * classes * inputs);
      const labels = new Uint8Array(count);
      for (let unit = 0; unit < classes; unit++) {
        const weights = Float32Array.from({ length: count * classes }, (_, at) =>
          at % classes === unit ? 1 : 0,
        );
        const gradients = objectiveGradient(values, labels, count, { kind: 'weighted logits', weights });
        for (let sample = 0; sample < count; sample++) {
          const gradient = gradients.subarray(sample * inputs, (sample + 1) * inputs);
          jacobians.set(gradient, (sample * classes + unit) * inputs);
        }
      }
      return jacobians;
    },
    hessianVectorProduct(values, labels, vectors, count) {
      expectLabels('hessianVectorProduct', labels, count);
      if (vectors.length !== count * inputs)
        throw new Error(
          `hessianVectorProduct: expected ${count * inputs} values of vectors, got ${vectors.length}`,
        );
      return inParts('hessianVectorProduct', values, count, inputs, (rows, part) => {
        const partLabels = labelsOfPart(labels, part);
        const loss = (moved: Tensor) =>
          sumOfObjective('cross-entropy', run(moved as Tensor2D, partLabels), part);
        return hvp(loss, rows, rowsOfPart(vectors, part, inputs));
      });
    },
    stabilised,
    run: (rows, labels) => run(rows, labels),
  };
}

function openLayers(architecture: NetworkArchitecture): OpenLayer[] {
  const widths = layerWidths(architecture);
  return architecture.layers
    .flatMap((layer, index) =>
      layer.kind === 'dense' || layer.kind === 'convolution'
        ? [{ name: `layers.${index}`, activation: layer.activation }]
        : [],
    )
    .map((layer, index) => ({ ...layer, width: widths[index] as number }));
}

/** The gradient by rows; 0 where the value does not depend on them. */
function gradientBy(rows: Tensor2D, value: () => Scalar): Tensor {
  const { grads } = engine().gradients(value, [rows], undefined, true);
  return grads[0] ?? zerosLike(rows);
}

function rowsOfPart(values: Float32Array, { first, count }: Part, width: number): Tensor2D {
  return tensor2d(values.subarray(first * width, (first + count) * width), [count, width]);
}

function labelsOfPart(labels: Uint8Array, { first, count }: Part): Tensor1D {
  return tensor1d(Int32Array.from(labels.subarray(first, first + count)), 'int32');
}

/** Labels of a pass that nothing asks for. */
function noLabels({ count }: Part): Tensor1D {
  return tensor1d(new Int32Array(count), 'int32');
}
