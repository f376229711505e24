import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { jacobian } from '../../dist/derivatives.js';
import { useBackend } from './backend.js';
import {
  backward,
  crossEntropy,
  forward,
  isometryPenalty,
  jacobianPenalty,
  parametersOf,
  projectedVariances,
  saturationPenalty,
  spectralPenalty,
} from './networks.js';
import { expectPublished, type NetworkVectors, type Published, readVectors, tensorOf } from './vectors.js';

const PLAIN = 1e-5;
const PENALTY = 1e-4;

const cases = readVectors<NetworkVectors>('networks.json').map((network) => ({
  network,
  name: `${network.activation}${network.power === 1 ? '' : `^${network.power}`}`,
}));

describe.each(cases)('the published $name network', ({ network }) => {
  beforeAll(useBackend);

  const { labels } = network;
  const inputs = () => tensorOf(network.inputs);
  const classVectors = () =>
    Array.from({ length: network.logits.shape[1] }, (_, output) =>
      tf.oneHot(
        tf.fill([labels.data.length], output, 'int32') as tf.Tensor1D,
        network.logits.shape[1],
        1,
        0,
        'float32',
      ),
    );

  function expectPenalty(
    penalty: (parameters: tf.Tensor[]) => tf.Tensor,
    value: number,
    gradients: (Published | null)[],
    tolerance = PENALTY,
  ): void {
    const parameters = parametersOf(network);
    const { value: got, grads } = tf
      .engine()
      .gradients(() => penalty(parameters), parameters, undefined, true);
    expect(got.dataSync()[0] / value).toBeCloseTo(1, 5);
    parameters.forEach((parameter, index) => {
      expectPublished(grads[index] ?? tf.zerosLike(parameter), gradients[index], tolerance);
    });
  }

  it('has the published cross-entropy and its gradients for parameters', () => {
    expectPenalty(
      (parameters) => crossEntropy(forward(network, parameters, inputs()).logits, labels, tf.Reduction.MEAN),
      network.crossEntropy,
      network.paramGrads,
      PLAIN,
    );
  });

  it('has the published gradients for inputs', () => {
    const parameters = parametersOf(network);
    const gradient = tf.grad((x: tf.Tensor) =>
      crossEntropy(forward(network, parameters, x).logits, labels, tf.Reduction.SUM),
    )(inputs());
    expectPublished(gradient, network.inputGrad, PLAIN);
  });

  it('has the published Jacobian', () => {
    const parameters = parametersOf(network);
    const rows = classVectors().map((v) => backward(network, parameters, inputs(), v));
    expectPublished(tf.stack(rows, 1), network.jacobian, PLAIN);
    const first = tf.slice(inputs(), [0, 0], [1, -1]);
    const own = jacobian((x) => tf.squeeze(forward(network, parameters, x).logits, [0]), first);
    const published = tf.slice(tensorOf(network.jacobian), [0, 0, 0], [1, -1, -1]);
    const data = [...published.dataSync()];
    expectPublished(tf.squeeze(own, [1]), { shape: network.jacobian.shape.slice(1), data }, PLAIN);
  });

  it('has the published Jacobian penalty and its second-order gradients', () => {
    expectPenalty(
      (parameters) => jacobianPenalty(network, parameters, inputs(), classVectors()),
      network.jacobianPenalty,
      network.jacobianPenaltyGrads,
    );
  });

  it('has the published projected Jacobian penalty and its second-order gradients', () => {
    const [projections, , classes] = network.jacobianProjections.shape;
    const vectors = tf.unstack(
      tf.mul(tensorOf(network.jacobianProjections), Math.sqrt(classes / projections)),
    );
    expectPenalty(
      (parameters) => jacobianPenalty(network, parameters, inputs(), vectors),
      network.jacobianProjectedPenalty,
      network.jacobianProjectedPenaltyGrads,
    );
  });

  it('has the published isometry penalties and their gradients', () => {
    const penalty = (K: number) => (parameters: tf.Tensor[]) => {
      const { hidden } = forward(network, parameters, inputs());
      return isometryPenalty(hidden[hidden.length - 1], inputs(), labels, K);
    };
    expectPenalty(penalty(1), network.isometryPenaltyK1, network.isometryPenaltyK1Grads);
    expectPenalty(penalty(10), network.isometryPenaltyK10, network.isometryPenaltyK10Grads);
  });

  const { saturationPenalty: saturation, saturationPenaltyGrads } = network;
  it.runIf(saturation !== undefined)('has the published saturation penalty and its gradients', () => {
    expectPenalty(
      (parameters) => saturationPenalty(network, forward(network, parameters, inputs()).preActivations),
      saturation ?? Number.NaN,
      saturationPenaltyGrads ?? [],
    );
  });

  it('has the published spectral penalties and their gradients', () => {
    const { basis, tau, slope, penalty, penaltyGrads } = network.spectral;
    const variances = (parameters: tf.Tensor[]) =>
      projectedVariances(forward(network, parameters, inputs()).hidden[0], basis);
    const anchor = variances(parametersOf(network)).dataSync()[tau];
    const width = basis.shape[0];
    const gamma = Array.from({ length: width }, (_, n) => anchor * ((tau + 1) / (n + 1)) ** slope);
    expectPenalty(
      (parameters) => spectralPenalty(variances(parameters), gamma, tau + 1),
      penalty,
      penaltyGrads,
    );

    const anchored = network.spectralAnchored;
    const powers = Array.from({ length: width }, (_, n) => (n + 1) ** -anchored.slope);
    expectPenalty(
      (parameters) => tf.mul(anchored.weight, spectralPenalty(variances(parameters), powers, 0)),
      anchored.penalty,
      anchored.penaltyGrads,
    );
  });

  it('has the published power loss and its gradients', () => {
    const { beta, m, loss, grads } = network.powerLoss;
    const targets = tf.sub(
      tf.mul(2, tf.oneHot(tf.tensor1d(labels.data, 'int32'), network.logits.shape[1])),
      1,
    );
    expectPenalty(
      (parameters) => {
        const outputs = tf.tanh(tf.mul(beta, forward(network, parameters, inputs()).logits));
        const powers = tf.pow(tf.abs(tf.sub(outputs, targets)), tf.scalar(m));
        return tf.mean(tf.sum(powers, 1));
      },
      loss,
      grads,
      PLAIN,
    );
  });
});
