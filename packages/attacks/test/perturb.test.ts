import {
  type Attack,
  type DifferentiableClassifier,
  fgsm,
  perturb,
  pgd,
  randomNoise,
} from '@hebblab/attacks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparison, hashNoise } from './helpers/classifiers.js';

const label0 = Uint8Array.of(0);
const constantSteps = { kind: 'constant', size: 0.125, shareBelow: 0.5 } as const;

describe('FGSM', () => {
  it('moves every input by epsilon towards a higher loss', async () => {
    const moved = await perturb(comparison, fgsm(), Float32Array.of(0.5, 0.25), label0, 0.125);
    expect(moved).toEqual(Float32Array.of(0.375, 0.375));
  });

  it('stops at the bounds', async () => {
    const moved = await perturb(comparison, fgsm(), Float32Array.of(0.5, 0.25), label0, 0.875);
    expect(moved).toEqual(Float32Array.of(0, 1));
  });

  it('moves no input whose gradient is zero', async () => {
    const moved = await perturb(withGradient([0, 1]), fgsm(), Float32Array.of(0.5, 0.25), label0, 0.125);
    expect(moved).toEqual(Float32Array.of(0.5, 0.375));
  });

  it('leaves the images it is given as they are', async () => {
    const images = Float32Array.of(0.5, 0.25);
    await perturb(comparison, fgsm(), images, label0, 0.125);
    expect(images).toEqual(Float32Array.of(0.5, 0.25));
  });
});

describe('PGD', () => {
  it('stops at the edge of the Linf ball', async () => {
    // Steps of 0.125 reach 0.125, then 0.1875 = epsilon.
    const attack = pgd({ norm: 'linf', steps: 2, stepSize: constantSteps, clip: 'every step' });
    const moved = await perturb(comparison, attack, Float32Array.of(0.5, 0.25), label0, 0.1875);
    expect(moved).toEqual(Float32Array.of(0.3125, 0.4375));
  });

  it('takes a share of epsilon for its steps where epsilon is below the constant size', async () => {
    // epsilon 0.0625 < 0.125: one step of 0.5 x 0.0625.
    const attack = pgd({ norm: 'linf', steps: 1, stepSize: constantSteps, clip: 'every step' });
    const moved = await perturb(comparison, attack, Float32Array.of(0.5, 0.25), label0, 0.0625);
    expect(moved).toEqual(Float32Array.of(0.46875, 0.28125));
  });

  it('steps along the gradient scaled to unit length in L2', async () => {
    // Gradient (3, 4) has length 5: a step of 0.625 moves by (0.375, 0.5).
    const attack = pgd({
      norm: 'l2',
      steps: 1,
      stepSize: { kind: 'share of epsilon', share: 1 },
      clip: 'every step',
    });
    const moved = await perturb(withGradient([3, 4]), attack, Float32Array.of(0.125, 0.25), label0, 0.625);
    expect(moved).toEqual(Float32Array.of(0.5, 0.75));
  });

  it('takes no L2 step along a zero gradient', async () => {
    const attack = pgd({ norm: 'l2', steps: 3, stepSize: constantSteps, clip: 'every step' });
    const moved = await perturb(withGradient([0, 0]), attack, Float32Array.of(0.5, 0.25), label0, 0.5);
    expect(moved).toEqual(Float32Array.of(0.5, 0.25));
  });

  it('may leave the bounds between steps when it clips after the last', async () => {
    // Two steps of 0.5 down and then up: 0.25 -> -0.25 -> 0.25 unclipped, 0.25 -> 0 -> 0.5 clipped at every step.
    const upAgain: DifferentiableClassifier = {
      ...withGradient([0, 0]),
      lossGradient: (images) => images.map((x) => (x === 0.25 ? -1 : 1)),
    };
    const settings = { norm: 'linf', steps: 2, stepSize: { kind: 'share of epsilon', share: 0.5 } } as const;
    const image = Float32Array.of(0.25, 0.25);
    const once = await perturb(upAgain, pgd({ ...settings, clip: 'after the last step' }), image, label0, 1);
    const always = await perturb(upAgain, pgd({ ...settings, clip: 'every step' }), image, label0, 1);
    expect([...once, ...always]).toEqual([0.25, 0.25, 0.5, 0.5]);
  });

  it('never leaves the ball or the bounds', async () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true }).map(Math.fround);
    await fc.assert(
      fc.asyncProperty(
        unit,
        unit,
        fc.double({ min: 1e-4, max: 2, noNaN: true }),
        fc.constantFrom('linf' as const, 'l2' as const),
        fc.constantFrom('every step' as const, 'after the last step' as const),
        async (x, y, epsilon, norm, clip) => {
          const attack = pgd({ norm, steps: 5, stepSize: constantSteps, clip });
          const moved = await perturb(comparison, attack, Float32Array.of(x, y), label0, epsilon);
          const delta = [(moved[0] as number) - x, (moved[1] as number) - y].map(Math.abs);
          const length = norm === 'linf' ? Math.max(...delta) : Math.hypot(...delta);
          expect(length).toBeLessThanOrEqual(epsilon + 1e-6);
          for (const value of moved) expect(value >= 0 && value <= 1).toBe(true);
        },
      ),
    );
  });

  it('refuses settings that make no step', () => {
    const settings = { norm: 'l2', clip: 'every step' } as const;
    expect(() => pgd({ ...settings, steps: 0, stepSize: constantSteps })).toThrow(
      'pgd: expected a positive number of steps, got 0',
    );
    expect(() => pgd({ ...settings, steps: 1, stepSize: { kind: 'share of epsilon', share: 0 } })).toThrow(
      'pgd: expected positive, finite step sizes, got 0',
    );
  });
});

describe('random noise', () => {
  it('adds epsilon times the numbers of the stream, and does not clip', async () => {
    const attack = randomNoise({ normals: (_stream, _first, out) => out.set([2, -3]) });
    const moved = await perturb(comparison, attack, Float32Array.of(0.5, 0.25), label0, 0.5);
    expect(moved).toEqual(Float32Array.of(1.5, -1.25));
  });

  it('reads the stream of its epsilon at the number of the image', async () => {
    const read: [string, number][] = [];
    const attack = randomNoise({ normals: (stream, first) => read.push([stream, first]) });
    const position = { firstImage: 5, epsilonIndex: 7 };
    await perturb(comparison, attack, new Float32Array(4), new Uint8Array(2), 0.5, position);
    expect(read).toEqual([
      ['random noise, epsilon 7', 10],
      ['random noise, epsilon 7', 12],
    ]);
  });

  it('gives an image the same noise whatever stands beside it', async () => {
    const attack = randomNoise({ normals: hashNoise });
    const both = await perturb(comparison, attack, new Float32Array(4), new Uint8Array(2), 1);
    const second = await perturb(comparison, attack, new Float32Array(2), label0, 1, {
      firstImage: 1,
      epsilonIndex: 0,
    });
    expect(both.slice(2)).toEqual(second);
  });
});

describe('what perturb refuses', () => {
  const image = Float32Array.of(0.5, 0.25);
  const refused: [string, () => Promise<unknown>, string][] = [
    [
      'a classifier without a gradient where the attack needs one',
      () => perturbAnything({ ...comparison, lossGradient: undefined }, fgsm()),
      'perturb: expected a classifier with lossGradient, which this attack needs, got one without',
    ],
    [
      'a gradient that is not finite',
      () => perturb(withGradient([0, Number.NaN]), fgsm(), image, label0, 0.1),
      'perturb: expected finite loss gradients, got NaN for row 0 of a batch of 1',
    ],
    [
      'a gradient of the wrong length',
      () => perturb(withGradient([1]), fgsm(), image, label0, 0.1),
      'perturb: expected 1 x 2 loss gradients from the classifier, got 1 values',
    ],
    [
      'NaN in an image',
      () => perturb(comparison, fgsm(), Float32Array.of(0, 0, 0, Number.NaN), new Uint8Array(2), 0.1),
      'perturb: expected values in [0, 1], got NaN in image 1',
    ],
    [
      'an infinity in an image without bounds',
      () =>
        perturb(
          { ...comparison, bounds: { kind: 'unbounded' } },
          fgsm(),
          Float32Array.of(0, Number.POSITIVE_INFINITY),
          label0,
          0.1,
        ),
      'perturb: expected finite values, got Infinity in image 0',
    ],
    [
      'an image outside the bounds',
      () => perturb(comparison, fgsm(), Float32Array.of(1.5, 0), label0, 0.1),
      'perturb: expected values in [0, 1], got 1.5 in image 0',
    ],
    [
      'images and labels of different number',
      () => perturb(comparison, fgsm(), image, new Uint8Array(2), 0.1),
      'perturb: expected images of 2 x 2 values, one image a label, got 2',
    ],
    [
      'a label that is no class',
      () => perturb(comparison, fgsm(), image, Uint8Array.of(2), 0.1),
      'perturb: expected labels below 2, got 2 for image 0',
    ],
    [
      'a negative epsilon',
      () => perturb(comparison, fgsm(), image, label0, -0.1),
      'perturb: expected a finite epsilon of at least 0, got -0.1',
    ],
  ];

  it.each(refused)('is %s', async (_what, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });

  // As a JavaScript caller can, past the types.
  function perturbAnything(classifier: unknown, attack: Attack): Promise<Float32Array> {
    return perturb(classifier as DifferentiableClassifier, attack, image, label0, 0.1);
  }
});

function withGradient(gradient: number[]): DifferentiableClassifier {
  return { ...comparison, lossGradient: () => Float32Array.from(gradient) };
}
