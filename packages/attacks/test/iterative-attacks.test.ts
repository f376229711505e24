import {
  cleanGradientPgd,
  criticalDistances,
  type DifferentiableClassifier,
  fgsm,
  perturb,
  pgd,
  relativeAccuracy,
  secondOrder,
  withFiniteDifferenceHessian,
} from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { comparison, hashUniforms } from './helpers/classifiers.js';
import { smoothClassifier } from './helpers/smooth-classifier.js';

const label0 = Uint8Array.of(0);
const whole = { kind: 'share of epsilon', share: 1 } as const;

describe('PGD from random starts', () => {
  // Class 0 but in a pocket around (0.9, 0.9), which no gradient shows: only a start there finds it.
  const pocket: DifferentiableClassifier = {
    inputs: 2,
    classes: 2,
    bounds: { kind: 'box', lower: 0, upper: 1 },
    logits: (images, count) =>
      Float32Array.from({ length: count }, (_, row) => row).reduce(
        (logits, row) => {
          const [x, y] = images.subarray(2 * row, 2 * row + 2) as unknown as [number, number];
          logits[2 * row + (x > 0.7 && y > 0.7 ? 1 : 0)] = 1;
          return logits;
        },
        new Float32Array(2 * count),
      ),
    lossGradient: (images) => new Float32Array(images.length),
  };
  const settings = { norm: 'linf', steps: 1, stepSize: whole, clip: 'every step' } as const;
  const image = Float32Array.of(0.5, 0.5);

  it('finds with enough restarts what one start from the image does not', async () => {
    const request = { images: image, labels: label0, epsilons: [0.5], batchSize: 1 };
    const fromImage = await criticalDistances(pocket, pgd(settings), request);
    expect(fromImage.images[0]?.status).toBe('robust within the grid');
    // A start is in the pocket with a chance of 0.09: of 100, one is, but for 1 in 10^4.
    const start = { kind: 'random', restarts: 100, uniforms: hashUniforms } as const;
    const fromAnywhere = await criticalDistances(pocket, pgd({ ...settings, start }), request);
    expect(fromAnywhere.images[0]?.status).toBe('adversarial');
  });

  it('keeps the restart of the largest objective where none is misclassified', async () => {
    // Starts at u and never moves: of the starts, the one with the smallest x - y is to be kept.
    const still: DifferentiableClassifier = {
      ...comparison,
      lossGradient: (images) => new Float32Array(images.length),
    };
    const numbers = [0.9, 0.1, 0.3, 0.6, 0.5, 0.2];
    const start = {
      kind: 'random',
      restarts: 3,
      uniforms: (stream: string, _first: number, out: Float32Array) => {
        const restart = Number(/^pgd start (\d), epsilon 0$/.exec(stream)?.[1]);
        out.set(numbers.slice(2 * restart, 2 * restart + 2));
      },
    } as const;
    const moved = await perturb(
      still,
      pgd({ ...settings, start }),
      Float32Array.of(0.75, 0.25),
      label0,
      0.125,
    );
    // Offsets 0.125 (2u - 1): the second start, (-0.05, 0.025), has the smallest difference.
    expect(moved[0]).toBeCloseTo(0.7, 6);
    expect(moved[1]).toBeCloseTo(0.275, 6);
  });

  it('starts uniformly in the L2 ball', async () => {
    const start = { kind: 'random', restarts: 1, uniforms: hashUniforms } as const;
    const still: DifferentiableClassifier = {
      ...comparison,
      bounds: { kind: 'unbounded' },
      lossGradient: (images) => new Float32Array(images.length),
    };
    const count = 2000;
    const attack = pgd({ ...settings, norm: 'l2', start });
    const moved = await perturb(still, attack, new Float32Array(2 * count), new Uint8Array(count), 2);
    const radii = Array.from({ length: count }, (_, row) =>
      Math.hypot(moved[2 * row] as number, moved[2 * row + 1] as number),
    );
    // A quarter of a disc's area lies within half its radius; four standard errors are 0.039.
    expect(Math.abs(radii.filter((radius) => radius < 1).length / count - 0.25)).toBeLessThan(0.039);
    expect(Math.max(...radii)).toBeLessThanOrEqual(2 * (1 + 1e-6));
    const right = Array.from({ length: count }, (_, row) => (moved[2 * row] as number) > 0).filter(
      Boolean,
    ).length;
    expect(Math.abs(right / count - 0.5)).toBeLessThan(0.045);
  });
});

describe('PGD that stops early', () => {
  it('leaves an image where it was first misclassified, and spends nothing more on it', async () => {
    // Steps of 0.25 each way close a gap of 0.4 in one step, a gap of 0.9 in two.
    const images = Float32Array.of(0.7, 0.3, 0.95, 0.05);
    const settings = {
      norm: 'linf',
      steps: 4,
      stepSize: { kind: 'constant', size: 0.25, shareBelow: 1 },
      clip: 'every step',
    } as const;
    const request = { images, labels: new Uint8Array(2), epsilons: [0.75], batchSize: 2 };
    const early = await criticalDistances(comparison, pgd({ ...settings, stopEarly: true }), request);
    const late = await criticalDistances(comparison, pgd(settings), request);
    const linf = (walk: typeof early) =>
      walk.images.map((image) => (image.status === 'adversarial' ? image.linfDistance : Number.NaN));
    expect(linf(early).map((x) => x.toFixed(3))).toEqual(['0.250', '0.500']);
    expect(linf(late).map((x) => x.toFixed(3))).toEqual(['0.700', '0.750']);
    // First look, a look a step, the look at the result, the second look.
    expect(early.images.map(({ calls }) => calls)).toEqual([
      { forward: 1 + 1 + 1 + 1, gradient: 1 },
      { forward: 1 + 2 + 1 + 1, gradient: 2 },
    ]);
  });
});

describe("the isometry paper's PGD", () => {
  it('is FGSM with ten times the epsilon, but never more than 0.5', async () => {
    const image = Float32Array.of(0.875, 0.25);
    const tenth = await perturb(comparison, cleanGradientPgd(), image, label0, 1 / 64);
    expect(tenth).toEqual(await perturb(comparison, fgsm(), image, label0, 10 / 64));
    const far = await perturb(comparison, cleanGradientPgd(), image, label0, 0.25);
    expect(far).toEqual(await perturb(comparison, fgsm(), image, label0, 0.5));
  });

  it('takes one gradient an image', async () => {
    const request = {
      images: Float32Array.of(0.75, 0.25),
      labels: label0,
      epsilons: [0.01, 0.02],
      batchSize: 1,
    };
    const { calls } = await relativeAccuracy(comparison, cleanGradientPgd(), request);
    expect(calls.gradient).toBe(1);
  });
});

describe('the second-order attack', () => {
  const smooth = smoothClassifier({ inputs: 6, hidden: 5, classes: 3 });
  const images = Float32Array.from({ length: 5 * 6 }, (_, i) => 0.5 + 0.2 * Math.sin(5 + i * i));
  const labels = Uint8Array.of(0, 1, 2, 0, 1);
  const hessian = (inputs: Float32Array, vectors: Float32Array, of: DifferentiableClassifier) => {
    if (of.hessianVectorProduct === undefined) throw new Error('hessian: expected a product, got none');
    return of.hessianVectorProduct(inputs, labels, vectors, 5);
  };

  it('is tested with Hessian-vector products that differences of gradients confirm', async () => {
    const vectors = images.map((_, i) => Math.cos(i));
    const exact = await hessian(images, vectors, smooth);
    const guessed = await hessian(images, vectors, withFiniteDifferenceHessian(smooth, 1e-3));
    const largest = exact.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    exact.forEach((value, i) => {
      expect(Math.abs(value - (guessed[i] as number))).toBeLessThan(2e-3 * largest);
    });
  });

  it('is FGSM with one round of one whole step', async () => {
    const attack = secondOrder({ norm: 'linf', rounds: 1, steps: 1, stepShare: 1 });
    const moved = await perturb(smooth, attack, images, labels, 0.1);
    expect(moved).toEqual(await perturb(smooth, fgsm(), images, labels, 0.1));
  });

  it('climbs to the edge of the ball at the maximum of a quadratic loss', async () => {
    // l = x + 2 x^2 + 2 y^2 - ... at 0: g = (1, 0.5), H = [[0, 4], [4, 0]]: raises g.d + d.Hd / 2 = x + y / 2 + 4 x y in
    // the disc of radius 1. H's largest eigenvector is (1, 1) / sqrt 2, so the maximum lies near the diagonal, where the
    // Lagrange condition 1 + 4 y = m x, 0.5 + 4 x = m y holds; the gradient alone points to (2, 1) / sqrt 5.
    const quadratic: DifferentiableClassifier = {
      inputs: 2,
      classes: 2,
      bounds: { kind: 'unbounded' },
      logits: (_inputs, count) => new Float32Array(2 * count).map((_, i) => (i % 2 === 0 ? 1 : 0)),
      lossGradient: ([x = 0, y = 0]) => Float32Array.of(1 + 4 * y, 0.5 + 4 * x),
      hessianVectorProduct: (_inputs, _labels, [u = 0, v = 0]) => Float32Array.of(4 * v, 4 * u),
    };
    const attack = secondOrder({ norm: 'l2', rounds: 1, steps: 60, stepShare: 0.5 });
    const [x = 0, y = 0] = await perturb(quadratic, attack, new Float32Array(2), label0, 1);
    expect(Math.hypot(x, y)).toBeCloseTo(1, 5);
    expect((1 + 4 * y) / x).toBeCloseTo((0.5 + 4 * x) / y, 3);
    expect(x + y / 2 + 4 * x * y).toBeGreaterThan(2 / Math.sqrt(5) + 0.5 / Math.sqrt(5) + (4 * 2) / 5);
  });

  it('spends one forward call, one gradient and steps - 1 products of two gradients a round', async () => {
    const attack = secondOrder({ norm: 'linf', rounds: 3, steps: 4, stepShare: 0.25 });
    const request = { images, labels: await labelsOf(smooth, images, 5), epsilons: [1e-4], batchSize: 5 };
    const { images: results } = await criticalDistances(smooth, attack, request);
    // First look, three rounds, the look at the result.
    for (const { calls } of results) expect(calls).toEqual({ forward: 1 + 3 + 1, gradient: 3 * (1 + 2 * 3) });
  });

  it('is refused for a classifier without Hessian-vector products', async () => {
    const attack = secondOrder({ norm: 'linf', rounds: 1, steps: 2, stepShare: 0.5 });
    await expect(perturb(comparison, attack, Float32Array.of(0.75, 0.25), label0, 0.1)).rejects.toThrow(
      'perturb: expected a classifier with hessianVectorProduct, which a second-order attack needs, got one without; withFiniteDifferenceHessian gives it one',
    );
  });

  it('refuses numbers that make no attack', () => {
    const settings = { norm: 'linf', rounds: 1, steps: 1, stepShare: 1 } as const;
    expect(() => secondOrder({ ...settings, rounds: 0 })).toThrow(
      'secondOrder: expected a positive number of rounds, got 0',
    );
    expect(() => secondOrder({ ...settings, stepShare: 0 })).toThrow(
      'secondOrder: expected a positive, finite stepShare, got 0',
    );
  });
});

async function labelsOf(classifier: DifferentiableClassifier, images: Float32Array, count: number) {
  const logits = await classifier.logits(images, count);
  return Uint8Array.from({ length: count }, (_, row) => {
    const ofRow = Array.from(logits.subarray(row * 3, (row + 1) * 3));
    return ofRow.indexOf(Math.max(...ofRow));
  });
}
