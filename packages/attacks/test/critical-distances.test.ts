import {
  type Classifier,
  criticalDistances,
  type DifferentiableClassifier,
  fgsm,
  type ImageStatus,
  pgd,
  randomNoise,
  summariseCriticalDistances,
} from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { comparison, hashNoise } from './helpers/classifiers.js';
import { referenceClassifier } from './helpers/reference-network.js';
import { imageSetOf, networks } from './helpers/vectors.js';

// Differences x - y of 0.125 and 0.625 fall beyond epsilon = 0.0625 and 0.3125; the last image is wrong already.
const images = Float32Array.of(0.5, 0.375, 0.75, 0.125, 0.25, 0.5);
const labels = Uint8Array.of(0, 0, 0);

describe('critical distances', () => {
  it('are the first epsilon that flips an image, and its L2 distance there', async () => {
    const request = { images, labels, epsilons: [0.03125, 0.125, 0.25], batchSize: 3 };
    const walk = await criticalDistances(comparison, fgsm(), request);
    expect(walk.images).toEqual([
      {
        status: 'adversarial',
        epsilon: 0.125,
        distance: Math.hypot(0.125, 0.125),
        linfDistance: 0.125,
        // First look, two epsilons, second look.
        calls: { forward: 1 + 2 + 1, gradient: 1 },
      },
      { status: 'robust within the grid', calls: { forward: 1 + 3, gradient: 1 } },
      { status: 'wrong from the start', calls: { forward: 1, gradient: 0 } },
    ]);
  });

  it('spend calls on images that still stand alone, and one more on each flip', async () => {
    const request = { images, labels, epsilons: [0.03125, 0.125, 0.25], batchSize: 3 };
    const { calls } = await criticalDistances(comparison, fgsm(), request);
    // First look 3; epsilons 2 + 2 + 1; second look 1.
    expect(calls).toEqual({ forward: 3 + 2 + 2 + 1 + 1, gradient: 2 });
  });

  it('take a tie for the lower class as no flip', async () => {
    const request = { images, labels, epsilons: [0.0625], batchSize: 3 };
    const walk = await criticalDistances(comparison, fgsm(), request);
    expect(walk.images[0]?.status).toBe('robust within the grid');
  });

  it.each([1, 2, 4, 7, 9, 100])('do not depend on the batch split: batches of %i', async (batchSize) => {
    const attacks = [
      randomNoise({ normals: hashNoise }),
      fgsm(),
      pgd({
        norm: 'l2',
        steps: 4,
        stepSize: { kind: 'share of epsilon', share: 0.5 },
        clip: 'every step',
      }),
    ];
    for (const network of networks) {
      const request = { ...imageSetOf(network), epsilons: [0.05, 0.2, 0.4, 0.8, 1.6, 3] };
      const classifier = referenceClassifier(network);
      for (const attack of attacks) {
        const split = await criticalDistances(classifier, attack, { ...request, batchSize });
        expect(split).toEqual(await criticalDistances(classifier, attack, { ...request, batchSize: 3 }));
      }
    }
  });

  it('leave an image unverified whose flip the classifier takes back', async () => {
    const walk = await criticalDistances(forgetful(), fgsm(), {
      images: images.slice(0, 2),
      labels: Uint8Array.of(0),
      epsilons: [0.125, 0.25],
      batchSize: 1,
    });
    expect(walk.images).toMatchObject([
      {
        status: 'unverified',
        epsilon: 0.125,
        reason: 'classified as 0, which is right, when asked again',
      },
    ]);
  });

  it('measure from the true image when a classifier writes to its inputs', async () => {
    const vandal: DifferentiableClassifier = {
      ...comparison,
      logits: async (inputs, count) => {
        const logits = await comparison.logits(inputs, count);
        inputs.fill(0.5);
        return logits;
      },
      lossGradient: async (inputs, given, count) => {
        const gradient = await comparison.lossGradient(inputs, given, count);
        inputs.fill(0.5);
        given.fill(1);
        return gradient;
      },
    };
    const request = { images, labels, epsilons: [0.03125, 0.125, 0.25], batchSize: 3 };
    const walk = await criticalDistances(vandal, fgsm(), request);
    expect(walk).toEqual(await criticalDistances(comparison, fgsm(), request));
  });

  it('keep a gradient that the classifier overwrites at its next call', async () => {
    const memory = new Float32Array(6);
    const reusing: DifferentiableClassifier = {
      ...comparison,
      logits: (inputs, count) => {
        memory.fill(0);
        return comparison.logits(inputs, count);
      },
      lossGradient: async (inputs, given, count) => {
        memory.set(await comparison.lossGradient(inputs, given, count));
        return memory.subarray(0, inputs.length);
      },
    };
    const request = { images, labels, epsilons: [0.03125, 0.125, 0.25], batchSize: 3 };
    const walk = await criticalDistances(reusing, fgsm(), request);
    expect(walk).toEqual(await criticalDistances(comparison, fgsm(), request));
  });

  it('are found for a black box by noise', async () => {
    const { inputs, classes, bounds, logits } = comparison;
    const blackBox: Classifier = { inputs, classes, bounds, logits };
    const attack = randomNoise({ normals: (_stream, _first, out) => out.set([-3, 4]) });
    const request = { images, labels, epsilons: [0.0078125, 0.125, 0.25], batchSize: 3 };
    const walk = await criticalDistances(blackBox, attack, request);
    // Noise (-3, 4) closes a gap of 7 epsilon at a distance of 5 epsilon.
    expect(walk.images.map((image) => image.status === 'adversarial' && image.distance)).toEqual([
      0.625,
      0.625,
      false,
    ]);
  });

  it('refuse epsilons that do not ascend', async () => {
    const request = { images, labels, epsilons: [0.1, 0.1], batchSize: 3 };
    await expect(criticalDistances(comparison, fgsm(), request)).rejects.toThrow(
      'criticalDistances: expected ascending epsilons, got 0.1 after 0.1',
    );
  });

  it('stop with the reason of their signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const request = { images, labels, epsilons: [0.1], batchSize: 3, signal };
    await expect(criticalDistances(comparison, fgsm(), request)).rejects.toThrow('enough');
  });
});

describe('the summary of critical distances', () => {
  const found = (distance: number): ImageStatus => ({
    status: 'adversarial',
    epsilon: 1,
    distance,
    linfDistance: distance / 2,
  });
  const rest: ImageStatus[] = [
    { status: 'robust within the grid' },
    { status: 'wrong from the start' },
    { status: 'wrong from the start' },
    { status: 'unverified', epsilon: 1, reason: 'classified as 0, which is right, when asked again' },
  ];
  const others = { robust: 1, wrongFromTheStart: 2, unverified: 1 };

  it('gives quartiles of what was found, of how many', () => {
    const summary = summariseCriticalDistances([...rest, found(4), found(1), found(3), found(2)]);
    expect(summary).toEqual({
      kind: 'quartiles',
      median: 2.5,
      q25: 1.75,
      q75: 3.25,
      found: 4,
      total: 6,
      ...others,
    });
  });

  it('gives the quartiles of the Linf distances where asked', () => {
    const summary = summariseCriticalDistances([found(4), found(1), found(3)], 'linfDistance');
    expect(summary).toMatchObject({ kind: 'quartiles', median: 1.5 });
  });

  it('has no median where nothing was found', () => {
    expect(summariseCriticalDistances(rest)).toEqual({ kind: 'none found', found: 0, total: 2, ...others });
  });
});

/** Answers wrongly only the first time that it sees an image: what a classifier that does not answer alike looks like. */
function forgetful(): DifferentiableClassifier {
  const seen = new Set<string>();
  return {
    ...comparison,
    logits: (inputs, count) => {
      const key = inputs.join();
      if (!seen.has(key)) {
        seen.add(key);
        return comparison.logits(inputs, count);
      }
      return Float32Array.of(1, 0);
    },
  };
}
