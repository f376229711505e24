import {
  type Attack,
  cleanGradientPgd,
  criticalDistances,
  fgsm,
  perturb,
  pgd,
  randomNoise,
  relativeAccuracy,
  secondOrder,
  spsa,
  square,
  targetedIterative,
} from '@hebblab/attacks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashNoise, hashUniforms } from './helpers/classifiers.js';
import { smoothClassifier } from './helpers/smooth-classifier.js';

const quarter = { kind: 'share of epsilon', share: 0.25 } as const;
const randomStart = { kind: 'random', restarts: 2, uniforms: hashUniforms } as const;
const uniforms = hashUniforms;

interface Promised {
  readonly name: string;
  readonly attack: Attack;
  readonly norm: 'linf' | 'l2' | 'none';
  readonly bounded: boolean;
  readonly reach: (epsilon: number) => number;
}

const reach = (epsilon: number) => epsilon;
const linf = { norm: 'linf', bounded: true, reach } as const;
const l2 = { norm: 'l2', bounded: true, reach } as const;
const attacks: readonly Promised[] = [
  { name: 'random noise', attack: randomNoise({ normals: hashNoise }), norm: 'none', bounded: false, reach },
  { name: 'FGSM', attack: fgsm(), ...linf },
  { name: 'FGSM on the margin', attack: fgsm({ objective: { kind: 'margin' } }), ...linf },
  {
    name: 'PGD of the clean gradient',
    attack: cleanGradientPgd(),
    ...linf,
    reach: (epsilon) => Math.min(10 * epsilon, 0.5),
  },
  {
    name: 'Linf PGD from random starts',
    attack: pgd({ norm: 'linf', steps: 4, stepSize: quarter, clip: 'every step', start: randomStart }),
    ...linf,
  },
  {
    name: 'L2 PGD from random starts, stopping early',
    attack: pgd({
      norm: 'l2',
      steps: 4,
      stepSize: { kind: 'rule', length: (step, epsilon) => epsilon / (step + 1) },
      clip: 'every step',
      start: randomStart,
      stopEarly: true,
      objective: { kind: 'margin' },
    }),
    ...l2,
  },
  {
    name: 'PGD clipped once, stopping early',
    attack: pgd({ norm: 'linf', steps: 4, stepSize: quarter, clip: 'after the last step', stopEarly: true }),
    ...linf,
  },
  {
    name: 'the targeted iterative attack',
    attack: targetedIterative({ target: { kind: 'offset', offset: 2 }, steps: 4, stepSize: quarter }),
    ...linf,
  },
  {
    name: 'the second-order attack in Linf',
    attack: secondOrder({ norm: 'linf', rounds: 2, steps: 3, stepShare: 0.4 }),
    ...linf,
  },
  {
    name: 'the second-order attack in L2 from random starts',
    attack: secondOrder({ norm: 'l2', rounds: 2, steps: 2, stepShare: 0.5, start: randomStart }),
    ...l2,
  },
  { name: 'the square attack', attack: square({ shape: [2, 2, 2], queries: 12, uniforms }), ...linf },
  {
    name: 'SPSA',
    attack: spsa({ steps: 3, samples: 4, difference: 0.01, learningRate: 0.05, uniforms }),
    ...linf,
  },
];

const classifier = smoothClassifier({ inputs: 8, hidden: 6, classes: 4 });
const count = 7;
const images = Float32Array.from({ length: count * 8 }, (_, i) => ((i * 37) % 101) / 100);
const labels = await predictedLabels();

describe.each(attacks)('$name', ({ attack, norm, bounded, reach: reachOf }) => {
  it('changes nothing at epsilon 0', async () => {
    expect(await perturb(classifier, attack, images, labels, 0)).toEqual(images);
  });

  it('never goes further than its budget and never leaves the bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 0, max: 3 }),
        fc.double({ min: 1e-4, max: 2, noNaN: true }),
        async (values, label, epsilon) => {
          const image = Float32Array.from(values);
          const moved = await perturb(classifier, attack, image, Uint8Array.of(label), epsilon);
          const delta = Array.from(moved, (value, i) => Math.abs(value - (image[i] as number)));
          const length = norm === 'l2' ? Math.hypot(...delta) : Math.max(...delta);
          if (norm !== 'none') expect(length).toBeLessThanOrEqual(reachOf(epsilon) * (1 + 1e-6) + 1e-6);
          if (bounded) for (const value of moved) expect(value >= 0 && value <= 1).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('never writes to the images and labels that it is given', async () => {
    const givenImages = images.slice();
    const givenLabels = labels.slice();
    const request = { images: givenImages, labels: givenLabels, epsilons: [0.1, 0.5], batchSize: 3 };
    await criticalDistances(classifier, attack, request);
    await relativeAccuracy(classifier, attack, request);
    await perturb(classifier, attack, givenImages, givenLabels, 0.3);
    expect([givenImages, givenLabels]).toEqual([images, labels]);
  });

  it('gives the same results, and spends the same, in any batch size', async () => {
    const request = { images, labels, epsilons: [0.02, 0.1, 0.5], batchSize: 7 };
    const whole = await criticalDistances(classifier, attack, request);
    const curve = await relativeAccuracy(classifier, attack, request);
    for (const batchSize of [1, 3, 100]) {
      expect(await criticalDistances(classifier, attack, { ...request, batchSize })).toEqual(whole);
      expect(await relativeAccuracy(classifier, attack, { ...request, batchSize })).toEqual(curve);
    }
  });

  it('never flips fewer images on a grid that goes further', async () => {
    const epsilons = [0.01, 0.05, 0.1, 0.2, 0.4];
    const flips = await Promise.all(
      epsilons.map(async (_, last) => {
        const request = { images, labels, epsilons: epsilons.slice(0, last + 1), batchSize: 7 };
        const walk = await criticalDistances(classifier, attack, request);
        return walk.images.filter((image) => image.status === 'adversarial').length;
      }),
    );
    expect(flips).toEqual(flips.toSorted((a, b) => a - b));
    const reversed = { images, labels, epsilons: epsilons.slice(0, 3), batchSize: 7 };
    const walk = await criticalDistances(classifier, attack, reversed);
    expect(walk.images.every((image) => image.status !== 'unverified')).toBe(true);
  });
});

async function predictedLabels(): Promise<Uint8Array> {
  const logits = await classifier.logits(images, count);
  return Uint8Array.from({ length: count }, (_, row) => {
    const ofRow = Array.from(logits.subarray(row * 4, (row + 1) * 4));
    return ofRow.indexOf(Math.max(...ofRow));
  });
}
