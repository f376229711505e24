import * as tf from '@tensorflow/tfjs-core';
import { type NetworkVectors, type Published, tensorOf } from './vectors.js';

/** A multilayer perceptron on tensors: y = activation(x W + b)^power, the readout linear. */
export interface Forward {
  preActivations: tf.Tensor[];
  hidden: tf.Tensor[];
  logits: tf.Tensor;
}

type Network = Pick<NetworkVectors, 'activation' | 'power'>;

/** Weight, bias, weight, bias... as tensors. */
export function parametersOf({ params }: NetworkVectors): tf.Tensor[] {
  return params.flatMap(({ weight, bias }) => [tensorOf(weight), tensorOf(bias)]);
}

export function forward(network: Network, parameters: tf.Tensor[], inputs: tf.Tensor): Forward {
  const preActivations: tf.Tensor[] = [];
  const hidden: tf.Tensor[] = [];
  let values = inputs;
  for (let layer = 0; layer < parameters.length; layer += 2) {
    const z = tf.add(tf.matMul(values, parameters[layer]), parameters[layer + 1]);
    preActivations.push(z);
    if (layer + 2 === parameters.length) return { preActivations, hidden, logits: z };
    values = activate(network, z);
    hidden.push(values);
  }
  throw new Error('forward: expected at least one layer, got none');
}

function activate({ activation, power }: Network, z: tf.Tensor): tf.Tensor {
  if (activation === 'tanh') return tf.tanh(z);
  if (activation === 'sigmoid') return tf.sigmoid(z);
  return power === 1 ? tf.relu(z) : tf.pow(tf.relu(z), tf.scalar(power));
}

export function crossEntropy(logits: tf.Tensor, labels: Published, reduction: tf.Reduction): tf.Tensor {
  const classes = logits.shape[1] ?? 0;
  const oneHot = tf.oneHot(tf.tensor1d(labels.data, 'int32'), classes);
  return tf.losses.softmaxCrossEntropy(oneHot, logits, undefined, 0, reduction);
}

/** J^T v per sample, [batch, inputs]: samples do not meet in the network, so one backward pass does all. */
export function backward(
  network: Network,
  parameters: tf.Tensor[],
  inputs: tf.Tensor,
  v: tf.Tensor,
): tf.Tensor {
  return tf.grad((x: tf.Tensor) => forward(network, parameters, x).logits)(inputs, v);
}

/** 1/2 mean_b sum_v ||J_b^T v_b||^2 over the given [batch, class] vectors (Hoffman et al. 2019). */
export function jacobianPenalty(
  network: Network,
  parameters: tf.Tensor[],
  inputs: tf.Tensor,
  vectors: tf.Tensor[],
): tf.Tensor {
  const squares = vectors.map((v) => tf.sum(tf.square(backward(network, parameters, inputs, v))));
  return tf.div(tf.addN(squares), 2 * inputs.shape[0]);
}

/** mean over all pairs of (K Y D_hidden - Y D_inputs)^2 with Y = 1 for equal labels (arXiv 2211.01236). */
export function isometryPenalty(
  hidden: tf.Tensor,
  inputs: tf.Tensor,
  labels: Published,
  K: number,
): tf.Tensor {
  const { data } = labels;
  const same = tf.tensor2d(data.map((a) => data.map((b) => (a === b ? 1 : 0))));
  const difference = tf.sub(tf.mul(K, distances(hidden)), distances(inputs));
  return tf.mean(tf.square(tf.mul(same, difference)));
}

/** Euclidean distances of all pairs of rows; the gradient of a zero distance is 0. */
function distances(rows: tf.Tensor): tf.Tensor {
  const squares = tf.sum(tf.squaredDifference(tf.expandDims(rows, 0), tf.expandDims(rows, 1)), 2);
  const zero = tf.equal(squares, 0);
  return tf.where(zero, tf.zerosLike(squares), tf.sqrt(tf.where(zero, tf.onesLike(squares), squares)));
}

/** The complementary function summed over units and layers, mean over the batch (arXiv 1703.09202). */
export function saturationPenalty({ activation }: Network, preActivations: tf.Tensor[]): tf.Tensor {
  const sums = preActivations.map((z) =>
    tf.sum(activation === 'relu' ? tf.relu(z) : tf.mul(tf.sigmoid(z), tf.sigmoid(tf.neg(z)))),
  );
  return tf.div(tf.addN(sums), preActivations[0].shape[0]);
}

/** Variances along the columns of the basis (unbiased), descending. */
export function projectedVariances(hidden: tf.Tensor, basis: Published): tf.Tensor {
  const centred = tf.sub(hidden, tf.mean(hidden, 0, true));
  const projected = tf.matMul(centred, tensorOf(basis));
  const variances = tf.div(tf.sum(tf.square(projected), 0), hidden.shape[0] - 1);
  return tf.topk(variances, variances.size).values;
}

/** (1/N) sum of (lambda/gamma - 1)^2 + max(0, lambda/gamma - 1) over the n from `first` with lambda > 0. */
export function spectralPenalty(variances: tf.Tensor, gamma: number[], first: number): tf.Tensor {
  const excess = tf.sub(tf.div(variances, tf.tensor1d(gamma)), 1);
  const each = tf.add(tf.square(excess), tf.relu(excess));
  const counted = tf.mul(
    tf.tensor1d(gamma.map((_, n) => (n >= first ? 1 : 0))),
    tf.cast(tf.greater(variances, 0), 'float32'),
  );
  return tf.div(tf.sum(tf.mul(counted, each)), gamma.length);
}
