import {
  type Activation,
  crossEntropies,
  type NetworkArchitecture,
  runNetwork,
} from '@hebblab/models/networks';
import { configureBackend } from '@hebblab/tfjs-backend';
import { openKernels } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  architectureOf,
  type PublishedNetwork,
  parametersOf,
  publishedNetworks,
  tensorOf,
} from '../support/published-networks.js';
import { type ArrayVector, expectClose } from '../support/vectors.js';

configureBackend({ kernels: await openKernels({ variant: 'simd128' }) });
await tf.setBackend('hebblab');

describe.each(publishedNetworks())('the published network $title', (network) => {
  const { architecture, parameters, inputs, labels } = built(network);
  const options = { architecture, parameters, labels, statistics: 'batch' } as const;

  it('has the published logits and cross-entropy', () => {
    const { logits } = runNetwork(options, inputs);
    expectClose(logits.dataSync(), network.logits.data);
    expect(tf.mean(crossEntropies(logits, labels)).dataSync()[0]).toBeCloseTo(network.crossEntropy, 5);
  });

  it('has the published gradients by parameters and inputs', () => {
    const names = Object.keys(parameters);
    const { grads } = tf.engine().gradients(
      () => tf.mean(crossEntropies(runNetwork(options, inputs).logits, labels)),
      names.map((name) => parameters[name] as tf.Tensor),
    );
    grads.forEach((gradient, index) => {
      expectClose(gradient.dataSync(), (network.paramGrads[index] as ArrayVector).data);
    });
    const byInputs = tf.grad((moved: tf.Tensor) =>
      tf.sum(crossEntropies(runNetwork(options, moved as tf.Tensor2D).logits, labels)),
    );
    expectClose(byInputs(inputs).dataSync(), network.inputGrad.data);
  });
});

describe('runNetwork', () => {
  it('reads the readout from an earlier state where a depth is given', () => {
    const identity = tf.tensor2d([1, 0, 0, 1], [2, 2]);
    const layer = (activation: Activation) => ({ kind: 'dense', units: 2, bias: false, activation }) as const;
    const architecture: NetworkArchitecture = {
      inputShape: [1, 2, 1],
      layers: [layer({ kind: 'hard-tanh' }), layer({ kind: 'sigmoid' }), layer({ kind: 'linear' })],
    };
    const parameters = {
      'layers.0.weights': identity,
      'layers.1.weights': identity,
      'layers.2.weights': identity,
    };
    const labels = tf.tensor1d([0], 'int32');
    const options = { architecture, parameters, labels, statistics: 'batch' } as const;
    const inputs = tf.tensor2d([-3, 0.5], [1, 2]);
    // hard tanh of -3 and 0.5
    expect([...runNetwork(options, inputs, 1).logits.dataSync()]).toEqual([-1, 0.5]);
  });

  it('takes what follows a layer with it where a depth is given', () => {
    const layer = (activation: Activation) => ({ kind: 'dense', units: 1, bias: false, activation }) as const;
    const architecture: NetworkArchitecture = {
      inputShape: [1, 1, 1],
      layers: [
        layer({ kind: 'linear' }),
        { kind: 'batch-normalisation' },
        layer({ kind: 'tanh' }),
        layer({ kind: 'linear' }),
      ],
    };
    const one = tf.tensor2d([1], [1, 1]);
    const parameters = {
      'layers.0.weights': one,
      'layers.1.scale': tf.tensor1d([3]),
      'layers.1.offset': tf.tensor1d([7]),
      'layers.1.mean': tf.tensor1d([0]),
      'layers.1.variance': tf.tensor1d([1]),
      'layers.2.weights': one,
      'layers.3.weights': one,
    };
    const labels = tf.tensor1d([0], 'int32');
    const options = { architecture, parameters, labels, statistics: 'running averages' } as const;
    const logits = (depth: number) => runNetwork(options, tf.tensor2d([2], [1, 1]), depth).logits.dataSync();
    // 3 * 2 + 7 by the normalisation, which divides by the root of 1.00001.
    expectClose(logits(1), [13]);
    expectClose(logits(2), [Math.tanh(13)]);
    expectClose(logits(0), [2]);
  });

  it('normalises by the batch in training and by the running averages afterwards', () => {
    const architecture: NetworkArchitecture = {
      inputShape: [1, 1, 1],
      layers: [
        { kind: 'batch-normalisation' },
        { kind: 'dense', units: 1, bias: false, activation: { kind: 'linear' } },
      ],
    };
    const parameters = {
      'layers.0.scale': tf.tensor1d([2]),
      'layers.0.offset': tf.tensor1d([1]),
      'layers.0.mean': tf.tensor1d([10]),
      'layers.0.variance': tf.tensor1d([4]),
      'layers.1.weights': tf.tensor2d([1], [1, 1]),
    };
    const labels = tf.tensor1d([0, 0], 'int32');
    const inputs = tf.tensor2d([3, 5], [2, 1]);
    const logits = (statistics: 'batch' | 'running averages') => [
      ...runNetwork({ architecture, parameters, labels, statistics }, inputs).logits.dataSync(),
    ];
    // Mean 4, variance 1: 1 +- 2; then mean 10, variance 4: 1 + 2 (x - 10) / 2. The variance has 1e-5 added to it.
    expectClose(logits('batch'), [-1, 3]);
    expectClose(logits('running averages'), [-6, -4]);
  });
});

function built(network: PublishedNetwork) {
  const tensors = Object.entries(parametersOf(network)).map(
    ([name, array]) => [name, tensorOf(array)] as const,
  );
  return {
    architecture: architectureOf(network),
    parameters: Object.fromEntries(tensors),
    inputs: tensorOf(network.inputs) as tf.Tensor2D,
    labels: tf.tensor1d([...network.labels.data], 'int32'),
  };
}
