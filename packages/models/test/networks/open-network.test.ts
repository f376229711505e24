import { createModel, openModel, samplesOfPoints } from '@hebblab/models';
import {
  type Activation,
  createNetworkModel,
  type LayerSpec,
  type NetworkModel,
  type NetworkPenalty,
  networkOf,
  openNetwork,
  parameterShapes,
  penalisedCrossEntropy,
  type RunningNetworkPenalty,
  trainingLossObjective,
} from '@hebblab/models/networks';
import { configureBackend } from '@hebblab/tfjs-backend';
import { openKernels, randomNormal } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { plainLayers, plainLossGradient } from '../support/plain-network-float64.js';
import { architectureOf, parametersOf, publishedNetworks } from '../support/published-networks.js';
import { expectClose } from '../support/vectors.js';

const kernels = await openKernels({ variant: 'simd128' });
configureBackend({ kernels });
await tf.setBackend('hebblab');

describe.each(publishedNetworks())('the open published network $title', (vectors) => {
  const inputs = Float32Array.from(vectors.inputs.data);
  const labels = Uint8Array.from(vectors.labels.data);
  const count = labels.length;
  const model = createNetworkModel({
    name: 'published',
    architecture: architectureOf(vectors),
    parameters: Object.fromEntries(
      Object.entries(parametersOf(vectors)).map(([name, { data }]) => [name, Float32Array.from(data)]),
    ),
    settings: {},
  });

  it('has the published logits, input gradients and Jacobians', () => {
    using open = openNetwork(kernels, model, 4);
    expectClose(open.logits(inputs, count), vectors.logits.data);
    expectClose(open.lossGradient(inputs, labels, count), vectors.inputGrad.data);
    expectClose(open.jacobian(inputs, count), vectors.jacobian.data);
  });

  it('has the gradient of the margin that the published Jacobians give', () => {
    using open = openNetwork(kernels, model, 4);
    const [, classes, width] = vectors.jacobian.shape as [number, number, number];
    const expected = Array.from({ length: count }, (_, sample) => {
      const logits = vectors.logits.data.slice(sample * classes, (sample + 1) * classes);
      const label = labels[sample] as number;
      const others = logits.map((value, unit) => (unit === label ? Number.NEGATIVE_INFINITY : value));
      const best = others.indexOf(Math.max(...others));
      const row = (unit: number) =>
        vectors.jacobian.data.slice((sample * classes + unit) * width, (sample * classes + unit + 1) * width);
      expect((logits[label] as number) - (logits[best] as number)).toBeCloseTo(
        vectors.margin.data[sample] as number,
        10,
      );
      return row(best).map((value, input) => value - (row(label)[input] as number));
    });
    expectClose(open.objectiveGradient(inputs, labels, count, 'margin'), expected.flat());
  });

  it('has the gradient of weighted logits that the published Jacobians give', () => {
    using open = openNetwork(kernels, model, 4);
    const [, classes, width] = vectors.jacobian.shape as [number, number, number];
    const weights = normal('weights of logits', count * classes);
    const expected = Array.from({ length: count * width }, (_, at) => {
      const [sample, input] = [Math.floor(at / width), at % width];
      return weights.subarray(sample * classes, (sample + 1) * classes).reduce((sum, weight, unit) => {
        return sum + weight * (vectors.jacobian.data[(sample * classes + unit) * width + input] as number);
      }, 0);
    });
    expectClose(open.logitsGradient(inputs, weights, count), expected);
  });

  it('has the products with the Hessian that differences of gradients in float64 give', () => {
    using open = openNetwork(kernels, model, 4);
    const vectorsOfSamples = normal('vectors', inputs.length);
    const layers = plainLayers(model);
    const width = open.inputs;
    const step = 1e-6;
    const expected = Array.from({ length: count }, (_, sample) => {
      const input = [...inputs.subarray(sample * width, (sample + 1) * width)];
      const vector = vectorsOfSamples.subarray(sample * width, (sample + 1) * width);
      const at = (share: number) =>
        plainLossGradient(
          layers,
          input.map((value, index) => value + share * (vector[index] as number)),
          labels[sample] as number,
        );
      const [ahead, behind] = [at(step), at(-step)];
      return ahead.map((value, index) => (value - (behind[index] as number)) / (2 * step));
    });
    expectClose(open.hessianVectorProduct(inputs, labels, vectorsOfSamples, count), expected.flat(), 1e-4);
  });
});

const convolutional = randomNetwork([
  {
    kind: 'convolution',
    filters: 3,
    size: 3,
    padding: 'same',
    bias: true,
    activation: { kind: 'relu', power: 1 },
  },
  { kind: 'max-pool', size: 2 },
  { kind: 'batch-normalisation' },
  { kind: 'flatten' },
  { kind: 'dense', units: 9, bias: true, activation: { kind: 'tanh' } },
  { kind: 'dense', units: 5, bias: true, activation: { kind: 'linear' } },
]);

describe('an open network', () => {
  const inputs = normal('images', 11 * 36);
  const labels = Uint8Array.from({ length: 11 }, (_, sample) => sample % 5);
  const everything = (capacity: number) => {
    using open = openNetwork(kernels, convolutional, capacity);
    const stabilised = open.stabilised({ reach: 2, leak: 0.1 });
    return [
      open.logits(inputs, 11),
      open.representation(inputs, 11, 1, 'activations'),
      open.lossGradient(inputs, labels, 11),
      open.objectiveGradient(inputs, labels, 11, 'margin'),
      open.jacobian(inputs, 11),
      open.hessianVectorProduct(inputs, labels, inputs, 11),
      stabilised.lossGradient(inputs, labels, 11),
    ].map((values) => new Uint32Array(values.buffer));
  };

  it('gives a sample the same bits whoever its neighbours are', () => {
    const alone = everything(1);
    for (const capacity of [2, 4, 11, 64]) expect(everything(capacity)).toEqual(alone);
  });

  it('names its layers, and gives their pre-activations and activations', () => {
    using open = openNetwork(kernels, convolutional, 4);
    expect(open.layers).toEqual([
      { name: 'layers.0', width: 108, activation: { kind: 'relu', power: 1 } },
      { name: 'layers.4', width: 9, activation: { kind: 'tanh' } },
      { name: 'layers.5', width: 5, activation: { kind: 'linear' } },
    ]);
    const before = open.representation(inputs, 11, 1, 'preactivations');
    expectClose(open.representation(inputs, 11, 1, 'activations'), before.map(Math.tanh));
    expect(open.representation(inputs, 11, 2, 'activations')).toEqual(open.logits(inputs, 11));
    expect(() => open.representation(inputs, 11, 3, 'activations')).toThrow(
      'representation: expected a layer from 0 to 2, got 3',
    );
  });

  it('differentiates a scalar of the whole batch, as the sum over its samples', () => {
    using open = openNetwork(kernels, convolutional, 11);
    // mean_b z_b[2]: times 11, each sample's own derivative of its logit 2.
    const gradient = open.objectiveGradient(inputs, labels, 11, {
      kind: 'batch',
      value: ({ logits }) => tf.mean(tf.slice(logits, [0, 2], [-1, 1])),
    });
    const jacobian = open.jacobian(inputs, 11);
    const rows = Array.from({ length: 11 }, (_, b) => [
      ...jacobian.subarray((b * 5 + 2) * 36, (b * 5 + 3) * 36),
    ]);
    expectClose(gradient, rows.flat());
  });

  it('gives the gradient of the training loss with its penalties', () => {
    using open = openNetwork(kernels, convolutional, 11);
    // Half the mean square of the readout: by logits z_b of 11 samples times 5 classes, z / 55 each.
    const halfSquare: RunningNetworkPenalty = {
      value: ({ logits }) => tf.mul(0.5, tf.mean(tf.square(logits))),
      dispose() {},
    };
    const objective = penalisedCrossEntropy([halfSquare]);
    const [gradient, plain, jacobian] = [
      open.objectiveGradient(inputs, labels, 11, objective),
      open.lossGradient(inputs, labels, 11),
      open.jacobian(inputs, 11),
    ];
    const logits = open.logits(inputs, 11);
    const expected = plain.map((value, at) => {
      const [sample, input] = [Math.floor(at / 36), at % 36];
      const byLogits = [0, 1, 2, 3, 4].map(
        (unit) =>
          (logits[sample * 5 + unit] as number) * (jacobian[(sample * 5 + unit) * 36 + input] as number),
      );
      return value + byLogits.reduce((sum, term) => sum + term, 0) / 5;
    });
    expectClose(gradient, expected);
  });

  it('gives the gradient of the loss that it was trained on, with the training set shown to penalties', () => {
    using open = openNetwork(kernels, convolutional, 11);
    const shown: number[] = [];
    let disposed = 0;
    const scaled: NetworkPenalty = {
      name: 'scaled',
      start({ forEachBatch, batchSize }) {
        forEachBatch(batchSize, ({ logits, labels: own }) => shown.push(...logits.shape, ...own.dataSync()));
        return {
          value: ({ logits }) => tf.mul(3, tf.mean(logits)),
          dispose() {
            disposed += 1;
          },
        };
      },
    };
    const points = samplesOfPoints({
      name: 'points',
      split: 'train',
      inputs: 36,
      values: inputs.subarray(0, 3 * 36),
      labels: Uint8Array.of(4, 0, 2),
      classNames: ['a', 'b', 'c', 'd', 'e'],
    });
    const { numTensors } = tf.memory();
    {
      using loss = trainingLossObjective(kernels, open, [scaled], points, { batchSize: 2, seed: 1 });
      expect(shown).toEqual([2, 5, 4, 0, 1, 5, 2]);
      const expected = open.lossGradient(inputs, labels, 11);
      const jacobian = open.jacobian(inputs, 11);
      // 11 times the mean of 55 logits, times 3: 3/5 of each derivative.
      jacobian.forEach((value, at) => {
        const own = Math.floor(at / 180) * 36 + (at % 36);
        expected[own] = (expected[own] as number) + 0.6 * value;
      });
      expectClose(open.objectiveGradient(inputs, labels, 11, loss), expected);
    }
    expect([disposed, tf.memory().numTensors]).toEqual([1, numTensors]);
  });

  it('gives what the readout of a hierarchy makes of an earlier state', () => {
    const identity = Float32Array.of(1, 0, 0, 1);
    const layer = (activation: Activation) => ({ kind: 'dense', units: 2, bias: false, activation }) as const;
    const model = createNetworkModel({
      name: 'identities',
      architecture: {
        inputShape: [1, 2, 1],
        layers: [layer({ kind: 'hard-tanh' }), layer({ kind: 'sigmoid' }), layer({ kind: 'linear' })],
      },
      parameters: {
        'layers.0.weights': identity,
        'layers.1.weights': identity,
        'layers.2.weights': identity,
      },
      settings: {},
    });
    using open = openNetwork(kernels, model, 1);
    const input = Float32Array.of(-3, 0.5);
    expect([...open.levelLogits(input, 1, 1)]).toEqual([-1, 0.5]);
    expect(open.levelLogits(input, 1, 2)).toEqual(open.logits(input, 1));
    expect(() => open.levelLogits(input, 1, 3)).toThrow('expected a depth from 0 to 2, got 3');
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory();
    everything(4);
    const after = tf.memory();
    expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes]);
  });

  it('refuses inputs, labels and weights that do not fit', () => {
    using open = openNetwork(kernels, convolutional, 4);
    expect(() => open.logits(inputs, 10)).toThrow('logits: expected 360 values for 10 samples, got 396');
    expect(() => open.lossGradient(inputs, labels.subarray(1), 11)).toThrow(
      'lossGradient: expected 11 labels, got 10',
    );
    expect(() =>
      open.lossGradient(
        inputs,
        labels.map(() => 5),
        11,
      ),
    ).toThrow('lossGradient: expected labels below 5, got 5');
    expect(() => open.logitsGradient(inputs, new Float32Array(3), 11)).toThrow(
      'logitsGradient: expected 55 weights of logits, got 3',
    );
    expect(() => open.logits(new Float32Array(36).fill(Number.NaN), 1)).toThrow('got NaN at index 0');
    expect(() => openNetwork(kernels, convolutional, 0)).toThrow('expected a capacity');
  });
});

describe.each([1, 1.5, 4.5])('a two-layer model of power %s as a network', (power) => {
  const inputs = normal('samples', 6 * 8);
  const labels = Uint8Array.of(0, 1, 2, 0, 1, 2);
  const model = createModel({
    name: 'kh',
    inputs: 8,
    hidden: 10,
    classes: 3,
    hiddenLayer: { kind: 'krotov-hopfield', weights: normal('hidden', 80), p: 3 },
    power,
    readoutWeights: normal('readout', 30).map((value) => value / 20),
    readoutBias: normal('bias', 3),
    settings: {},
  });

  it('has the logits, pre-activations and gradients of the closed form', () => {
    using closed = openModel(kernels, model, 6);
    using open = openNetwork(kernels, networkOf(model), 6);
    expectClose(open.logits(inputs, 6), closed.logits(inputs, 6));
    expectClose(open.representation(inputs, 6, 0, 'preactivations'), closed.preactivations(inputs, 6));
    expectClose(open.lossGradient(inputs, labels, 6), closed.lossGradient(inputs, labels, 6));
  });

  it('has finite products with the Hessian, those of float64 differences', () => {
    using open = openNetwork(kernels, networkOf(model), 6);
    const layers = plainLayers(networkOf(model));
    const expected = Array.from({ length: 6 }, (_, sample) => {
      const input = [...inputs.subarray(sample * 8, (sample + 1) * 8)];
      const at = (share: number) =>
        plainLossGradient(
          layers,
          input.map((value, index) => value + (index === 0 ? share : 0)),
          labels[sample] as number,
        );
      const [ahead, behind] = [at(1e-6), at(-1e-6)];
      return ahead.map((value, index) => (value - (behind[index] as number)) / 2e-6);
    });
    const vectors = Float32Array.from({ length: 48 }, (_, at) => (at % 8 === 0 ? 1 : 0));
    expectClose(open.hessianVectorProduct(inputs, labels, vectors, 6), expected.flat(), 1e-4);
  });
});

function randomNetwork(layers: readonly LayerSpec[]): NetworkModel {
  const architecture = { inputShape: [6, 6, 1], layers } as const;
  const parameters = parameterShapes(architecture).map(({ name, shape, fanIn }) => {
    const draws = normal(
      name,
      shape.reduce((all, size) => all * size, 1),
    );
    const positive = name.endsWith('variance');
    return [name, draws.map((draw) => (positive ? 0.5 + Math.abs(draw) : draw / Math.sqrt(fanIn)))] as const;
  });
  return createNetworkModel({
    name: 'random',
    architecture,
    parameters: Object.fromEntries(parameters),
    settings: {},
  });
}

function normal(stream: string, length: number): Float32Array {
  const values = new Float32Array(length);
  randomNormal(kernels, { seed: 8, stream }, values);
  return values;
}
