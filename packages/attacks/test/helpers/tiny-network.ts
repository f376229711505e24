// A network in float64 loops, trained in a moment: what the audit's cases are made of.
import type { Bounds, DifferentiableClassifier, ImageSet, Normals } from '@hebblab/attacks';

export type Nonlinearity = 'relu' | 'tanh' | 'sigmoid' | 'relu power' | 'step';

/** Layers of y = x W + b with W [inputs, outputs]; the nonlinearity follows each but the last. */
export interface TinyNetwork {
  readonly sizes: readonly number[];
  readonly nonlinearity: Nonlinearity;
  readonly weights: Float64Array[];
  readonly biases: Float64Array[];
}

export interface Pass {
  readonly activations: readonly Float64Array[];
  readonly preactivations: readonly Float64Array[];
  readonly logits: Float64Array;
}

const power = 4.5;

const functions: Record<Nonlinearity, { value: (z: number) => number; slope: (z: number) => number }> = {
  relu: { value: (z) => Math.max(0, z), slope: (z) => (z > 0 ? 1 : 0) },
  tanh: { value: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  sigmoid: { value: sigmoid, slope: (z) => sigmoid(z) * (1 - sigmoid(z)) },
  'relu power': {
    value: (z) => Math.max(0, z) ** power,
    slope: (z) => (z > 0 ? power * z ** (power - 1) : 0),
  },
  // Straight-through: the slope of tanh in place of none.
  step: { value: (z) => (z > 0 ? 1 : -1), slope: (z) => 1 - Math.tanh(z) ** 2 },
};

export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** A network with N(0, 2 / inputs) weights. */
export function tinyNetwork(
  sizes: readonly number[],
  nonlinearity: Nonlinearity,
  normals: Normals,
): TinyNetwork {
  const weights = sizes.slice(1).map((outputs, layer) => {
    const inputs = sizes[layer] as number;
    const drawn = new Float32Array(inputs * outputs);
    normals(`weights ${layer}`, 0, drawn);
    return Float64Array.from(drawn, (value) => value * Math.sqrt(2 / inputs));
  });
  return { sizes, nonlinearity, weights, biases: sizes.slice(1).map((outputs) => new Float64Array(outputs)) };
}

export function forward({ sizes, weights, biases, nonlinearity }: TinyNetwork, image: Float64Array): Pass {
  const activations = [image];
  const preactivations: Float64Array[] = [];
  weights.forEach((matrix, layer) => {
    const outputs = sizes[layer + 1] as number;
    const z = (biases[layer] as Float64Array).slice();
    (activations[layer] as Float64Array).forEach((x, i) => {
      if (x === 0) return;
      for (let j = 0; j < outputs; j++) z[j] = (z[j] as number) + x * (matrix[i * outputs + j] as number);
    });
    preactivations.push(z);
    if (layer < weights.length - 1) activations.push(z.map(functions[nonlinearity].value));
  });
  return { activations, preactivations, logits: preactivations.at(-1) as Float64Array };
}

/** Sends a signal at the logits back to the inputs; `visit` sees the signal at each layer's pre-activations. */
export function backward(
  { sizes, weights, nonlinearity }: TinyNetwork,
  { preactivations }: Pass,
  signal: Float64Array,
  visit: (layer: number, signal: Float64Array) => void = () => undefined,
): Float64Array {
  let current = signal;
  for (let layer = weights.length - 1; layer >= 0; layer--) {
    visit(layer, current);
    const matrix = weights[layer] as Float64Array;
    const outputs = sizes[layer + 1] as number;
    const back = new Float64Array(sizes[layer] as number);
    for (let i = 0; i < back.length; i++) {
      let sum = 0;
      for (let j = 0; j < outputs; j++) sum += (matrix[i * outputs + j] as number) * (current[j] as number);
      back[i] = sum;
    }
    const below = preactivations[layer - 1];
    current =
      below === undefined ? back : back.map((s, i) => s * functions[nonlinearity].slope(below[i] as number));
  }
  return current;
}

/** softmax(z) - onehot(label), in float64. */
export function crossEntropySignal(logits: ArrayLike<number>, label: number): Float64Array {
  const values = Float64Array.from(logits);
  const largest = values.reduce((a, b) => Math.max(a, b));
  const exponentials = values.map((z) => Math.exp(z - largest));
  const sum = exponentials.reduce((a, b) => a + b);
  return exponentials.map((e, c) => e / sum - (c === label ? 1 : 0));
}

export interface TinyTraining {
  readonly epochs: number;
  readonly learningRate: number;
  /** Radius of the linf ball that training images are moved in, by three sign steps; 0 for plain training. */
  readonly epsilon: number;
}

/** Adam on batches of 32, in the order of the images. Changes the network. */
export function trainTiny(
  network: TinyNetwork,
  { images, labels }: ImageSet,
  { epochs, learningRate, epsilon }: TinyTraining,
): TinyNetwork {
  const parameters = [...network.weights, ...network.biases];
  const moments = parameters.map((values) => ({
    first: new Float64Array(values.length),
    second: new Float64Array(values.length),
  }));
  const inputs = network.sizes[0] as number;
  let steps = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let first = 0; first < labels.length; first += 32) {
      const gradients = parameters.map((values) => new Float64Array(values.length));
      const last = Math.min(labels.length, first + 32);
      for (let row = first; row < last; row++) {
        const label = labels[row] as number;
        const clean = Float64Array.from(images.subarray(row * inputs, (row + 1) * inputs));
        const image = epsilon > 0 ? moved(network, clean, label, epsilon) : clean;
        addGradients(network, image, label, gradients);
      }
      steps++;
      parameters.forEach((values, index) => {
        const { first: m, second: v } = moments[index] as (typeof moments)[number];
        const gradient = gradients[index] as Float64Array;
        for (let i = 0; i < values.length; i++) {
          const g = (gradient[i] as number) / (last - first);
          m[i] = 0.9 * (m[i] as number) + 0.1 * g;
          v[i] = 0.999 * (v[i] as number) + 0.001 * g * g;
          const step = (m[i] as number) / (1 - 0.9 ** steps);
          const scale = Math.sqrt((v[i] as number) / (1 - 0.999 ** steps)) + 1e-8;
          values[i] = (values[i] as number) - (learningRate * step) / scale;
        }
      });
    }
  }
  return network;
}

function addGradients(
  network: TinyNetwork,
  image: Float64Array,
  label: number,
  gradients: readonly Float64Array[],
): void {
  const pass = forward(network, image);
  const layers = network.weights.length;
  backward(network, pass, crossEntropySignal(pass.logits, label), (layer, signal) => {
    const matrix = gradients[layer] as Float64Array;
    const bias = gradients[layers + layer] as Float64Array;
    (pass.activations[layer] as Float64Array).forEach((x, i) => {
      if (x === 0) return;
      for (let j = 0; j < signal.length; j++) {
        matrix[i * signal.length + j] = (matrix[i * signal.length + j] as number) + x * (signal[j] as number);
      }
    });
    signal.forEach((s, j) => {
      bias[j] = (bias[j] as number) + s;
    });
  });
}

function moved(network: TinyNetwork, clean: Float64Array, label: number, epsilon: number): Float64Array {
  let image = clean;
  for (let step = 0; step < 3; step++) {
    const pass = forward(network, image);
    const gradient = backward(network, pass, crossEntropySignal(pass.logits, label));
    image = image.map((value, i) => {
      const centre = clean[i] as number;
      const next = value + 0.5 * epsilon * Math.sign(gradient[i] as number);
      return Math.min(1, centre + epsilon, Math.max(0, centre - epsilon, next));
    });
  }
  return image;
}

/** A function of one image with the way back, from which a classifier is made. */
export interface Model {
  readonly inputs: number;
  readonly classes: number;
  logits(image: Float64Array, call: { readonly row: number; readonly count: number }): ArrayLike<number>;
  /** Sends a signal at the logits back to the image. */
  back(image: Float64Array, signal: Float64Array): ArrayLike<number>;
}

export function modelOf(network: TinyNetwork): Model {
  return {
    inputs: network.sizes[0] as number,
    classes: network.sizes.at(-1) as number,
    logits: (image) => forward(network, image).logits,
    back: (image, signal) => backward(network, forward(network, image), signal),
  };
}

/** Rounds what the model gives to float32 once, as an engine in float32 would at least. */
export function classifierOf(
  model: Model,
  bounds: Bounds = { kind: 'box', lower: 0, upper: 1 },
): DifferentiableClassifier {
  const { inputs, classes } = model;
  const imageAt = (images: Float32Array, row: number) =>
    Float64Array.from(images.subarray(row * inputs, (row + 1) * inputs));
  return {
    inputs,
    classes,
    bounds,
    logits(images, count) {
      const answers = new Float32Array(count * classes);
      for (let row = 0; row < count; row++) {
        answers.set(Float32Array.from(model.logits(imageAt(images, row), { row, count })), row * classes);
      }
      return answers;
    },
    lossGradient(images, labels, count) {
      const answers = new Float32Array(count * inputs);
      for (let row = 0; row < count; row++) {
        const image = imageAt(images, row);
        const logits = Float32Array.from(model.logits(image, { row, count }));
        const signal = crossEntropySignal(logits, labels[row] as number);
        answers.set(Float32Array.from(model.back(image, signal)), row * inputs);
      }
      return answers;
    },
  };
}
