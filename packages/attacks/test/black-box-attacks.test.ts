import {
  type Classifier,
  classifierFromBatches,
  criticalDistances,
  type DifferentiableClassifier,
  fgsm,
  perturb,
  pgd,
  publishedEpsilons,
  relativeAccuracy,
  spsa,
  square,
  transferClassifier,
  withFiniteDifferenceGradient,
} from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { comparison, hashUniforms } from './helpers/classifiers.js';
import { linearClassifier } from './helpers/linear-classifier.js';
import { smoothClassifier } from './helpers/smooth-classifier.js';

const uniforms = hashUniforms;

describe('the square attack', () => {
  // 4 x 4 images of one channel, the score of class 1 is the mean of the image less 0.5.
  const bright: Classifier = {
    inputs: 16,
    classes: 2,
    bounds: { kind: 'box', lower: 0, upper: 1 },
    logits: (images, count) => {
      const logits = new Float32Array(2 * count);
      for (let row = 0; row < count; row++) {
        const mean = images.subarray(16 * row, 16 * row + 16).reduce((a, b) => a + b, 0) / 16;
        logits[2 * row + 1] = mean - 0.5;
      }
      return logits;
    },
  };
  const dark = new Float32Array(16).fill(0.25);
  const attack = (queries: number) => square({ shape: [4, 4, 1], queries, uniforms });

  it('flips without a gradient what lies within reach', async () => {
    // 0.25 + 0.2656 > 0.5 only if 15.1 of 16 pixels go up: all of them.
    const request = { images: dark, labels: new Uint8Array(1), epsilons: [0.2656], batchSize: 1 };
    const walk = await criticalDistances(bright, attack(300), request);
    expect(walk.images[0]?.status).toBe('adversarial');
    // And is left alone once it is flipped.
    expect(walk.images[0]?.calls.forward).toBeLessThan(1 + 300);
  });

  it('draws other stripes for each image', async () => {
    const both = Float32Array.of(...dark, ...dark);
    const moved = await perturb(bright, attack(1), both, new Uint8Array(2), 0.125);
    expect(moved.slice(0, 16)).not.toEqual(moved.slice(16));
  });

  it('flips nothing beyond reach', async () => {
    const request = { images: dark, labels: new Uint8Array(1), epsilons: [0.2], batchSize: 1 };
    const walk = await criticalDistances(bright, attack(300), request);
    expect(walk.images[0]?.status).toBe('robust within the grid');
    // First look, the queries, the look at the result.
    expect(walk.images[0]?.calls).toEqual({ forward: 1 + 300 + 1, gradient: 0 });
  });

  it('starts from vertical stripes of one sign in each column and channel', async () => {
    const image = await perturb(bright, attack(1), dark, new Uint8Array(1), 0.125);
    for (let column = 0; column < 4; column++) {
      const ofColumn = [0, 1, 2, 3].map((row) => (image[4 * row + column] as number) - 0.25);
      expect(Math.abs(ofColumn[0] as number)).toBe(0.125);
      expect(new Set(ofColumn).size).toBe(1);
    }
  });

  it('refuses a shape that is not the image', async () => {
    const wrong = square({ shape: [4, 4, 3], queries: 1, uniforms });
    await expect(perturb(bright, wrong, dark, new Uint8Array(1), 0.1)).rejects.toThrow(
      'perturb: expected a square attack on 16 inputs, got the shape 4 x 4 x 3',
    );
    expect(() => square({ shape: [0, 4, 3], queries: 1, uniforms })).toThrow(
      'square: expected a shape of rows, columns and channels, each at least 1, got 0 x 4 x 3',
    );
  });
});

describe('SPSA', () => {
  it('goes where the gradient goes, without it', async () => {
    // On a linear margin a difference is exact along its direction; 64 of them show the signs of 4 inputs.
    const rows = [
      [3, -3, 3, -3],
      [0, 0, 0, 0],
    ];
    const classifier = linearClassifier(rows, [4, 0]);
    const attack = spsa({ steps: 20, samples: 64, difference: 0.01, learningRate: 0.05, uniforms });
    const image = new Float32Array(4);
    const moved = await perturb(classifier, attack, image, Uint8Array.of(0), 0.25);
    expect(Array.from(moved)).toEqual([-0.25, 0.25, -0.25, 0.25]);
    expect(moved).toEqual(await perturb(classifier, fgsm(), image, Uint8Array.of(0), 0.25));
  });

  it('spends two forward calls a sample', async () => {
    const attack = spsa({ steps: 3, samples: 5, difference: 0.01, learningRate: 0.01, uniforms });
    const request = {
      images: Float32Array.of(0.9, 0.1),
      labels: new Uint8Array(1),
      epsilons: [0.01],
      batchSize: 1,
    };
    const { calls } = await relativeAccuracy(comparison, attack, request);
    // First look, three steps of ten, a look after the first two, the look at the result.
    expect(calls).toEqual({ forward: 1 + 30 + 2 + 1, gradient: 0 });
  });

  it('refuses numbers that make no attack', () => {
    const settings = { steps: 1, samples: 1, difference: 0.01, learningRate: 0.01, uniforms };
    expect(() => spsa({ ...settings, samples: 0 })).toThrow(
      'spsa: expected a positive number of samples, got 0',
    );
    expect(() => spsa({ ...settings, difference: 0 })).toThrow(
      'spsa: expected a positive, finite difference, got 0',
    );
  });
});

describe('transfer', () => {
  const twin = comparison;
  // The same decisions with a gradient of zero: masked.
  const masked: DifferentiableClassifier = {
    ...comparison,
    lossGradient: (images) => new Float32Array(images.length),
  };
  const request = {
    images: Float32Array.of(0.75, 0.25),
    labels: new Uint8Array(1),
    epsilons: [0.5],
    batchSize: 1,
  };

  it("judges the twin's adversarials by the model", async () => {
    const direct = await criticalDistances(masked, fgsm(), request);
    expect(direct.images[0]?.status).toBe('robust within the grid');
    const transferred = await criticalDistances(transferClassifier({ model: masked, twin }), fgsm(), request);
    expect(transferred.images[0]?.status).toBe('adversarial');
  });

  it('refuses a twin of another shape', () => {
    const other = linearClassifier([[1], [2]], [0, 0]);
    expect(() => transferClassifier({ model: comparison, twin: other })).toThrow(
      'transferClassifier: expected a twin of 2 inputs and 2 classes, got 1 and 2',
    );
    expect(() =>
      transferClassifier({ model: comparison, twin: { ...comparison, bounds: { kind: 'unbounded' } } }),
    ).toThrow('transferClassifier: expected a twin with the bounds [0, 1], got none');
  });
});

describe('gradients by differences', () => {
  it('are those of the closed form', async () => {
    const smooth = smoothClassifier({ inputs: 5, hidden: 4, classes: 3 });
    const images = Float32Array.from({ length: 10 }, (_, i) => (i % 7) / 7);
    const labels = Uint8Array.of(0, 2);
    const exact = await smooth.lossGradient(images, labels, 2);
    const guessed = await withFiniteDifferenceGradient(smooth, 1e-2).lossGradient(images, labels, 2);
    exact.forEach((value, i) => {
      expect(Math.abs(value - (guessed[i] as number))).toBeLessThan(2e-3);
    });
  });
});

describe('a classifier from functions of a batch', () => {
  const functions = {
    inputs: 2,
    classes: 2,
    bounds: comparison.bounds,
    largestBatch: 2,
    logits: async (images: Float32Array, count: number) => [...(await comparison.logits(images, count))],
    lossGradient: comparison.lossGradient,
  };

  it('asks for no more images at once than the model takes, and gives the same answers', async () => {
    const counts: number[] = [];
    const remote = classifierFromBatches({
      ...functions,
      logits: (images, count) => {
        counts.push(count);
        return functions.logits(images, count);
      },
    });
    const images = Float32Array.of(0.9, 0.1, 0.2, 0.3, 0.7, 0.6);
    expect(await remote.logits(images, 3)).toEqual(await comparison.logits(images, 3));
    expect(counts).toEqual([2, 1]);
    const labels = Uint8Array.of(0, 1, 0);
    const attack = pgd({
      norm: 'l2',
      steps: 2,
      stepSize: { kind: 'share of epsilon', share: 1 },
      clip: 'every step',
    });
    expect(await perturb(remote, attack, images, labels, 0.1)).toEqual(
      await perturb(comparison, attack, images, labels, 0.1),
    );
  });

  it('refuses an answer of the wrong length', async () => {
    const remote = classifierFromBatches({ ...functions, logits: () => [1] });
    await expect(remote.logits(new Float32Array(2), 1)).rejects.toThrow(
      'classifierFromBatches: expected 1 x 2 values from logits, got 1',
    );
    expect(() => classifierFromBatches({ ...functions, largestBatch: 0 })).toThrow(
      'classifierFromBatches: expected a positive largestBatch, got 0',
    );
  });
});

describe('the published grids', () => {
  it('have the ends and the sizes of the papers', () => {
    const random = publishedEpsilons('holzhausen-random');
    expect([random.length, random[0], random.at(-1)?.toFixed(2)]).toEqual([400, 1e-6, '8.24']);
    const isometry = publishedEpsilons('beshkov');
    expect([isometry.length, isometry[0], isometry.at(-1)]).toEqual([10, 0.01, 1]);
  });
});
