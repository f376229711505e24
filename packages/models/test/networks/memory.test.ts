import { runTraining } from '@hebblab/models';
import {
  createGradientTraining,
  createNetworkModel,
  type GradientTrainingSettings,
  openNetwork,
  openTensors,
} from '@hebblab/models/networks';
import { memoryUse, openKernels } from '@hebblab/wasm';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { separableSamples } from '../support/toys.js';

const kernels = await openKernels({ variant: 'simd128' });
await openTensors(kernels);
const samples = separableSamples(kernels, 25);

const settings: GradientTrainingSettings = {
  architecture: {
    inputShape: [3, 4, 1],
    layers: [
      { kind: 'convolution', filters: 2, size: 3, padding: 'same', bias: true, activation: { kind: 'tanh' } },
      { kind: 'max-pool', size: 2 },
      { kind: 'flatten' },
      { kind: 'batch-normalisation' },
      { kind: 'dense', units: 3, bias: true, activation: { kind: 'linear' } },
    ],
  },
  initialisation: 'glorot-uniform',
  epochs: 1,
  batchSize: 10,
  learningRate: { kind: 'constant', value: 0.01 },
  seed: 1,
  validationShare: 0.2,
  earlyStop: { kind: 'patience', epochs: 3 },
  adversarialTraining: { kind: 'pgd', epsilon: 0.1, rampEpochs: 1, steps: 2, stepSize: 0.05 },
  levels: [],
};

it('memory of kernels and tensors is back after each of 30 rounds of training and opening a network', () => {
  const { liveBytes } = memoryUse(kernels);
  const { numTensors, numBytes } = memory();
  const inputs = new Float32Array(5 * 12).fill(0.5);
  const labels = Uint8Array.of(0, 1, 2, 0, 1);
  let totalBytes = 0;
  for (let round = 1; round <= 30; round++) {
    const training = createGradientTraining(kernels, samples, settings, [], { kind: 'fresh' });
    runTraining(training);
    const { architecture } = settings;
    const model = createNetworkModel({
      name: 'tiny',
      architecture,
      parameters: training.parameters(),
      settings: {},
    });
    training.dispose();
    const open = openNetwork(kernels, model, 2);
    open.hessianVectorProduct(inputs, labels, inputs, 5);
    open.stabilised({ reach: 2, leak: 0.1 }).objectiveGradient(inputs, labels, 5, 'margin');
    expect(memoryUse(kernels).liveBytes).toBeGreaterThan(liveBytes);
    open.dispose();
    open.dispose();
    expect(memoryUse(kernels).liveBytes).toBe(liveBytes);
    expect(memory()).toMatchObject({ numTensors, numBytes });
    if (round === 1) totalBytes = memoryUse(kernels).totalBytes;
  }
  expect(memoryUse(kernels).totalBytes).toBe(totalBytes);
});
