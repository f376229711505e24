import {
  createModel,
  createTanhReadoutTraining,
  normalisedImages,
  openModel,
  powerLoss,
} from '@hebblab/models';
import { createNetworkModel } from '@hebblab/models/networks';
import { openKernels, randomNormal } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { plainLayers, plainPreactivations } from './support/plain-network-float64.js';
import {
  architectureOf,
  type PublishedNetwork,
  parametersOf,
  publishedNetworks,
} from './support/published-networks.js';
import { runEpochs, separableSamples } from './support/toys.js';
import { type ArrayVector, expectClose } from './support/vectors.js';

const kernels = await openKernels({ variant: 'simd128' });

describe.each(publishedNetworks())('the power loss of the published network $title', (network) => {
  const { beta, m, loss, grads } = network.powerLoss;
  const labels = network.labels.data;
  const [count, classes] = network.logits.shape as [number, number];
  const result = powerLoss(Float32Array.from(network.logits.data), labels, classes, { beta, exponent: m });
  const gradientOf = (sample: number, unit: number) =>
    (result.gradient[sample * classes + unit] as number) / count;

  it('has the published mean', () => {
    expect(result.losses.reduce((sum, value) => sum + value, 0) / count).toBeCloseTo(loss, 5);
  });

  it('has the published gradients by the readout', () => {
    const byBias = Array.from({ length: classes }, (_, unit) =>
      labels.reduce((sum, __, sample) => sum + gradientOf(sample, unit), 0),
    );
    expectClose(byBias, (grads.at(-1) as ArrayVector).data);
    const features = labels.map((_, sample) => featuresOf(network, sample));
    const width = features[0]?.length ?? 0;
    const byWeights = Array.from({ length: width * classes }, (_, at) => {
      const [input, unit] = [Math.floor(at / classes), at % classes];
      return features.reduce(
        (sum, row, sample) => sum + (row[input] as number) * gradientOf(sample, unit),
        0,
      );
    });
    expectClose(byWeights, (grads.at(-2) as ArrayVector).data);
  });
});

describe('powerLoss', () => {
  it('keeps a gradient where 1 - tanh^2 is 0 in float32', () => {
    // z = 12 of another class: tanh is 1, the difference 2, the slope 1 / cosh(12)^2 = 4 e^-24.
    const { gradient } = powerLoss(Float32Array.of(0, 12), [0], 2, { beta: 1, exponent: 1 });
    expectClose([gradient[1] as number], [4 * Math.exp(-24)], 1e-5);
  });

  it.each([
    [{ beta: 0, exponent: 6 }, 'expected a beta > 0, got 0'],
    [{ beta: 1, exponent: 0.5 }, 'expected an exponent >= 1, got 0.5'],
  ])('refuses %o', (loss, message) => {
    expect(() => powerLoss(Float32Array.of(0, 0), [0], 2, loss)).toThrow(message);
  });
});

describe('a tanh readout', () => {
  const samples = separableSamples(kernels, 60);
  const hidden = 8;
  const weights = new Float32Array(hidden * 12);
  randomNormal(kernels, { seed: 3, stream: 'frozen layer' }, weights);
  const hiddenLayer = { kind: 'krotov-hopfield', weights, p: 3 } as const;
  const settings = {
    power: 1,
    epochs: 60,
    batchSize: 60,
    learningRate: { kind: 'constant', value: 0.05 },
    seed: 1,
    loss: { beta: 0.1, exponent: 6 },
  } as const;

  it('learns, and hands out the values before tanh', () => {
    using training = createTanhReadoutTraining(kernels, samples, { hidden, hiddenLayer }, settings, {
      kind: 'fresh',
    });
    const metrics = runEpochs(training, settings.epochs - 1);
    expect(metrics.at(-1)?.accuracy).toBeGreaterThan(0.95);
    const readout = training.readout();
    expect([...readout.bias]).toEqual([0, 0, 0]);
    const model = createModel({
      name: 'kh-2019',
      inputs: 12,
      hidden,
      classes: 3,
      hiddenLayer,
      power: 1,
      readoutWeights: readout.weights,
      readoutBias: readout.bias,
      settings: {},
    });
    using open = openModel(kernels, model, 60);
    const images = normalisedImages(samples, samples.count);
    // With one batch an epoch, the next one's loss is that of what is handed out now; there beta is 1.
    const logits = open.logits(images, samples.count);
    const { losses } = powerLoss(logits, samples.images.labels, 3, { beta: 1, exponent: 6 });
    const mean = losses.reduce((sum, value) => sum + value, 0) / samples.count;
    expect(training.runEpoch().loss).toBeCloseTo(mean, 4);
  });

  it('refuses a beta that is not above 0', () => {
    const wrong = { ...settings, loss: { beta: -1, exponent: 6 } };
    expect(() =>
      createTanhReadoutTraining(kernels, samples, { hidden, hiddenLayer }, wrong, { kind: 'fresh' }),
    ).toThrow('createTanhReadoutTraining: expected a beta > 0, got -1');
  });
});

/** What the readout of a published network sees of a sample. */
function featuresOf(network: PublishedNetwork, sample: number): number[] {
  const model = createNetworkModel({
    name: 'published',
    architecture: architectureOf(network),
    parameters: Object.fromEntries(
      Object.entries(parametersOf(network)).map(([name, { data }]) => [name, Float32Array.from(data)]),
    ),
    settings: {},
  });
  const width = network.inputs.shape[1] as number;
  const input = network.inputs.data.slice(sample * width, (sample + 1) * width);
  const z = plainPreactivations(plainLayers(model), input).at(-2) as number[];
  const { activation, power } = network;
  if (activation === 'relu') return z.map((value) => Math.max(value, 0) ** power);
  return z.map((value) => (activation === 'tanh' ? Math.tanh(value) : 1 / (1 + Math.exp(-value))));
}
