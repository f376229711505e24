import '@hebblab/tfjs-backend';
import type { NetworkPass, NetworkPenalty, NetworkPenaltyContext } from '@hebblab/models/networks';
import { jacregPublished, l2 } from '@hebblab/regularizers/networks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { architectureOf, passOf, publishedNetworks } from './support/published.js';
import { dense, readout, settingsOf, tanh } from './support/toys.js';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

describe('l2 of a network', () => {
  it.each(publishedNetworks)('has the published sum of squares ($title)', (network) => {
    const { parameters, run } = passOf(network);
    const running = start(l2(0.5), { architecture: architectureOf(network) });
    const [value = Number.NaN] = running.value(run(parameters), 0).dataSync();
    expect(value / (0.5 * network.sumSquares)).toBeCloseTo(1, 6);
  });

  it('has the gradient 2 weight w in every parameter', () => {
    const [network] = publishedNetworks;
    if (network === undefined) throw new Error('expected a published network');
    const { parameters, run } = passOf(network);
    const running = start(l2(0.25), { architecture: architectureOf(network) });
    const gradients = tf.grads((...values: tf.Tensor[]) => running.value(run(values), 0))(parameters);
    gradients.forEach((gradient, at) => {
      const half = Float32Array.from(parameters[at]?.dataSync() ?? [], (value) => value / 2);
      expect([...gradient.dataSync()]).toEqual([...half]);
    });
  });

  it('leaves running averages out', () => {
    const { architecture } = settingsOf([dense(2, tanh), { kind: 'batch-normalisation' }, readout]);
    const parameters = {
      'layers.0.weights': tf.ones([12, 2]),
      'layers.0.bias': tf.ones([2]),
      'layers.1.scale': tf.ones([2]),
      'layers.1.offset': tf.ones([2]),
      'layers.1.mean': tf.fill([2], 100),
      'layers.1.variance': tf.fill([2], 100),
      'layers.2.weights': tf.ones([2, 3]),
      'layers.2.bias': tf.ones([3]),
    };
    const running = start(l2(1), { architecture });
    // 24 + 2 + 2 + 2 + 6 + 3
    expect(running.value({ parameters } as unknown as NetworkPass, 0).dataSync()[0]).toBe(39);
  });
});

describe('jacregPublished of a network', () => {
  it('counts the weights of hidden layers alone', () => {
    const { architecture } = settingsOf([dense(2, tanh), readout]);
    const parameters = {
      'layers.0.weights': tf.fill([12, 2], 2),
      'layers.0.bias': tf.ones([2]),
      'layers.1.weights': tf.ones([2, 3]),
      'layers.1.bias': tf.ones([3]),
    };
    const layers = [{ name: 'layers.0' }, { name: 'layers.1' }];
    const running = start(jacregPublished(0.5), { architecture });
    // 0.5 * 24 * 2^2
    expect(running.value({ layers, parameters } as unknown as NetworkPass, 0).dataSync()[0]).toBe(48);
  });
});

function start(penalty: NetworkPenalty, context: Pick<NetworkPenaltyContext, 'architecture'>) {
  return penalty.start(context as NetworkPenaltyContext);
}
