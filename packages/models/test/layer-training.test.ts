import {
  createLayerTraining,
  krotovHopfieldRule,
  type LayerTrainingSettings,
  type LearningRule,
  normalisedImages,
  runTraining,
} from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { minibatchStep } from './support/krotov-hopfield-float64.js';
import { bitsOf, runEpochs, samplesFrom, separableSamples } from './support/toys.js';
import { expectClose } from './support/vectors.js';

const kernels = await openKernels({ variant: 'simd128' });
const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };
const settings: LayerTrainingSettings = {
  hidden: 6,
  epochs: 8,
  batchSize: 20,
  learningRate: { kind: 'linear', value: 0.05 },
  initialDeviation: 1,
  norm: { p: 3, radius: 1 },
  seed: 1,
};
const samples = separableSamples(kernels, 60);
const fresh = { kind: 'fresh' } as const;

describe('training a layer by the Krotov-Hopfield rule', () => {
  it.each([rule, { ...rule, p: 2, radius: 1.5 }, { ...rule, p: 2.5, k: 4, delta: 0.1 }])(
    'gives the weights of a plain float64 transcription: %o',
    (each) => {
      const oneBatch = { ...settings, batchSize: samples.count };
      using training = createLayerTraining(kernels, samples, oneBatch, krotovHopfieldRule(each), fresh);
      const weights = rowsOf(training.weights(), samples.inputs);
      const inputs = rowsOf(normalisedImages(samples, samples.count), samples.inputs);
      runTraining(training);
      for (let epoch = 1; epoch <= 7; epoch++) minibatchStep(weights, inputs, 0.05 * (1 - epoch / 8), each);
      expectClose(training.weights(), weights.flat());
    },
  );

  it('brings each unit that wins to the norm R, its weights along what it wins for', () => {
    // Two patterns that share nothing; for a stationary unit R^p v = h W, so W = R v / ||v||_p.
    const patterns = [
      [200, 100, 0, 0],
      [0, 0, 60, 240],
    ];
    const planted = samplesFrom(patterns, [0, 1], 2);
    const radius = 2;
    const plantedSettings: LayerTrainingSettings = {
      ...settings,
      hidden: 4,
      epochs: 2000,
      batchSize: 2,
      initialDeviation: 0.5,
      norm: { p: 3, radius },
    };
    const plantedRule = krotovHopfieldRule({ ...rule, delta: 0, radius });
    using training = createLayerTraining(kernels, planted, plantedSettings, plantedRule, fresh);
    runTraining(training);
    const units = rowsOf(training.weights(), 4);
    for (const pattern of patterns) {
      const winner = units[winnerOf(units, pattern)];
      const norm = Math.cbrt(pattern.reduce((sum, value) => sum + value ** 3, 0));
      expectClose(
        winner,
        pattern.map((value) => (radius * value) / norm),
        1e-2,
      );
    }
  });

  it('reports how many units won in an epoch, and how many a batch changed', () => {
    using training = trainingOf(krotovHopfieldRule(rule));
    const units = rowsOf(training.weights(), samples.inputs);
    const images = rowsOf(normalisedImages(samples, samples.count), samples.inputs);
    const winners = new Set(images.map((image) => winnerOf(units, image)));
    // One winner and one rival of each sample.
    expect(training.runEpoch()).toMatchObject({ winningUnits: winners.size, changedUnits: 2 });
    expect(winners.size).toBeGreaterThan(1);
    expect(winners.size).toBeLessThan(settings.hidden);
  });

  it('counts the units that won anew in each epoch', () => {
    let steps = 0;
    const oneSampleInTheSecondEpoch: LearningRule = {
      name: 'one sample in the second epoch',
      start: (layer) => {
        const running = krotovHopfieldRule(rule).start(layer);
        const step: typeof running.step = (batch, learningRate) => {
          steps++;
          if (steps <= samples.count + 1) running.step(batch, learningRate);
        };
        return { ...running, step };
      },
    };
    using training = trainingOf(oneSampleInTheSecondEpoch);
    training.runEpoch();
    expect(training.runEpoch()).toMatchObject({ winningUnits: 1, changedUnits: 2 });
  });

  it('reports the norms of an epoch: the share within 0.01 of the radius, and the median', () => {
    const keep: LearningRule = {
      name: 'keep',
      start: ({ weights }) => {
        weights.set([1, 0, 0, 1.009, 0, 0, 2, 0, 0, 0, 0.9, 0]);
        return { step() {}, dispose() {} };
      },
    };
    const three = samplesFrom([[1, 2, 3]], [0], 1);
    using training = createLayerTraining(
      kernels,
      three,
      { ...settings, hidden: 4, learningRate: { kind: 'constant', value: 0.1 } },
      keep,
      fresh,
    );
    const metrics = training.runEpoch();
    expect(metrics).toMatchObject({ learningRate: 0.1, convergedShare: 0.5 });
    expect(metrics.medianNorm).toBeCloseTo((1 + 1.009) / 2, 6);
  });
});

/** A training that takes samples one by one and leaves the weights as they are. */
function trainingOf(each: LearningRule) {
  const standing: LayerTrainingSettings = {
    ...settings,
    batchSize: 1,
    learningRate: { kind: 'constant', value: 1e-30 },
  };
  return createLayerTraining(kernels, samples, standing, each, fresh);
}

/** The unit with the largest h = sum of W |W| v, for p = 3. */
function winnerOf(units: readonly ArrayLike<number>[], image: ArrayLike<number>): number {
  const scores = units.map((w) =>
    Array.from(w).reduce((h, each, i) => h + each * Math.abs(each) * (image[i] as number), 0),
  );
  return scores.indexOf(Math.max(...scores));
}

describe('training a layer', () => {
  it('runs epochs 1 to epochs - 1 of the linear schedule', () => {
    using training = createLayerTraining(kernels, samples, settings, krotovHopfieldRule(rule), fresh);
    const rates: unknown[] = [];
    runTraining(training, { onEpoch: ({ metrics }) => rates.push(metrics.learningRate) });
    expect(rates).toHaveLength(7);
    expect(rates[0]).toBeCloseTo(0.05 * (7 / 8), 12);
    expect(rates[6]).toBeCloseTo(0.05 * (1 / 8), 12);
  });

  it('shows the rule each image once an epoch, in another order each time, the last batch short', () => {
    const seen: number[][] = [[]];
    const counts: number[] = [];
    const spy: LearningRule = {
      name: 'spy',
      start: () => ({
        step({ count, pixels, scales, labels }) {
          counts.push(count);
          expect(pixels.shape).toEqual([count, 1]);
          expect(labels.view()).toEqual(Uint32Array.from(pixels.view(), (byte) => byte % 2));
          expect(scales.view()).toEqual(Float32Array.from(pixels.view(), (byte) => byte / 4));
          seen.at(-1)?.push(...pixels.view());
        },
        dispose() {},
      }),
    };
    const bytes = Array.from({ length: 25 }, (_, image) => image);
    const numbered = samplesFrom(
      bytes.map((byte) => [byte]),
      bytes.map((byte) => byte % 2),
      2,
      Float32Array.from(bytes, (byte) => byte / 4),
    );
    using training = createLayerTraining(kernels, numbered, { ...settings, batchSize: 10 }, spy, fresh);
    training.runEpoch();
    seen.push([]);
    training.runEpoch();
    expect(counts).toEqual([10, 10, 5, 10, 10, 5]);
    for (const order of seen) expect([...order].sort((a, b) => a - b)).toEqual(bytes);
    expect(seen[0]).not.toEqual(bytes);
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it('starts from normal draws of the deviation that was asked for', () => {
    const wide = { ...settings, hidden: 500, initialDeviation: 0.25 };
    using training = createLayerTraining(kernels, samples, wide, krotovHopfieldRule(rule), fresh);
    const weights = training.weights();
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    const variance = weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / weights.length;
    // Of 6000 draws: the mean within 4 standard errors 0.25 / sqrt(6000), the deviation within 4 of 1 / sqrt(12000).
    expect(Math.abs(mean)).toBeLessThan(0.013);
    expect(Math.abs(Math.sqrt(variance) / 0.25 - 1)).toBeLessThan(0.037);
  });

  it('gives the same bits for the same seed and others for another', () => {
    const train = (seed: number) => {
      using training = createLayerTraining(
        kernels,
        samples,
        { ...settings, seed },
        krotovHopfieldRule(rule),
        fresh,
      );
      runTraining(training);
      return bitsOf(training);
    };
    expect(train(1)).toEqual(train(1));
    expect(train(1)).not.toEqual(train(2));
  });

  it('leaves no memory behind when the rule does not start', () => {
    const failing: LearningRule = {
      name: 'failing',
      start() {
        throw new Error('no');
      },
    };
    const before = kernels.liveArrays.count;
    expect(() => createLayerTraining(kernels, samples, settings, failing, fresh)).toThrow('no');
    expect(() =>
      createLayerTraining(kernels, samples, settings, krotovHopfieldRule({ ...rule, p: 1 }), fresh),
    ).toThrow();
    expect(kernels.liveArrays.count).toBe(before);
  });

  it.each(['hidden', 'epochs', 'batchSize'])('refuses a wrong %s', (name) => {
    for (const value of [0, -1, 1.5, Number.NaN]) {
      const wrong = { ...settings, [name]: value };
      expect(() => createLayerTraining(kernels, samples, wrong, krotovHopfieldRule(rule), fresh)).toThrow(
        `createLayerTraining: expected ${name} as a whole number >= 1, got ${value}`,
      );
    }
  });

  it('refuses more units to rank than there are, at the first step, and stays disposable', () => {
    using training = createLayerTraining(
      kernels,
      samples,
      settings,
      krotovHopfieldRule({ ...rule, k: 7 }),
      fresh,
    );
    expect(() => runEpochs(training, 1)).toThrow('expected k as a whole number from 2 to 6, got 7');
  });
});

function rowsOf(values: Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  );
}
