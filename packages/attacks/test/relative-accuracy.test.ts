import { type Classifier, fgsm, pgd, randomNoise, relativeAccuracy } from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { comparison, hashNoise } from './helpers/classifiers.js';
import { referenceClassifier } from './helpers/reference-network.js';
import { imageSetOf, networks } from './helpers/vectors.js';

// Differences x - y of 0.125, 0.375, 0.625 fall beyond epsilon = 0.0625, 0.1875, 0.3125; the last image is wrong already.
const images = Float32Array.of(0.5, 0.375, 0.625, 0.25, 0.75, 0.125, 0.25, 0.5);
const labels = Uint8Array.of(0, 0, 0, 0);

describe('relative accuracy', () => {
  it('is the share of the initially correct images that are still correct', async () => {
    const curve = await relativeAccuracy(comparison, fgsm(), {
      images,
      labels,
      epsilons: [0.03125, 0.125, 0.25, 0.375],
      batchSize: 4,
    });
    expect(curve.epsilon).toEqual([0.03125, 0.125, 0.25, 0.375]);
    expect(curve.accuracy).toEqual([1, 2 / 3, 1 / 3, 0]);
    expect(curve.initiallyCorrect).toBe(3);
  });

  it('gives each FGSM image one gradient and one forward call an epsilon, after the first look', async () => {
    const request = { images, labels, epsilons: [0.1, 0.2, 0.3], batchSize: 3 };
    const { calls } = await relativeAccuracy(comparison, fgsm(), request);
    expect(calls).toEqual({ forward: 4 + 3 * 3, gradient: 3 });
  });

  it('gives each PGD image a gradient a step and epsilon', async () => {
    const stepSize = { kind: 'share of epsilon', share: 0.25 } as const;
    const attack = pgd({ norm: 'linf', steps: 5, stepSize, clip: 'every step' });
    const request = { images, labels, epsilons: [0.1, 0.2], batchSize: 3 };
    const { calls } = await relativeAccuracy(comparison, attack, request);
    expect(calls).toEqual({ forward: 4 + 3 * 2, gradient: 3 * 5 * 2 });
  });

  it.each([1, 2, 4, 7, 9, 100])('does not depend on the batch split: batches of %i', async (batchSize) => {
    const network = networks[0] as (typeof networks)[number];
    const request = { ...imageSetOf(network), epsilons: [0.05, 0.2, 0.4, 0.8, 1.6, 3] };
    const classifier = referenceClassifier(network);
    const attack = randomNoise({ normals: hashNoise });
    const split = await relativeAccuracy(classifier, attack, { ...request, batchSize });
    expect(split).toEqual(await relativeAccuracy(classifier, attack, { ...request, batchSize: 3 }));
  });

  it('attacks a black box that answers late with noise', async () => {
    const slow: Classifier = {
      inputs: 2,
      classes: 2,
      bounds: { kind: 'unbounded' },
      logits: async (inputs, count) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return comparison.logits(inputs, count);
      },
    };
    // Noise of (-1, +1) moves as FGSM does on these images.
    const attack = randomNoise({ normals: (_stream, _first, out) => out.set([-1, 1]) });
    const request = { images, labels, epsilons: [0.125, 0.375], batchSize: 2 };
    expect((await relativeAccuracy(slow, attack, request)).accuracy).toEqual([2 / 3, 0]);
  });

  it('counts an image that recovers at a larger epsilon as correct there', async () => {
    // Class 0 but for 0.25 < y < 0.5, and the noise moves y alone: 0 -> 0.375 -> 0.75.
    const island: Classifier = {
      inputs: 2,
      classes: 2,
      bounds: { kind: 'unbounded' },
      logits: ([, y = 0]) => (y > 0.25 && y < 0.5 ? Float32Array.of(0, 1) : Float32Array.of(1, 0)),
    };
    const attack = randomNoise({ normals: (_stream, _first, out) => out.set([0, 1]) });
    const curve = await relativeAccuracy(island, attack, {
      images: new Float32Array(2),
      labels: new Uint8Array(1),
      epsilons: [0.375, 0.75],
      batchSize: 1,
    });
    expect(curve.accuracy).toEqual([0, 1]);
  });

  it('stops with the reason of its signal', async () => {
    const controller = new AbortController();
    const stopping: Classifier = {
      ...comparison,
      logits: (inputs, count) => {
        controller.abort(new Error('enough'));
        return comparison.logits(inputs, count);
      },
    };
    const attack = randomNoise({ normals: hashNoise });
    const request = { images, labels, epsilons: [0.1], batchSize: 4, signal: controller.signal };
    await expect(relativeAccuracy(stopping, attack, request)).rejects.toThrow('enough');
  });

  it('refuses a model that classifies no image correctly', async () => {
    const request = { images, labels: Uint8Array.of(1, 1, 1, 0), epsilons: [0.1], batchSize: 4 };
    await expect(relativeAccuracy(comparison, fgsm(), request)).rejects.toThrow(
      'relativeAccuracy: expected at least one image classified correctly, got none of 4',
    );
  });

  it('refuses logits that are not finite', async () => {
    const broken: Classifier = { ...comparison, logits: () => Float32Array.of(0, 1, 0, Number.NaN) };
    const attack = randomNoise({ normals: hashNoise });
    const request = { images, labels, epsilons: [0.1], batchSize: 2 };
    await expect(relativeAccuracy(broken, attack, request)).rejects.toThrow(
      'relativeAccuracy: expected finite logits, got NaN for row 1 of a batch of 2',
    );
  });

  it('refuses a batch size that is no positive integer', async () => {
    const request = { images, labels, epsilons: [0.1], batchSize: 0 };
    await expect(relativeAccuracy(comparison, fgsm(), request)).rejects.toThrow(
      'relativeAccuracy: expected a positive batch size, got 0',
    );
  });
});
