import { readSafetensors, writeSafetensors } from '@hebblab/data';
import { createModel, encodeModel, openModel, type TwoLayerModel } from '@hebblab/models';
import {
  decodeAnyModel,
  encodeNetworkModel,
  type NetworkModel,
  networkOf,
  openNetwork,
  type Stabilisation,
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
} from '../support/published-networks.js';
import { type ArrayVector, expectClose } from '../support/vectors.js';

const kernels = await openKernels({ variant: 'simd128' });
configureBackend({ kernels });
await tf.setBackend('hebblab');

describe.each(publishedNetworks())('the published network $title, opened', (network) => {
  const count = network.labels.data.length;
  const inputs = Float32Array.from(network.inputs.data);
  const labels = Uint8Array.from(network.labels.data);
  // In parts of 4: the last is short.
  const open = openNetwork(kernels, modelOf(network), 4);

  it('has the published logits, input gradients and Jacobian', () => {
    expectClose(open.logits(inputs, count), network.logits.data);
    expectClose(open.lossGradient(inputs, labels, count), network.inputGrad.data);
    expectClose(open.jacobian(inputs, count), network.jacobian.data);
  });

  it('has the gradient of the negative margin that the Jacobian gives', () => {
    const [, classes, width] = network.jacobian.shape as [number, number, number];
    const expected = Array.from(labels, (label, sample) => {
      const logits = network.logits.data.slice(sample * classes, (sample + 1) * classes);
      const others = logits.map((logit, index) => (index === label ? -Infinity : logit));
      const other = others.indexOf(Math.max(...others));
      expect((logits[label] as number) - (logits[other] as number)).toBeCloseTo(
        network.margin.data[sample] as number,
        6,
      );
      return Array.from(
        { length: width },
        (_, input) => jacobianAt(network, sample, other, input) - jacobianAt(network, sample, label, input),
      );
    });
    expectClose(open.inputGradient(inputs, labels, count, 'negative margin'), expected.flat());
  });

  it('has a Hessian-vector product that differences of the gradient give', () => {
    const step = 1e-3;
    const vectors = inputs.map((_, index) => Math.cos(index));
    const moved = (sign: number) =>
      open.lossGradient(
        inputs.map((value, i) => value + sign * step * (vectors[i] as number)),
        labels,
        count,
      );
    const [above, below] = [moved(1), moved(-1)];
    const differences = above.map((value, index) => (value - (below[index] as number)) / (2 * step));
    // A ReLU network's Hessian has jumps; the published ones with kinks nearby differ a little more.
    expectClose(open.hessianVectorProduct(inputs, labels, vectors, count), differences, 5e-3);
  });

  it('has the stabilised gradient of a float64 reference', () => {
    const stabilisation = { temperature: 3, leak: 0.1 };
    const expected = Array.from(labels, (label, sample) =>
      stabilisedReference(network, sample, label, stabilisation),
    );
    expectClose(open.stabilisedGradient(inputs, labels, count, stabilisation), expected.flat());
  });

  it('comes back from its file', () => {
    const model = modelOf(network);
    const bytes = encodeNetworkModel(model);
    expect(decodeAnyModel(bytes, 'file')).toEqual(model);
  });
});

describe('openNetwork', () => {
  it('computes what a two-layer model computes', () => {
    const model: TwoLayerModel = createModel({
      name: 'kh',
      inputs: 6,
      hidden: 5,
      classes: 3,
      hiddenLayer: { kind: 'krotov-hopfield', p: 3, weights: wave(30) },
      power: 4.5,
      readoutWeights: wave(15),
      readoutBias: wave(3),
      settings: {},
    });
    using two = openModel(kernels, model, 4);
    using network = openNetwork(kernels, decodeAnyModel(encodeModel(model), 'kh'), 4);
    const inputs = wave(42).map(Math.abs);
    const labels = Uint8Array.from([0, 1, 2, 0, 1, 2, 0]);
    expect(networkOf(model).architecture.layers).toHaveLength(2);
    expectClose(network.preactivations(inputs, 7), two.preactivations(inputs, 7));
    expectClose(network.logits(inputs, 7), two.logits(inputs, 7));
    expectClose(network.lossGradient(inputs, labels, 7), two.lossGradient(inputs, labels, 7));
  });

  it('gives a direction where the gradient has vanished', () => {
    // A sigmoid unit at z = 40 x with x = 1: its slope, e^-40, times that of the softmax, is 0 in float32.
    const model: NetworkModel = {
      name: 'saturated',
      architecture: {
        inputShape: [1, 1, 1],
        layers: [
          { kind: 'dense', units: 1, bias: false, activation: { kind: 'sigmoid' } },
          { kind: 'dense', units: 2, bias: true, activation: { kind: 'linear' } },
        ],
      },
      parameters: {
        'layers.0.weights': Float32Array.of(40),
        'layers.1.weights': Float32Array.of(400, 0),
        'layers.1.bias': Float32Array.of(-200, 0),
      },
      settings: {},
    };
    using open = openNetwork(kernels, model, 1);
    const [input, label] = [Float32Array.of(1), Uint8Array.of(0)];
    expect(Math.abs(open.lossGradient(input, label, 1)[0] as number)).toBe(0);
    // Less of x makes less of the label's logit.
    expect(open.stabilisedGradient(input, label, 1, { temperature: 10, leak: 0.1 })[0]).toBeLessThan(-0.1);
  });

  it('leaves no tensors behind', () => {
    const before = tf.memory().numTensors;
    const [network] = publishedNetworks();
    {
      using open = openNetwork(kernels, modelOf(network as PublishedNetwork), 4);
      open.jacobian(Float32Array.from((network as PublishedNetwork).inputs.data), 9);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a file whose arrays do not fit its architecture', () => {
    const [network] = publishedNetworks();
    const model = modelOf(network as PublishedNetwork);
    const { tensors, metadata } = readSafetensors(encodeNetworkModel(model), { source: 'file' });
    const others = new Map([...tensors].filter(([name]) => name !== 'layers.1.weights'));
    expect(() => decodeAnyModel(writeSafetensors(others, metadata), 'mlp.safetensors')).toThrow(
      'decodeAnyModel: expected layers.1.weights as float32 [12,4], got none in mlp.safetensors',
    );
  });
});

function modelOf(network: PublishedNetwork): NetworkModel {
  return {
    name: 'published',
    architecture: architectureOf(network),
    parameters: Object.fromEntries(
      Object.entries(parametersOf(network)).map(([name, { data }]) => [name, Float32Array.from(data)]),
    ),
    settings: { seed: 1 },
  };
}

function jacobianAt({ jacobian }: PublishedNetwork, sample: number, label: number, input: number): number {
  const [, classes, width] = jacobian.shape as [number, number, number];
  return jacobian.data[(sample * classes + label) * width + input] as number;
}

/** The backward signal of the negative margin in doubles, layer by layer as Stabilisation says. */
function stabilisedReference(
  network: PublishedNetwork,
  sample: number,
  label: number,
  { temperature, leak }: Stabilisation,
): number[] {
  const preactivations: number[][] = [];
  let values = rowOf(network.inputs, sample);
  network.params.forEach(({ weight, bias }, index) => {
    const z = rowOf(bias, 0).map((_, unit) =>
      values.reduce(
        (sum, value, input) => sum + value * (rowOf(weight, input)[unit] as number),
        bias.data[unit] as number,
      ),
    );
    preactivations.push(z);
    values = index === network.params.length - 1 ? z : z.map((one) => activated(network, one));
  });
  const others = values.map((logit, index) => (index === label ? -Infinity : logit));
  const other = others.indexOf(Math.max(...others));
  let signal = ofUnitSize(values.map((_, index) => Number(index === other) - Number(index === label)));
  for (let layer = network.params.length - 1; layer >= 0; layer--) {
    const { weight } = network.params[layer] as { weight: ArrayVector };
    const [inputs] = weight.shape as [number];
    const below = Array.from({ length: inputs }, (_, input) =>
      rowOf(weight, input).reduce((sum, value, unit) => sum + value * (signal[unit] as number), 0),
    );
    if (layer === 0) return below;
    const slopes = slopesOf(network, preactivations[layer - 1] as number[], temperature, leak);
    signal = ofUnitSize(ofUnitSize(below).map((value, unit) => value * (slopes[unit] as number)));
  }
  return signal;
}

function activated({ activation, power }: PublishedNetwork, z: number): number {
  if (activation === 'tanh') return Math.tanh(z);
  return activation === 'sigmoid' ? 1 / (1 + Math.exp(-z)) : Math.max(0, z) ** power;
}

function slopesOf({ activation, power }: PublishedNetwork, z: number[], temperature: number, leak: number) {
  const tempered = z.map((one) => one / temperature);
  if (activation === 'tanh') return tempered.map((one) => 1 - Math.tanh(one) ** 2);
  if (activation === 'sigmoid') {
    const values = tempered.map((one) => 1 / (1 + Math.exp(-one)));
    return values.map((value) => value * (1 - value));
  }
  const slopes = z.map((one) => (one > 0 ? power * one ** (power - 1) : 0));
  const on = slopes.filter((slope) => slope > 0);
  const average = on.length === 0 ? 1 : on.reduce((sum, slope) => sum + slope, 0) / on.length;
  return slopes.map((slope) => (slope > 0 ? slope : leak * average));
}

function ofUnitSize(values: number[]): number[] {
  const largest = Math.max(...values.map(Math.abs));
  return largest === 0 ? values : values.map((value) => value / largest);
}

function rowOf({ shape, data }: ArrayVector, row: number): number[] {
  const width = shape.at(-1) as number;
  return data.slice(row * width, (row + 1) * width);
}

function wave(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin(1 + index));
}
