import {
  type BisectionSearch,
  bisectCriticalDistances,
  type Classifier,
  compareWithGrid,
  criticalDistances,
  fastMinimumNorm,
  fgsm,
  type ImageStatus,
  logarithmicGrid,
  minimalDistances,
  randomNoise,
  relativeAccuracy,
  sweepAttack,
} from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { comparison, hashNoise } from './helpers/classifiers.js';
import { referenceClassifier } from './helpers/reference-network.js';
import { imageSetOf, networks } from './helpers/vectors.js';

// Differences x - y of 0.125 and 0.625 fall beyond epsilon = 0.0625 and 0.3125; the last image is wrong already.
const images = Float32Array.of(0.5, 0.375, 0.75, 0.125, 0.25, 0.5);
const labels = Uint8Array.of(0, 0, 0);
const search: BisectionSearch = { lowest: 0.01, highest: 0.25, coarseFactor: 2, relativeTolerance: 0.01 };

describe('bisection', () => {
  it('closes in on the epsilon at which an image flips', async () => {
    const found = await bisectCriticalDistances(comparison, fgsm(), { images, labels, search, batchSize: 3 });
    const [first, ...rest] = found.images;
    if (first?.status !== 'adversarial') throw new Error(`expected an adversarial, got ${first?.status}`);
    expect(first.epsilon / 0.0625).toBeGreaterThan(1);
    expect(first.epsilon / 0.0625).toBeLessThanOrEqual(1.01);
    expect(first.distance / first.epsilon).toBeCloseTo(Math.SQRT2, 5);
    expect(rest.map(({ status }) => status)).toEqual(['robust within the grid', 'wrong from the start']);
  });

  it('spends a look at each coarse step and at each halving', async () => {
    const found = await bisectCriticalDistances(comparison, fgsm(), { images, labels, search, batchSize: 3 });
    expect(found.images.map(({ calls }) => calls)).toEqual([
      // First look; 0.01, 0.02, 0.04, 0.08; from a factor of 2 to 1.01 takes log2(ln 2 / ln 1.01) = 6.1, 7 halvings; second
      // look.
      { forward: 1 + 4 + 7 + 1, gradient: 1 },
      // 0.01 .. 0.16 and 0.25.
      { forward: 1 + 6, gradient: 1 },
      { forward: 1, gradient: 0 },
    ]);
  });

  it('takes the lowest epsilon where that flips already', async () => {
    const request = { images, labels, search: { ...search, lowest: 0.1 }, batchSize: 3 };
    const found = await bisectCriticalDistances(comparison, fgsm(), request);
    expect(found.images[0]).toMatchObject({ status: 'adversarial', epsilon: 0.1 });
  });

  it('gives an image one noise at every epsilon', async () => {
    const streams = new Set<string>();
    const attack = randomNoise({
      normals: (stream, _first, out) => {
        streams.add(stream);
        out.set([-3, 4]);
      },
    });
    const found = await bisectCriticalDistances(comparison, attack, { images, labels, search, batchSize: 3 });
    expect([...streams]).toEqual(['random noise, every epsilon']);
    // The noise closes a gap of 7 epsilon at a distance of 5 epsilon: 0.125 at 0.0893.
    const distance = found.images[0]?.status === 'adversarial' ? found.images[0].distance : Number.NaN;
    expect(distance / ((5 * 0.125) / 7)).toBeGreaterThan(1);
    expect(distance / ((5 * 0.125) / 7)).toBeLessThan(1.01);
  });

  it('refuses a search that makes no sense', async () => {
    const refused = async (change: Partial<BisectionSearch>) => {
      const request = { images, labels, search: { ...search, ...change }, batchSize: 3 };
      await bisectCriticalDistances(comparison, fgsm(), request);
    };
    await expect(refused({ lowest: 0 })).rejects.toThrow(
      'bisectCriticalDistances: expected 0 < lowest < highest, got 0 and 0.25',
    );
    await expect(refused({ coarseFactor: 1 })).rejects.toThrow(
      'bisectCriticalDistances: expected a coarseFactor above 1, got 1',
    );
    await expect(refused({ relativeTolerance: 0 })).rejects.toThrow(
      'bisectCriticalDistances: expected a relativeTolerance of at least 1e-6, got 0',
    );
  });

  it('stops with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const request = { images, labels, search, batchSize: 3, signal };
    await expect(bisectCriticalDistances(comparison, fgsm(), request)).rejects.toThrow('enough');
  });
});

describe.each(networks)('bisection on $title', (network) => {
  it('finds the reference critical distances of FGSM within the interval of their grid', async () => {
    const { epsStart, epsStop, epsCount, correct, eps } = network.criticalFgsm;
    const epsilons = logarithmicGrid(epsStart, epsStop, epsCount);
    const spacing = 10 ** ((epsStop - epsStart) / (epsCount - 1));
    const settings = {
      lowest: epsilons[0] as number,
      highest: epsilons.at(-1) as number,
      coarseFactor: spacing,
      relativeTolerance: 1e-3,
    };
    const request = { ...imageSetOf(network), search: settings, batchSize: 4 };
    const found = await bisectCriticalDistances(referenceClassifier(network), fgsm(), request);
    found.images.forEach((image, n) => {
      const expected = eps[n];
      if (!correct[n]) expect(image.status).toBe('wrong from the start');
      else if (typeof expected !== 'number') expect(image.status).toBe('robust within the grid');
      else {
        const epsilon = image.status === 'adversarial' ? image.epsilon : Number.NaN;
        expect(epsilon).toBeGreaterThan((expected / spacing) * (1 - 1e-9));
        expect(epsilon).toBeLessThanOrEqual(expected * (1 + 1e-9));
      }
    });
  });

  it('finds by the minimal-norm attack no distance above that along the FGSM direction', async () => {
    const classifier = referenceClassifier(network);
    const set = imageSetOf(network);
    const settings = { lowest: 1e-4, highest: 4, coarseFactor: 2, relativeTolerance: 1e-3 };
    const along = await bisectCriticalDistances(classifier, fgsm(), {
      ...set,
      search: settings,
      batchSize: 4,
    });
    const minimal = await minimalDistances(classifier, fastMinimumNorm(), { ...set, batchSize: 4 });
    along.images.forEach((image, n) => {
      const shortest = minimal.images[n] as ImageStatus;
      if (image.status !== 'adversarial') return;
      expect(shortest.status).toBe('adversarial');
      if (shortest.status === 'adversarial') {
        expect(shortest.distance).toBeLessThanOrEqual(image.distance * (1 + 1e-3));
      }
    });
  });

  it('walks once where both the curve and the critical distances are asked for', async () => {
    const classifier = referenceClassifier(network);
    const request = { ...imageSetOf(network), epsilons: [0.05, 0.2, 0.4, 0.8, 1.6], batchSize: 3 };
    for (const attack of [fgsm(), randomNoise({ normals: hashNoise })]) {
      const sweep = await sweepAttack(classifier, attack, request);
      const curve = await relativeAccuracy(classifier, attack, request);
      const walk = await criticalDistances(classifier, attack, request);
      expect(sweep.stillCorrect.map((count) => count / sweep.initiallyCorrect)).toEqual(curve.accuracy);
      const withoutCalls = (results: typeof walk.images) => results.map(({ calls: _, ...status }) => status);
      expect(withoutCalls(sweep.images)).toEqual(withoutCalls(walk.images));
      // The curve's calls, and a second look at each flip.
      const flips = walk.images.filter(({ status }) => status === 'adversarial').length;
      expect(sweep.calls).toEqual({ ...curve.calls, forward: curve.calls.forward + flips });
    }
  });
});

describe('the comparison of bisection with the grid', () => {
  const adversarial = (epsilon: number): ImageStatus => ({
    status: 'adversarial',
    epsilon,
    distance: epsilon,
    linfDistance: epsilon,
  });
  const robust: ImageStatus = { status: 'robust within the grid' };
  const wrong: ImageStatus = { status: 'wrong from the start' };
  const epsilons = [1, 2, 4, 8];
  const relativeTolerance = 0.1;

  it('counts who found what', () => {
    const pairs: [ImageStatus, ImageStatus][] = [
      [adversarial(3), adversarial(4)], // between 2 and 4: agree
      [adversarial(4.3), adversarial(4)], // within the tolerance above 4: agree
      [robust, robust], // agree
      [adversarial(0.5), adversarial(1)], // below the first: agree
      [adversarial(1.5), adversarial(4)], // smaller
      [adversarial(5), adversarial(4)], // larger
      [robust, adversarial(8)],
      [adversarial(8), robust],
      [wrong, wrong],
    ];
    const bisection = pairs.map(([image]) => image);
    const grid = pairs.map(([, image]) => image);
    expect(compareWithGrid({ bisection, grid, epsilons, relativeTolerance })).toEqual({
      compared: 8,
      disagreeing: 4,
      share: 0.5,
      smaller: 1,
      larger: 1,
      foundByGridAlone: 1,
      foundByBisectionAlone: 1,
    });
  });

  it('shows an island that bisection steps over', async () => {
    // Class 1 where 0.25 < y < 0.5 and where y > 2; the noise moves y alone, by epsilon.
    const island: Classifier = {
      inputs: 2,
      classes: 2,
      bounds: { kind: 'unbounded' },
      logits: ([, y = 0]) => ((y > 0.25 && y < 0.5) || y > 2 ? Float32Array.of(0, 1) : Float32Array.of(1, 0)),
    };
    const attack = randomNoise({ normals: (_stream, _first, out) => out.set([0, 1]) });
    const set = { images: new Float32Array(2), labels: new Uint8Array(1), batchSize: 1 };
    const fine = [0.1, 0.3, 0.6, 1.2, 2.4];
    const grid = await criticalDistances(island, attack, { ...set, epsilons: fine });
    const settings = { lowest: 0.1, highest: 3, coarseFactor: 6, relativeTolerance: 0.01 };
    const bisection = await bisectCriticalDistances(island, attack, { ...set, search: settings });
    expect(
      compareWithGrid({
        bisection: bisection.images,
        grid: grid.images,
        epsilons: fine,
        relativeTolerance: 0.01,
      }),
    ).toMatchObject({ compared: 1, disagreeing: 1, share: 1, larger: 1 });
  });

  it('refuses results of different images and epsilons that are not of the grid', () => {
    expect(() => compareWithGrid({ bisection: [], grid: [robust], epsilons, relativeTolerance })).toThrow(
      'compareWithGrid: expected as many images of the bisection as of the grid, 1, got 0',
    );
    const found = [adversarial(3)];
    expect(() => compareWithGrid({ bisection: found, grid: found, epsilons, relativeTolerance })).toThrow(
      'compareWithGrid: expected an epsilon of the grid, got 3, which is not in it',
    );
  });
});
