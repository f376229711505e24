import {
  bisectCriticalDistances,
  compareWithGrid,
  criticalDistances,
  fastMinimumNorm,
  fgsm,
  type ImageStatus,
  logarithmicGrid,
  minimalDistances,
  pgd,
} from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { linearClassifier } from './helpers/linear-classifier.js';

// Two classes: the margin of class 0 is w . x + b, with w and b the differences of the rows.
const inputs = 12;
const rows = [0, 1].map((c) => Array.from({ length: inputs }, (_, i) => Math.sin(1 + 5 * c + 1.7 * i)));
const bias = [0.3, -0.1];
const classifier = linearClassifier(rows, bias);
const w = Array.from({ length: inputs }, (_, i) => value(rows[0], i) - value(rows[1], i));
const norm1 = w.reduce((sum, x) => sum + Math.abs(x), 0);
const norm2 = Math.hypot(...w);

const count = 9;
const images = Float32Array.from({ length: count * inputs }, (_, i) => Math.cos(3 + 2.3 * i));
const margins = Array.from({ length: count }, (_, n) =>
  w.reduce((sum, x, i) => sum + x * (images[n * inputs + i] as number), value(bias, 0) - value(bias, 1)),
);
const labels = Uint8Array.from(margins, (margin) => (margin > 0 ? 0 : 1));
const search = { lowest: 1e-4, highest: 10, coarseFactor: 4, relativeTolerance: 1e-4 };

describe('on a planted linear classifier', () => {
  it('the minimal-norm attack finds |margin| / ||w||_2', async () => {
    const found = await minimalDistances(classifier, fastMinimumNorm(), { images, labels, batchSize: 4 });
    expectDistances(found.images, (margin) => Math.abs(margin) / norm2, 1e-3);
  });

  it('bisection along the FGSM direction finds |margin| sqrt(N) / ||w||_1', async () => {
    const request = { images, labels, search, batchSize: 4 };
    const found = await bisectCriticalDistances(classifier, fgsm(), request);
    expectDistances(found.images, (margin) => (Math.abs(margin) * Math.sqrt(inputs)) / norm1, 2e-4);
  });

  it('bisection with L2 PGD finds |margin| / ||w||_2', async () => {
    const attack = pgd({
      norm: 'l2',
      steps: 2,
      stepSize: { kind: 'share of epsilon', share: 1 },
      clip: 'every step',
    });
    const found = await bisectCriticalDistances(classifier, attack, { images, labels, search, batchSize: 4 });
    expectDistances(found.images, (margin) => Math.abs(margin) / norm2, 2e-4);
  });

  it('records the Linf distance beside the L2 distance', async () => {
    const request = { images, labels, search, batchSize: 4 };
    const found = await bisectCriticalDistances(classifier, fgsm(), request);
    for (const image of found.images) {
      const linf = image.status === 'adversarial' ? image.linfDistance : Number.NaN;
      const epsilon = image.status === 'adversarial' ? image.epsilon : Number.NaN;
      expect(Math.abs(linf / epsilon - 1)).toBeLessThan(1e-4);
    }
  });

  it('bisection agrees with the grid, in a tenth of the calls', async () => {
    const epsilons = logarithmicGrid(-6, 0.916, 400);
    const grid = await criticalDistances(classifier, fgsm(), { images, labels, epsilons, batchSize: 9 });
    // The spacing of the grid is 10^(6.916 / 399) = 1.0407.
    const settings = { lowest: 1e-6, highest: 10 ** 0.916, coarseFactor: 4, relativeTolerance: 0.04 };
    const request = { images, labels, search: settings, batchSize: 9 };
    const bisection = await bisectCriticalDistances(classifier, fgsm(), request);
    expect(bisection.calls.forward).toBeLessThan(grid.calls.forward / 10);
    expect(
      compareWithGrid({
        bisection: bisection.images,
        grid: grid.images,
        epsilons,
        relativeTolerance: 0.04,
      }),
    ).toEqual({
      compared: count,
      disagreeing: 0,
      share: 0,
      smaller: 0,
      larger: 0,
      foundByGridAlone: 0,
      foundByBisectionAlone: 0,
    });
  });

  it.each([1, 2, 5, 100])('no distance depends on the batch split: batches of %i', async (batchSize) => {
    const minimal = (size: number) =>
      minimalDistances(classifier, fastMinimumNorm({ steps: 20 }), { images, labels, batchSize: size });
    const bisected = (size: number) =>
      bisectCriticalDistances(classifier, fgsm(), { images, labels, search, batchSize: size });
    expect(await minimal(batchSize)).toEqual(await minimal(9));
    expect(await bisected(batchSize)).toEqual(await bisected(9));
  });
});

function expectDistances(
  found: readonly ImageStatus[],
  expected: (margin: number) => number,
  tolerance: number,
): void {
  expect(found.map(({ status }) => status)).toEqual(margins.map(() => 'adversarial'));
  found.forEach((image, n) => {
    const distance = image.status === 'adversarial' ? image.distance : Number.NaN;
    const ratio = distance / expected(margins[n] as number);
    expect(ratio).toBeGreaterThan(1 - 1e-5);
    expect(ratio).toBeLessThan(1 + tolerance);
  });
}

function value(values: readonly number[] | undefined, index: number): number {
  return values?.[index] as number;
}
