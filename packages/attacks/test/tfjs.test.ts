import { fastMinimumNorm, minimalDistances, perturb, secondOrder } from '@hebblab/attacks';
import { tfClassifier } from '@hebblab/attacks/tfjs';
import '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, imageSetOf, networks } from './helpers/vectors.js';

type Network = (typeof networks)[number];

beforeAll(() => tf.setBackend('hebblab'));

describe.each(networks)('a tfjs function: $title', (network) => {
  const classifier = tfClassifier({
    inputs: network.sizes[0] as number,
    classes: network.sizes.at(-1) as number,
    bounds: { kind: 'box', lower: 0, upper: 1 },
    logits: (x) => forward(network, x),
  });
  const { images, labels } = imageSetOf(network);
  const count = labels.length;

  it('gives the logits, gradients and Jacobians of the reference vectors', async () => {
    expectClose(await classifier.logits(images, count), network.logits.data);
    expectClose(await classifier.lossGradient(images, labels, count), network.inputGrad.data);
    expectClose(await classifier.jacobian(images, count), network.jacobian.data);
  });

  it('gives the gradient of the margin as a difference of two rows of the Jacobian', async () => {
    const gradient = await classifier.objectiveGradient(images, labels, count, 'margin');
    const { inputs, classes } = classifier;
    const logits = network.logits.data;
    const expected = Array.from(labels).flatMap((label, row) => {
      const ofRow = logits.slice(row * classes, (row + 1) * classes);
      const others = ofRow.map((z, c) => (c === label ? Number.NEGATIVE_INFINITY : z));
      const rival = others.indexOf(Math.max(...others));
      const at = (c: number, i: number) => network.jacobian.data[(row * classes + c) * inputs + i] as number;
      return Array.from({ length: inputs }, (_, i) => at(rival, i) - at(label, i));
    });
    expectClose(gradient, expected);
  });

  it('keeps no tensor', async () => {
    const before = tf.memory().numTensors;
    await classifier.lossGradient(images, labels, count);
    await classifier.jacobian(images, count);
    await classifier.hessianVectorProduct(images, labels, images, count);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives the Hessian-vector products that differences of its gradients show', async () => {
    const step = 1e-2;
    const vectors = images.map((_, i) => Math.sin(i));
    const product = await classifier.hessianVectorProduct(images, labels, vectors, count);
    const shifted = (side: number) => images.map((value, i) => value + side * step * (vectors[i] as number));
    const above = await classifier.lossGradient(shifted(1), labels, count);
    const below = await classifier.lossGradient(shifted(-1), labels, count);
    const expected = Array.from(above, (value, i) => (value - (below[i] as number)) / (2 * step));
    expectClose(product, expected, 3e-2);
  });

  it('can be attacked by every means', async () => {
    const attack = secondOrder({ norm: 'linf', rounds: 2, steps: 2, stepShare: 0.5 });
    const moved = await perturb(classifier, attack, images, labels, 0.1);
    expect(moved.some((value, i) => value !== images[i])).toBe(true);
    const settings = fastMinimumNorm({ steps: 10, bisections: 2 });
    const found = await minimalDistances(classifier, settings, { images, labels, batchSize: 4 });
    expect(found.images.every(({ status }) => status !== 'unverified')).toBe(true);
  });
});

it('a tfjs function of another shape than promised is refused', async () => {
  const classifier = tfClassifier({
    inputs: 2,
    classes: 3,
    bounds: { kind: 'unbounded' },
    logits: (x) => x,
  });
  await expect(classifier.logits(new Float32Array(4), 2)).rejects.toThrow(
    'tfClassifier: expected logits of shape 2 x 3, got 2 x 2',
  );
});

function forward(network: Network, x: tf.Tensor2D): tf.Tensor2D {
  return network.params.reduce((values, { weight, bias }, depth) => {
    const [rows, columns] = weight.shape as [number, number];
    const product = tf.matMul(values, tf.tensor2d([...weight.data], [rows, columns]));
    const z: tf.Tensor2D = tf.add(product, tf.tensor1d([...bias.data]));
    return depth === network.params.length - 1 ? z : nonlinearity(network, z);
  }, x);
}

function nonlinearity({ activation, power }: Network, z: tf.Tensor2D): tf.Tensor2D {
  if (activation === 'tanh') return tf.tanh(z);
  if (activation === 'sigmoid') return tf.sigmoid(z);
  return power === 1 ? tf.relu(z) : tf.pow(tf.relu(z), power);
}
