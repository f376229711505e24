// A plain float64 network with its closed-form input gradient: what the vectors' numbers are checked against.
import type { DifferentiableClassifier } from '@hebblab/attacks';
import type { NetworkVectors } from './vectors.js';

interface Layer {
  readonly weights: Float64Array; // [inputs, outputs], y = x W + b
  readonly bias: Float64Array;
  readonly inputs: number;
  readonly outputs: number;
}

interface Nonlinearity {
  readonly value: (z: number) => number;
  readonly slope: (z: number) => number;
}

export function referenceClassifier(network: NetworkVectors): DifferentiableClassifier {
  const layers = network.params.map(({ weight, bias }): Layer => {
    const [inputs, outputs] = weight.shape as [number, number];
    return { weights: snapped(weight.data), bias: snapped(bias.data), inputs, outputs };
  });
  const nonlinearity = nonlinearityOf(network.activation, network.power);
  const inputs = network.sizes[0] as number;
  const classes = network.sizes.at(-1) as number;
  const eachRow = (
    values: Float32Array,
    width: number,
    answer: (image: Float64Array, row: number) => Float64Array,
  ) => {
    const count = values.length / inputs;
    const answers = new Float32Array(count * width);
    for (let row = 0; row < count; row++) {
      const image = Float64Array.from(values.subarray(row * inputs, (row + 1) * inputs));
      answers.set(answer(image, row), row * width);
    }
    return answers;
  };
  return {
    inputs,
    classes,
    bounds: { kind: 'box', lower: 0, upper: 1 },
    logits: (images) => eachRow(images, classes, (image) => forward(layers, nonlinearity, image).logits),
    lossGradient: (images, labels) =>
      eachRow(images, inputs, (image, row) =>
        inputGradient(layers, nonlinearity, image, labels[row] as number),
      ),
  };
}

function forward(layers: readonly Layer[], nonlinearity: Nonlinearity, image: Float64Array) {
  const preactivations: Float64Array[] = [];
  let activity = image;
  layers.forEach((layer, depth) => {
    const z = layer.bias.map((bias, j) =>
      activity.reduce((sum, x, i) => sum + x * (layer.weights[i * layer.outputs + j] as number), bias),
    );
    preactivations.push(z);
    activity = depth === layers.length - 1 ? z : z.map(nonlinearity.value);
  });
  return { preactivations, logits: activity };
}

function inputGradient(
  layers: readonly Layer[],
  nonlinearity: Nonlinearity,
  image: Float64Array,
  label: number,
): Float64Array {
  const { preactivations, logits } = forward(layers, nonlinearity, image);
  const largest = Math.max(...logits);
  const exponentials = logits.map((z) => Math.exp(z - largest));
  const sum = exponentials.reduce((a, b) => a + b);
  let signal = exponentials.map((e, c) => e / sum - (c === label ? 1 : 0));
  for (let depth = layers.length - 1; depth >= 0; depth--) {
    const layer = layers[depth] as Layer;
    const back = new Float64Array(layer.inputs).map((_, i) =>
      signal.reduce((total, s, j) => total + s * (layer.weights[i * layer.outputs + j] as number), 0),
    );
    const below = preactivations[depth - 1];
    signal = below === undefined ? back : back.map((s, i) => s * nonlinearity.slope(below[i] as number));
  }
  return signal;
}

function nonlinearityOf(activation: string, power: number): Nonlinearity {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  switch (activation) {
    case 'relu':
      return {
        value: (z) => (z > 0 ? z ** power : 0),
        slope: (z) => (z > 0 ? power * z ** (power - 1) : 0),
      };
    case 'tanh':
      return { value: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 };
    case 'sigmoid':
      return { value: sigmoid, slope: (z) => sigmoid(z) * (1 - sigmoid(z)) };
    default:
      throw new Error(`nonlinearityOf: expected relu, tanh or sigmoid, got ${activation}`);
  }
}

function snapped(data: readonly number[]): Float64Array {
  return Float64Array.from(Float32Array.from(data));
}
