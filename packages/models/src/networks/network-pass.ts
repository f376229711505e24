import {
  add,
  batchNorm,
  clipByValue,
  conv2d,
  logSoftmax,
  matMul,
  maximum,
  maxPool,
  mean,
  mul,
  neg,
  oneHot,
  pow,
  relu,
  reshape,
  type Scalar,
  scalar,
  sigmoid,
  squaredDifference,
  step,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tanh,
} from '@tensorflow/tfjs-core';
import {
  type Activation,
  type LayerSpec,
  type NetworkArchitecture,
  parameterName,
  startsWithImages,
} from './architecture.js';

/** What a dense or convolution layer computed, on the tape of tfjs-core. */
export interface LayerPass {
  /** Name of its parameters without the part, for example `layers.0`. */
  readonly name: string;
  readonly activation: Activation;
  /** z, [count, units] or [count, rows, columns, filters]. */
  readonly preactivations: Tensor;
  /** activation(z), of the same shape. */
  readonly activations: Tensor;
}

/** A forward pass of a batch through a network, on the tape of tfjs-core. */
export interface NetworkPass {
  readonly architecture: NetworkArchitecture;
  /** [count, inputs] */
  readonly inputs: Tensor2D;
  /** int32 [count] */
  readonly labels: Tensor1D;
  /** Dense and convolution layers in order; the last is the readout. */
  readonly layers: readonly LayerPass[];
  /** [count, classes] */
  readonly logits: Tensor2D;
  /** By name, as parameterShapes has them. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** The same network at other inputs [count, inputs], on the tape. */
  run(inputs: Tensor2D): NetworkPass;
}

/** The mean and variance of a batch that a batch normalisation saw. */
export interface BatchStatistics {
  /** Index of the layer in the architecture. */
  readonly layer: number;
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** What a pass needs. */
export interface PassOptions {
  readonly architecture: NetworkArchitecture;
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** int32 [count] */
  readonly labels: Tensor1D;
  /** Whether batch normalisations use the batch, as in training, or their running averages, as afterwards. */
  readonly statistics: 'batch' | 'running averages';
  /** What stands in for an activation; for gradients that are stabilised. */
  readonly activate?: (activation: Activation, preactivations: Tensor) => Tensor;
  /** Is told what batch normalisations see, where they use the batch. */
  readonly onStatistics?: (statistics: BatchStatistics) => void;
}

/**
 * Runs a batch through a network. Where `depth` is given, so many dense and convolution layers with what follows each
 * (pooling, normalisation), and then the readout: that of a hierarchy (arXiv 2211.01236) reads an earlier state.
 *
 * @param inputs [count, inputs]
 * @param depth number of hidden dense and convolution layers before the readout; all where left out
 * @example
 * const { logits } = tf.tidy(() => runNetwork(options, inputs));
 */
export function runNetwork(
  options: PassOptions,
  inputs: Tensor2D,
  depth = Number.POSITIVE_INFINITY,
): NetworkPass {
  const { architecture, parameters, labels } = options;
  const { layers, inputShape } = architecture;
  const [count] = inputs.shape;
  const readout = layers.length - 1;
  const passes: LayerPass[] = [];
  let values: Tensor = startsWithImages(layers) ? reshape(inputs, [count, ...inputShape]) : inputs;
  let cut = false;
  for (const [index, layer] of layers.entries()) {
    const deep = passes.length >= depth && (layer.kind === 'dense' || layer.kind === 'convolution');
    cut = (cut || deep) && index < readout;
    if (cut) continue;
    if (layer.kind === 'dense' || layer.kind === 'convolution') {
      const preactivations = preactivationsOf(layer, index, parameters, values);
      const activate = options.activate ?? applyActivation;
      values = activate(layer.activation, preactivations);
      passes.push({
        name: `layers.${index}`,
        activation: layer.activation,
        preactivations,
        activations: values,
      });
    } else {
      values = passThrough(options, layer, index, values);
    }
  }
  return {
    architecture,
    inputs,
    labels,
    layers: passes,
    logits: values as Tensor2D,
    parameters,
    run: (others) => runNetwork(options, others, depth),
  };
}

/** The mean cross-entropy of a batch in nats, by log-softmax; right to second order. */
export function meanCrossEntropy(logits: Tensor2D, labels: Tensor1D): Scalar {
  return mean(crossEntropies(logits, labels));
}

/** The cross-entropy of each sample in nats, [count]. */
export function crossEntropies(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  const targets = oneHot(labels, logits.shape[1]);
  return neg(sum(mul(targets, logSoftmax(logits)), 1));
}

/** activation(z) */
export function applyActivation(activation: Activation, preactivations: Tensor): Tensor {
  switch (activation.kind) {
    case 'linear':
      return preactivations;
    case 'relu': {
      const { power } = activation;
      if (power === 1) return relu(preactivations);
      if (power >= 2) return pow(relu(preactivations), scalar(power));
      // A derivative of z^power is infinite at 0, so units at rest are kept from it; 1e-15^-2 is still a float32.
      const working = step(preactivations);
      return mul(pow(maximum(preactivations, 1e-15), scalar(power)), working);
    }
    case 'tanh':
      return tanh(preactivations);
    case 'sigmoid':
      return sigmoid(preactivations);
    case 'hard-tanh':
      return clipByValue(preactivations, -1, 1);
  }
}

function preactivationsOf(
  layer: LayerSpec & { readonly kind: 'dense' | 'convolution' },
  index: number,
  parameters: Readonly<Record<string, Tensor>>,
  values: Tensor,
): Tensor {
  const weights = parameterOf(parameters, index, 'weights');
  const sums =
    layer.kind === 'dense'
      ? matMul(values as Tensor2D, weights as Tensor2D)
      : conv2d(values as Tensor4D, weights as Tensor4D, 1, layer.padding);
  return layer.bias ? add(sums, parameterOf(parameters, index, 'bias')) : sums;
}

function passThrough(
  { parameters, statistics, onStatistics }: PassOptions,
  layer: Exclude<LayerSpec, { readonly kind: 'dense' | 'convolution' }>,
  index: number,
  values: Tensor,
): Tensor {
  const [count = 0] = values.shape;
  switch (layer.kind) {
    case 'max-pool':
      return maxPool(values as Tensor4D, layer.size, layer.size, 'valid');
    case 'flatten':
      return reshape(values, [count, values.size / count]);
    case 'batch-normalisation': {
      const scale = parameterOf(parameters, index, 'scale') as Tensor1D;
      const offset = parameterOf(parameters, index, 'offset') as Tensor1D;
      if (statistics === 'running averages') {
        const average = parameterOf(parameters, index, 'mean') as Tensor1D;
        const spread = parameterOf(parameters, index, 'variance') as Tensor1D;
        return batchNorm(values, average, spread, offset, scale, varianceEpsilon);
      }
      const axes = values.shape.slice(0, -1).map((_, axis) => axis);
      const average = mean(values, axes) as Tensor1D;
      const spread = mean(squaredDifference(values, average), axes) as Tensor1D;
      onStatistics?.({ layer: index, mean: average, variance: spread });
      return batchNorm(values, average, spread, offset, scale, varianceEpsilon);
    }
  }
}

/** Added to variances before their root is taken (PyTorch's and tfjs's usual order of magnitude). */
const varianceEpsilon = 1e-5;

function parameterOf(parameters: Readonly<Record<string, Tensor>>, layer: number, part: string): Tensor {
  const name = parameterName(layer, part);
  const parameter = parameters[name];
  if (parameter !== undefined) return parameter;
  throw new Error(`runNetwork: expected the parameter ${name}, got ${Object.keys(parameters).join(', ')}`);
}
