import { refuseNonFinite } from '@hebblab/data';
import { hvp } from '@hebblab/tfjs-backend';
import {
  engine,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { classesOf, inputsOf, layerWidths, type NetworkArchitecture } from './architecture.js';
import { type NetworkPass, type PassOptions, runNetwork } from './network-pass.js';
import { type NetworkObjective, sumOfObjective, weightedSum } from './objective.js';
import type { InputGradients, OpenLayer, OpenNetwork, StabilisedNetwork } from './open-network.js';
import {
  expectStabilisation,
  type Stabilisation,
  stabilisedActivation,
  sumOfStabilisedObjective,
  unitLargest,
} from './stabilised-pass.js';

/** The samples of a call that a part of it works on. */
interface Part {
  readonly first: number;
  readonly count: number;
}

/** Everything that an open network answers, from parameters that live as long as it. */
export function answersOf(
  architecture: NetworkArchitecture,
  parameters: Readonly<Record<string, Tensor>>,
  capacity: number,
): Omit<OpenNetwork, 'dispose' | typeof Symbol.dispose> {
  const inputs = inputsOf(architecture);
  const classes = classesOf(architecture);
  const layers = openLayers(architecture);

  const optionsOf = (labels: Tensor1D): PassOptions => ({
    architecture,
    parameters,
    labels,
    statistics: 'running averages',
  });
  const run = (rows: Tensor2D, labels: Tensor1D) => runNetwork(optionsOf(labels), rows);

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

  function logits(values: Float32Array, count: number): Float32Array {
    return inParts('logits', values, count, classes, (rows, part) => run(rows, noLabels(part)).logits);
  }

  /** Gradients by the inputs, of passes and sums over samples that may be stand-ins. */
  function gradientsOf(parts: {
    passOf(rows: Tensor2D, labels: Tensor1D): NetworkPass;
    sumOf(objective: NetworkObjective, pass: NetworkPass, count: number): Scalar;
    finish(gradient: Tensor): Tensor;
  }): InputGradients {
    const { passOf, sumOf, finish } = parts;

    function byInputs(
      operation: string,
      values: Float32Array,
      count: number,
      value: (rows: Tensor2D, part: Part) => Scalar,
    ): Float32Array {
      return inParts(operation, values, count, inputs, (rows, part) => {
        const { grads } = engine().gradients(() => value(rows, part), [rows], undefined, true);
        return finish(grads[0] ?? zerosLike(rows));
      });
    }

    function ofObjective(
      operation: string,
      values: Float32Array,
      labels: Uint8Array,
      count: number,
      objective: NetworkObjective,
    ): Float32Array {
      expectLabels(operation, labels, count);
      return byInputs(operation, values, count, (rows, part) =>
        sumOf(objective, passOf(rows, labelsOfPart(labels, part)), part.count),
      );
    }

    return {
      lossGradient: (values, labels, count) =>
        ofObjective('lossGradient', values, labels, count, 'cross-entropy'),
      objectiveGradient: (values, labels, count, objective) =>
        ofObjective('objectiveGradient', values, labels, count, objective),
      logitsGradient(values, weights, count) {
        if (weights.length !== count * classes)
          throw new Error(
            `logitsGradient: expected ${count * classes} weights of logits, got ${weights.length}`,
          );
        return byInputs('logitsGradient', values, count, (rows, part) => {
          const ofPart = weights.subarray(part.first * classes, (part.first + part.count) * classes);
          return weightedSum(passOf(rows, noLabels(part)).logits, ofPart);
        });
      },
    };
  }

  const gradients = gradientsOf({ passOf: run, sumOf: sumOfObjective, finish: (gradient) => gradient });

  function stabilised(stabilisation: Stabilisation): StabilisedNetwork {
    expectStabilisation(stabilisation);
    const activate = stabilisedActivation(stabilisation);
    const stable = gradientsOf({
      passOf: (rows, labels) => runNetwork({ ...optionsOf(labels), activate }, rows),
      sumOf: sumOfStabilisedObjective,
      finish: unitLargest,
    });
    return { inputs, classes, logits, ...stable };
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
    levelLogits(values, count, depth) {
      if (!Number.isInteger(depth) || depth < 0 || depth >= layers.length)
        throw new Error(`levelLogits: expected a depth from 0 to ${layers.length - 1}, got ${depth}`);
      return inParts(
        'levelLogits',
        values,
        count,
        classes,
        (rows, part) => runNetwork(optionsOf(noLabels(part)), rows, depth).logits,
      );
    },
    representation,
    preactivations: (values, count) =>
      layers.length === 1
        ? values.slice()
        : representation(values, count, layers.length - 2, 'preactivations'),
    ...gradients,
    jacobian(values, count) {
      const jacobians = new Float32Array(count * classes * inputs);
      for (let unit = 0; unit < classes; unit++) {
        const weights = Float32Array.from({ length: count * classes }, (_, at) =>
          at % classes === unit ? 1 : 0,
        );
        const ofUnit = gradients.logitsGradient(values, weights, count);
        for (let sample = 0; sample < count; sample++) {
          const gradient = ofUnit.subarray(sample * inputs, (sample + 1) * inputs);
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
          sumOfObjective('cross-entropy', run(moved as Tensor2D, partLabels), part.count);
        return hvp(loss, rows, rowsOfPart(vectors, part, inputs));
      });
    },
    stabilised,
    run,
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
