// The published networks have a bias in the hidden layer and float inputs; ours take bytes and have none. So each sample
// becomes a one-hot image whose row of weights holds the published pre-activation x W + b: the network is the same from there
// on, and the gradient by that weight is the published one by the pre-activation.
import type { ArrayData } from '@hebblab/data';
import {
  createModel,
  createNetworkTraining,
  createReadoutTraining,
  type HiddenLayer,
  openModel,
  type TrainingStart,
} from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { firstGradient, samplesFrom } from './support/toys.js';
import { type ArrayVector, expectClose, type NetworkVectors, readNetworks } from './support/vectors.js';

const kernels = await openKernels({ variant: 'simd128' });
const networks = readNetworks().map((network) => ({ ...network, title: `ReLU(z)^${network.power}` }));
// The 9 samples are a short batch.
const once = { epochs: 1, batchSize: 12, learningRate: { kind: 'constant', value: 1e-3 }, seed: 1 } as const;

describe.each(networks)('the published network with $title', (network) => {
  const [inputs, hidden] = network.sizes;
  const [, readout] = network.params;
  const samples = oneHotSamples(network);
  const preactivations = preactivationsOf(network);
  const [weightGradient, biasGradient, readoutWeightGradient, readoutBiasGradient] = network.paramGrads;

  it('has the published logits and input gradients when it is opened', () => {
    using open = openModel(kernels, modelWithBiasAsInput(network), 4);
    const values = withOnes(network.inputs);
    expectClose(open.logits(values, 9), network.logits.data);
    const gradient = open.lossGradient(values, Uint8Array.from(network.labels.data), 9);
    expectClose(withoutLastColumn(gradient, inputs + 1), network.inputGrad.data);
  });

  it('has the published loss and gradients in network training', () => {
    const start = startFrom({
      'hidden weights': { shape: [9, hidden], data: preactivations },
      'readout weights': readout.weight,
      'readout bias': readout.bias,
    });
    const settings = { ...once, hidden, power: network.power };
    using training = createNetworkTraining(kernels, samples, settings, [], start);
    expect(training.runEpoch().loss).toBeCloseTo(network.crossEntropy, 5);
    const gradients = (name: string) => firstGradient(training.checkpoint(), name);
    expectClose(gradients('readout weights'), readoutWeightGradient.data);
    expectClose(gradients('readout bias'), readoutBiasGradient.data);
    // dL/dW = X^T dL/dZ and dL/db = the sum of its rows.
    const byPreactivations = gradients('hidden weights');
    const byWeights = Array.from({ length: inputs * hidden }, (_, at) =>
      sumOver(
        9,
        (b) =>
          valueAt(network.inputs, b, Math.floor(at / hidden)) *
          (byPreactivations[b * hidden + (at % hidden)] as number),
      ),
    );
    const byBias = Array.from({ length: hidden }, (_, unit) =>
      sumOver(9, (b) => byPreactivations[b * hidden + unit] as number),
    );
    expectClose(byWeights, weightGradient.data);
    expectClose(byBias, biasGradient.data);
  });

  it('has the published loss and gradients in readout training', () => {
    const layers: HiddenLayer[] = [
      { kind: 'dense', weights: Float32Array.from(preactivations) },
      { kind: 'krotov-hopfield', weights: transposed(preactivations, 9, hidden), p: 2 },
    ];
    for (const hiddenLayer of layers) {
      const start = startFrom({ 'readout weights': readout.weight, 'readout bias': readout.bias });
      const layer = { hidden, hiddenLayer };
      const settings = { ...once, power: network.power };
      using training = createReadoutTraining(kernels, samples, layer, settings, start);
      expect(training.runEpoch().loss).toBeCloseTo(network.crossEntropy, 5);
      const gradients = (name: string) => firstGradient(training.checkpoint(), name);
      expectClose(gradients('readout weights'), readoutWeightGradient.data);
      expectClose(gradients('readout bias'), readoutBiasGradient.data);
    }
  });

  it('takes the first step of Adam along those gradients', () => {
    const start = startFrom({ 'readout weights': readout.weight, 'readout bias': readout.bias });
    const layer = {
      hidden,
      hiddenLayer: { kind: 'dense', weights: Float32Array.from(preactivations) },
    } as const;
    using training = createReadoutTraining(kernels, samples, layer, { ...once, power: network.power }, start);
    training.runEpoch();
    // Kingma & Ba 2015: both corrected moments of step 1 are the gradient's, so the step is rate g / (|g| + 1e-8).
    const expected = readout.weight.data.map((weight, at) => {
      const gradient = readoutWeightGradient.data[at] as number;
      return weight - (1e-3 * gradient) / (Math.abs(gradient) + 1e-8);
    });
    expectClose(training.readout().weights, expected, 1e-6);
  });
});

function preactivationsOf({ sizes, params, inputs }: NetworkVectors): number[] {
  const [width, hidden] = sizes;
  const { weight, bias } = params[0];
  return Array.from({ length: 9 * hidden }, (_, at) => {
    const unit = at % hidden;
    const b = Math.floor(at / hidden);
    return (
      sumOver(width, (i) => valueAt(inputs, b, i) * valueAt(weight, i, unit)) + (bias.data[unit] as number)
    );
  });
}

function oneHotSamples({ labels, sizes }: NetworkVectors) {
  const rows = Array.from({ length: 9 }, (_, b) => Array.from({ length: 9 }, (_, i) => (i === b ? 1 : 0)));
  return samplesFrom(rows, labels.data, sizes[2], new Float32Array(9).fill(1));
}

/** The bias of the hidden layer becomes the weight of one more input that is always 1. */
function modelWithBiasAsInput({ sizes, params, power }: NetworkVectors) {
  const [inputs, hidden, classes] = sizes;
  const [first, readout] = params;
  return createModel({
    name: 'published',
    inputs: inputs + 1,
    hidden,
    classes,
    hiddenLayer: { kind: 'dense', weights: Float32Array.from([...first.weight.data, ...first.bias.data]) },
    power,
    readoutWeights: Float32Array.from(readout.weight.data),
    readoutBias: Float32Array.from(readout.bias.data),
    settings: {},
  });
}

function withOnes({ shape, data }: ArrayVector): Float32Array {
  const [rows = 0, width = 0] = shape;
  return Float32Array.from(
    Array.from({ length: rows }, (_, b) => [...data.slice(b * width, (b + 1) * width), 1]).flat(),
  );
}

function withoutLastColumn(values: Float32Array, width: number): number[] {
  return Array.from(values).filter((_, at) => at % width !== width - 1);
}

/** A start with the given parameters, as if Adam had not made a step yet. */
function startFrom(parameters: Readonly<Record<string, ArrayVector>>): TrainingStart {
  const names = Object.keys(parameters);
  const arrays = Object.entries(parameters).flatMap(([name, { shape, data }]) =>
    ['parameter', 'first moment', 'second moment'].map((group) => {
      const values = group === 'parameter' ? Float32Array.from(data) : new Float32Array(data.length);
      return [`${name}, ${group}`, { dtype: 'float32', shape, data: values }] as [string, ArrayData];
    }),
  );
  const steps: [string, ArrayData] = [
    'optimizer steps',
    { dtype: 'uint32', shape: [names.length], data: new Uint32Array(names.length) },
  ];
  return {
    kind: 'resume',
    checkpoint: { epoch: 0, arrays: new Map([steps, ...arrays]) },
  };
}

function transposed(values: readonly number[], rows: number, columns: number): Float32Array {
  return Float32Array.from(
    values,
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] as number,
  );
}

function valueAt({ shape, data }: ArrayVector, row: number, column: number): number {
  return data[row * (shape[1] as number) + column] as number;
}

function sumOver(count: number, term: (index: number) => number): number {
  return Array.from({ length: count }, (_, index) => term(index)).reduce((sum, value) => sum + value, 0);
}
