import {
  type Activation,
  createNetworkModel,
  type NetworkArchitecture,
  type NetworkModel,
  openNetwork,
  parameterShapes,
} from '@hebblab/models/networks';
import { configureBackend } from '@hebblab/tfjs-backend';
import { openKernels, randomNormal } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { plainLayers, plainStabilisedGradient } from '../support/plain-network-float64.js';
import { architectureOf, parametersOf, publishedNetworks } from '../support/published-networks.js';
import { expectClose } from '../support/vectors.js';

const kernels = await openKernels({ variant: 'simd128' });
configureBackend({ kernels });
await tf.setBackend('hebblab');

const activations: readonly Activation[] = [
  { kind: 'relu', power: 1 },
  { kind: 'relu', power: 2.5 },
  { kind: 'tanh' },
  { kind: 'sigmoid' },
  { kind: 'hard-tanh' },
  { kind: 'linear' },
];
// Weights of gain 1 leave layers within their reach or near it, those of gain 5 saturate them.
const cases = activations.flatMap((activation) => [1, 5].map((gain) => ({ activation, gain })));

describe.each(cases)(
  'the stabilised gradient of $activation.kind units, gain $gain,',
  ({ activation, gain }) => {
    const count = 7;
    const inputs = normal('inputs', count * 6);
    const labels = Uint8Array.from({ length: count }, (_, sample) => sample % 3);
    const model = mlp(activation, gain);

    it.each([
      { reach: 2, leak: 0.1 },
      { reach: 0.5, leak: 0 },
    ])('is that of a float64 reference, with %o', (stabilisation) => {
      using open = openNetwork(kernels, model, 3);
      const layers = plainLayers(model);
      const expected = Array.from(labels, (label, sample) =>
        plainStabilisedGradient(
          layers,
          [...inputs.subarray(sample * 6, (sample + 1) * 6)],
          label,
          stabilisation,
        ),
      );
      expectClose(open.stabilised(stabilisation).lossGradient(inputs, labels, count), expected.flat(), 1e-4);
    });
  },
);

describe.each(publishedNetworks().filter(({ activation }) => activation !== 'relu'))(
  'the published network $title, within its reach,',
  (vectors) => {
    it('has a stabilised gradient along the published one', () => {
      const model = createNetworkModel({
        name: 'published',
        architecture: architectureOf(vectors),
        parameters: Object.fromEntries(
          Object.entries(parametersOf(vectors)).map(([name, { data }]) => [name, Float32Array.from(data)]),
        ),
        settings: {},
      });
      using open = openNetwork(kernels, model, 4);
      const inputs = Float32Array.from(vectors.inputs.data);
      const labels = Uint8Array.from(vectors.labels.data);
      const gradients = open
        .stabilised({ reach: 100, leak: 0.1 })
        .lossGradient(inputs, labels, labels.length);
      const width = open.inputs;
      const expected = Array.from(labels, (_, sample) => {
        const row = vectors.inputGrad.data.slice(sample * width, (sample + 1) * width);
        const largest = Math.max(...row.map(Math.abs));
        return row.map((value) => value / largest);
      });
      expectClose(gradients, expected.flat(), 1e-4);
    });
  },
);

describe('the stabilised gradient', () => {
  // logits (400 s(40 x) - 200, 0) at x = 1 with label 0: the slope e^-40 of the sigmoid times that of the softmax, e^-200.
  const sigmoids: NetworkModel = chain({ kind: 'sigmoid' }, 40, 400, -200);
  const deadUnits: NetworkModel = chain({ kind: 'relu', power: 1 }, -3, 5, 1);
  const hugeTanh: NetworkModel = chain({ kind: 'tanh' }, 1e6, 1e6, 0);

  it.each([
    ['a saturated sigmoid', sigmoids, -1],
    ['a dead ReLU', deadUnits, 1],
    ['a tanh of huge gain', hugeTanh, -1],
  ])('has the direction of the loss where the gradient has vanished behind %s', (_, model, sign) => {
    using open = openNetwork(kernels, model, 1);
    const [input, label] = [Float32Array.of(1), Uint8Array.of(0)];
    expect(Math.abs(open.lossGradient(input, label, 1)[0] as number)).toBe(0);
    const stabilised = open.stabilised({ reach: 2, leak: 0.1 });
    expect([...stabilised.lossGradient(input, label, 1)]).toEqual([sign]);
    expect([...stabilised.objectiveGradient(input, label, 1, 'margin')]).toEqual([sign]);
    expect([...stabilised.logitsGradient(input, Float32Array.of(-2, 0), 1)]).toEqual([sign]);
    expect(stabilised.logits(input, 1)).toEqual(open.logits(input, 1));
  });

  it('carries a signal down layers that shrink it below float32', () => {
    // Four weights of 1e-15: the derivative is 1e-60.
    const small: NetworkModel = {
      name: 'small',
      architecture: {
        inputShape: [1, 1, 1],
        layers: [
          ...Array.from({ length: 3 }, () => {
            return { kind: 'dense', units: 1, bias: false, activation: { kind: 'tanh' } } as const;
          }),
          { kind: 'dense', units: 2, bias: false, activation: { kind: 'linear' } },
        ],
      },
      parameters: {
        'layers.0.weights': Float32Array.of(1e-15),
        'layers.1.weights': Float32Array.of(1e-15),
        'layers.2.weights': Float32Array.of(-1e-15),
        'layers.3.weights': Float32Array.of(1e-15, 0),
      },
      settings: {},
    };
    using open = openNetwork(kernels, small, 1);
    const [input, label] = [Float32Array.of(1), Uint8Array.of(0)];
    expect(Math.abs(open.lossGradient(input, label, 1)[0] as number)).toBe(0);
    expect([...open.stabilised({ reach: 2, leak: 0 }).lossGradient(input, label, 1)]).toEqual([1]);
  });

  it.each([
    [{ reach: 0, leak: 0.1 }, 'expected a reach > 0, got 0'],
    [{ reach: 1, leak: -0.1 }, 'expected a leak in [0, 1], got -0.1'],
    [{ reach: Number.NaN, leak: 0.1 }, 'expected a reach > 0, got NaN'],
  ])('refuses %o', (stabilisation, message) => {
    using open = openNetwork(kernels, sigmoids, 1);
    expect(() => open.stabilised(stabilisation)).toThrow(message);
  });
});

/** logits (v activation(w x) + b, 0) */
function chain(activation: Activation, w: number, v: number, b: number): NetworkModel {
  return {
    name: 'chain',
    architecture: {
      inputShape: [1, 1, 1],
      layers: [
        { kind: 'dense', units: 1, bias: false, activation },
        { kind: 'dense', units: 2, bias: true, activation: { kind: 'linear' } },
      ],
    },
    parameters: {
      'layers.0.weights': Float32Array.of(w),
      'layers.1.weights': Float32Array.of(v, 0),
      'layers.1.bias': Float32Array.of(b, 0),
    },
    settings: {},
  };
}

function mlp(activation: Activation, gain: number): NetworkModel {
  const architecture: NetworkArchitecture = {
    inputShape: [1, 1, 6],
    layers: [
      { kind: 'dense', units: 8, bias: true, activation },
      { kind: 'dense', units: 7, bias: true, activation },
      { kind: 'dense', units: 3, bias: true, activation: { kind: 'linear' } },
    ],
  };
  const parameters = parameterShapes(architecture).map(({ name, shape, fanIn }) => {
    const draws = normal(
      name,
      shape.reduce((all, size) => all * size, 1),
    );
    return [name, draws.map((draw) => (gain * draw) / Math.sqrt(fanIn))] as const;
  });
  return createNetworkModel({
    name: 'mlp',
    architecture,
    parameters: Object.fromEntries(parameters),
    settings: {},
  });
}

function normal(stream: string, length: number): Float32Array {
  const values = new Float32Array(length);
  randomNormal(kernels, { seed: 4, stream }, values);
  return values;
}
