import {
  type ClaimInput,
  compareAccuracies,
  compareMedians,
  type MeasuredModel,
  paperAClaims,
  publishedPaperA,
  ratios,
  verdictOf,
} from '@hebblab/experiments';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Seed = Pick<MeasuredModel, 'accuracy' | 'criticalDistance'>;

const attacks = ['random', 'fgsm', 'pgd'];

/** One seed whose medians are these, with quartiles at half and twice, on `count` images. */
function seed(accuracy: number, medians: Readonly<Record<string, number>>, count = 5000): Seed {
  const distances = Object.entries(medians).map(([attack, median]) => [
    attack,
    { median, q25: median / 2, q75: median * 2, found: count, total: count, unverified: 0 },
  ]);
  return { accuracy, criticalDistance: Object.fromEntries(distances) };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Seeds of one model with their means in front, as results.json has them. */
function overSeeds(perSeed: readonly Seed[]): MeasuredModel {
  const medians = attacks.flatMap((attack) => {
    const values = perSeed.flatMap(({ criticalDistance }) => criticalDistance[attack]?.median ?? []);
    return values.length === 0 ? [] : [[attack, mean(values)]];
  });
  const accuracy = mean(perSeed.map((result) => result.accuracy));
  return { ...seed(accuracy, Object.fromEntries(medians)), perSeed };
}

/** The published table as if five seeds had given it, within 0.1 % of each other. */
function publishedOverSeeds(): ClaimInput {
  const factors = [0.9995, 1.0005, 1, 0.9998, 1.0002];
  const entries = Object.entries(publishedPaperA.models).flatMap(
    ([name, { accuracy, criticalDistance }], model) => {
      if (accuracy === undefined || criticalDistance === undefined) return [];
      const seeds = factors.map((_, index) => {
        const factor = factors[(index + model) % factors.length] ?? 1;
        const medians = Object.entries(criticalDistance).map(([attack, value]) => [attack, value * factor]);
        return seed(accuracy * factor, Object.fromEntries(medians));
      });
      return [[name, overSeeds(seeds)] as const];
    },
  );
  return { models: Object.fromEntries(entries), testImages: 10_000 };
}

const verdicts = (input: ClaimInput) =>
  Object.fromEntries(paperAClaims(input).map(({ claim, verdict }) => [claim.split(':')[0] ?? '', verdict]));

describe('paperAClaims', () => {
  it('finds the order of robustness and of accuracies in the published table', () => {
    const claims = paperAClaims(publishedOverSeeds());
    // By hand: 3.14 > 2.6 > 1.77 > 1.14 > 0.94 (the same for FGSM and PGD); 0.562 ~ 0.559 > 0.519 > 0.472 > 0.448.
    expect(claims.slice(0, 4).map(({ verdict }) => verdict)).toEqual(['holds', 'holds', 'holds', 'holds']);
    // Every PGD / FGSM of the table: 0.120 / 0.123, 0.039 / 0.040, 0.101 / 0.104, 0.065 / 0.068, 0.036 / 0.037.
    const pgd = claims.find(({ claim }) => claim.includes('within 5 %'));
    expect(pgd?.comparisons.map((part) => (part.kind === 'measured' ? part.estimate : 0))).toEqual(
      [0.12 / 0.123, 0.975, 0.101 / 0.104, 0.065 / 0.068, 0.036 / 0.037].map((ratio) =>
        expect.closeTo(ratio, 6),
      ),
    );
    expect(pgd?.verdict).toBe('holds');
  });

  it('leaves claims about models that were not trained undecided, and names them', () => {
    const { models, testImages } = publishedOverSeeds();
    const { l2: _, ...others } = models;
    const [robustness, , , accuracy] = paperAClaims({ models: others, testImages });
    expect([robustness?.verdict, accuracy?.verdict]).toEqual(['undecided', 'undecided']);
    expect(robustness?.evidence).toContain('no model l2');
    expect(paperAClaims({ models: {}, testImages }).every(({ verdict }) => verdict === 'undecided')).toBe(
      true,
    );
  });

  it('fails an order that two models turn round', () => {
    const { models, testImages } = publishedOverSeeds();
    const { kh, l2 } = models;
    if (kh === undefined || l2 === undefined) throw new Error('expected kh and l2');
    const turned = verdicts({ models: { ...models, kh: l2, l2: kh }, testImages });
    expect(turned['Robustness to FGSM']).toBe('fails');
    expect(turned.Accuracy).toBe('fails');
  });
});

describe('compareMedians', () => {
  const above = { model: 'a', attack: 'fgsm' };
  const below = { model: 'b', attack: 'fgsm' };
  const compare = (a: MeasuredModel, b: MeasuredModel, allowed: (typeof ratios)[keyof typeof ratios]) =>
    compareMedians('a / b', { models: { a, b }, testImages: 100 }, above, below, allowed);

  it("gives Student's interval of the logarithms over seeds", () => {
    const a = overSeeds([1, 2, 4].map((median) => seed(0.5, { fgsm: median })));
    const b = overSeeds([1, 1, 1].map((median) => seed(0.5, { fgsm: median })));
    // log ratios 0, log 2, 2 log 2: mean log 2, deviation log 2; t of 2 degrees 0.95 sqrt(2 / (1 - 0.95^2)) = 4.3027.
    const half = (0.95 * Math.sqrt(2 / (1 - 0.95 ** 2)) * Math.log(2)) / Math.sqrt(3);
    const interval = [2 * Math.exp(-half), 2 * Math.exp(half)].map((bound) => expect.closeTo(bound, 9));
    const comparison = compare(a, b, ratios.more);
    expect(comparison).toMatchObject({ estimate: expect.closeTo(2, 9), interval, over: 'seeds' });
    expect(comparison.verdict).toBe('undecided');
  });

  it('pairs seeds: what moves both models alike cancels', () => {
    const medians = [0.1, 0.4, 1.6, 6.4];
    const a = overSeeds(medians.map((median) => seed(0.5, { fgsm: median * 1.1 })));
    const b = overSeeds(medians.map((median) => seed(0.5, { fgsm: median })));
    expect(compare(a, b, ratios.more)).toMatchObject({
      verdict: 'holds',
      interval: [expect.closeTo(1.1, 9), expect.closeTo(1.1, 9)],
    });
  });

  it('gives with one seed an interval over images, which shrinks with the root of their number', () => {
    const ratio = (count: number) =>
      compare(seed(0.5, { fgsm: 2 }, count), seed(0.5, { fgsm: 1 }, count), ratios.more);
    // s = log(2 / 0.5) / 1.34898; sqrt(pi / 2) s / sqrt(400) each; sqrt(2) of it for the ratio.
    const half = (1.95996 * Math.sqrt(2) * Math.sqrt(Math.PI / 2) * Math.log(4)) / 1.34898 / 20;
    const interval = [2 * Math.exp(-half), 2 * Math.exp(half)].map((bound) => expect.closeTo(bound, 6));
    expect(ratio(400)).toMatchObject({ estimate: expect.closeTo(2, 9), interval, over: 'images' });
    expect(ratio(400).verdict).toBe('holds');
    expect(ratio(20).verdict).toBe('undecided');
  });

  it('does not judge a median over the images that happened to flip', () => {
    const stubborn = {
      accuracy: 0.5,
      criticalDistance: { fgsm: { median: 9, q25: 8, q75: 10, found: 40, total: 100, unverified: 0 } },
    };
    expect(compare(stubborn, seed(0.5, { fgsm: 1 }), ratios.more)).toMatchObject({
      kind: 'not measured',
      verdict: 'undecided',
      reason: 'fgsm flipped only 40 of 100 images of a',
    });
  });
});

describe('compareAccuracies', () => {
  it('takes the shares of the test images as independent with one seed', () => {
    const models = { a: seed(0.6, {}), b: seed(0.5, {}) };
    const comparison = compareAccuracies('a - b', { models, testImages: 100 }, 'a', 'b', { from: 0, to: 1 });
    // sqrt(0.24 / 100 + 0.25 / 100) = 0.07
    expect(comparison).toMatchObject({
      verdict: 'undecided',
      estimate: expect.closeTo(0.1, 9),
      interval: [expect.closeTo(0.1 - 1.95996 * 0.07, 9), expect.closeTo(0.1 + 1.95996 * 0.07, 9)],
    });
  });
});

describe('verdictOf', () => {
  it('holds only inside, fails only outside, and never both', () => {
    const bound = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(bound, bound, (one, other) => {
        const interval: [number, number] = [Math.min(one, other), Math.max(one, other)];
        const verdict = verdictOf(interval, ratios.about);
        if (verdict === 'holds') expect(interval[0] > 0.95 && interval[1] < 1.05).toBe(true);
        if (verdict === 'fails') expect(interval[1] < 0.95 || interval[0] > 1.05).toBe(true);
        if (verdict === 'undecided') expect(interval[0] <= 1.05 && interval[1] >= 0.95).toBe(true);
      }),
    );
  });
});
