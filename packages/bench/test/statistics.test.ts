import {
  holm,
  interquartileMean,
  interquartileMeanInterval,
  median,
  medianInterval,
  quantile,
  seededRandom,
  signedRankTest,
} from '@hebblab/bench';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xoshiro128 } from '../dist/statistics/random.js';

describe('the median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([5, 1, 100, 7])).toBe(6);
  });

  it('refuses what has none', () => {
    expect(() => median([])).toThrow('median: expected at least one value, got none');
    expect(() => median([1, Number.NaN])).toThrow('median: expected finite values, got NaN');
  });
});

describe('a quantile', () => {
  it('is linear between order statistics', () => {
    // Position 0.25 x 3 = 0.75 among 1, 2, 3, 10.
    expect(quantile([10, 1, 3, 2], 0.25)).toBe(1.75);
  });

  it('refuses a probability outside [0, 1]', () => {
    expect(() => quantile([1], 50)).toThrow('quantile: expected a probability in [0, 1], got 50');
  });
});

describe('the generator', () => {
  it('gives the numbers of the published xoshiro128**', () => {
    // From the authors' program in C (xoshiro128starstar.c), started with the state 1, 2, 3, 4.
    const random = xoshiro128([1, 2, 3, 4]);
    const published = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849];
    expect(published.map(() => random.uint32())).toEqual(published);
  });

  it('depends on its seed alone', () => {
    const draws = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, () => random.uint32());
    };
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  it('refuses a seed that is no whole number', () => {
    expect(() => seededRandom(0.5)).toThrow('seededRandom: expected a whole number as the seed, got 0.5');
  });
});

describe('the bootstrap interval of the median', () => {
  /** Survival times in days of untreated mice (Efron & Tibshirani 1993, table 2.1). */
  const mice = [52, 104, 146, 10, 51, 30, 40, 27, 46];

  it('ends where the exact distribution of resampled medians has its quantiles', () => {
    // Of 9 draws at least 5 must be among the k smallest of 9: P(median <= k-th) = P(binomial(9, k/9) >= 5), which is
    // 0.0014, 0.0285, 0.1448 for k = 1, 2, 3 and by symmetry 0.8552, 0.9715 for k = 6, 7 (scipy.stats.binom).
    // The quantiles 0.0857 and 0.9143 are in the middle of steps: the third and the seventh value.
    const { estimate, low, high } = medianInterval(mice, { confidence: 1 - 2 * 0.0857, resamples: 20_000 });
    expect({ estimate, low, high }).toEqual({ estimate: 46, low: 30, high: 52 });
  });

  it('is the same for the same seed, in any order of the values', () => {
    const options = { seed: 3, resamples: 200 };
    expect(medianInterval(mice, options)).toEqual(medianInterval(mice.toReversed(), options));
  });

  it('holds its estimate and lies within the values', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.integer(), (sample, seed) => {
        const { estimate, low, high } = medianInterval(sample, { seed, resamples: 100, confidence: 0.9 });
        expect(low).toBeGreaterThanOrEqual(Math.min(...sample));
        expect(high).toBeLessThanOrEqual(Math.max(...sample));
        expect(estimate).toBe(median(sample));
      }),
      { numRuns: 50 },
    );
  });

  it('holds the true median about as often as its confidence says', () => {
    // 400 samples of 25 uniform values, whose median is 0.5: the binomial deviation at 90 % is 1.5 %.
    const random = seededRandom(11);
    const uniform = () => Float64Array.from({ length: 25 }, () => random.uint32() / 2 ** 32);
    const covering = Array.from({ length: 400 }, (_, seed) => {
      const { low, high } = medianInterval(uniform(), { confidence: 0.9, resamples: 300, seed });
      return low <= 0.5 && high >= 0.5;
    }).filter(Boolean);
    expect(covering.length / 400).toBeGreaterThan(0.85);
    expect(covering.length / 400).toBeLessThan(0.95);
  });

  it('refuses options out of range', () => {
    expect(() => medianInterval([1], { confidence: 95 })).toThrow(
      'medianInterval: expected a confidence inside (0, 1), got 95',
    );
    expect(() => medianInterval([1], { resamples: 0 })).toThrow(
      'medianInterval: expected a whole number of resamples from 1 on, got 0',
    );
  });
});

describe('the interquartile mean', () => {
  it('is the mean of what is left without a quarter at each end, rounded down', () => {
    expect(interquartileMean([1, 2, 4, 1000])).toBe(3);
    // Of seven values one is left out at each end.
    expect(interquartileMean([7, 1, 2, 3, 4, 5, 900])).toBeCloseTo(21 / 5, 12);
    expect(interquartileMean([3])).toBe(3);
  });

  it('has an interval that holds the true mean about as often as its confidence says', () => {
    // Sums of three uniform values, about 1.5; the binomial deviation at 90 % of 400 is 1.5 %.
    const random = seededRandom(12);
    const uniform = () => random.uint32() / 2 ** 32;
    const sums = () => Float64Array.from({ length: 25 }, () => uniform() + uniform() + uniform());
    const covering = Array.from({ length: 400 }, (_, seed) => {
      const { low, high } = interquartileMeanInterval(sums(), { confidence: 0.9, resamples: 300, seed });
      return low <= 1.5 && high >= 1.5;
    }).filter(Boolean);
    expect(covering.length / 400).toBeGreaterThan(0.84);
    expect(covering.length / 400).toBeLessThan(0.95);
  });

  it('has an interval of means over all draws where values are few', () => {
    // Of two values nothing is left out: the four draws have the means 0, 5, 5 and 10.
    const { estimate, low, high } = interquartileMeanInterval([0, 10], { confidence: 0.4, resamples: 4000 });
    expect({ estimate, low, high }).toEqual({ estimate: 5, low: 5, high: 5 });
    expect(interquartileMeanInterval([0, 10], { confidence: 0.9 })).toMatchObject({ low: 0, high: 10 });
  });
});

describe('the signed-rank test', () => {
  it("finds what is published of Darwin's maize", () => {
    // Cross- less self-fertilised, in eighths of an inch (Fisher 1935); the example of scipy.stats.wilcoxon.
    const maize = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
    expect(signedRankTest(maize)).toEqual({
      pairs: 15,
      positiveRanks: 120 - 24,
      p: 0.041259765625,
      method: 'exact',
    });
  });

  it('finds what is published of the depression scale', () => {
    // Hollander & Wolfe 1973, page 29; R: wilcox.test(before, after, paired = TRUE): V = 40, p = 0.03906.
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const { positiveRanks, p } = signedRankTest(before.map((value, pair) => value - (after[pair] ?? 0)));
    expect(positiveRanks).toBe(40);
    expect(p).toBe(2 * (10 / 2 ** 9));
  });

  it('shares ranks among ties, leaves zeros out and then uses the normal distribution', () => {
    // scipy.stats.wilcoxon([...], method='approx', correction=False): statistic 6, p 0.04960185169639382.
    const { pairs, positiveRanks, p, method } = signedRankTest([0, 1, 1, -2, 3, 3, 4, -1, 5, 6]);
    expect({ pairs, positiveRanks, method }).toEqual({ pairs: 9, positiveRanks: 45 - 6, method: 'normal' });
    expect(p).toBeCloseTo(0.04960185169639382, 7);
  });

  it('uses the normal distribution for many pairs', () => {
    // d_i = i / 10, negative where 3 divides i, for i = 1 .. 60 (SciPy): statistic 630, p 0.03590012321587811.
    const differences = Array.from(
      { length: 60 },
      (_, index) => (((index + 1) % 3 ? 1 : -1) * (index + 1)) / 10,
    );
    expect(signedRankTest(differences)).toMatchObject({ positiveRanks: 1830 - 630, method: 'normal' });
    expect(signedRankTest(differences).p).toBeCloseTo(0.03590012321587811, 7);
    // The first 50 are counted exactly; SciPy: statistic 408, p 0.02616696817119646.
    expect(signedRankTest(differences.slice(0, 50)).p).toBeCloseTo(0.02616696817119646, 12);
  });

  it('says the same of differences and of their negatives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 30 }), (differences) => {
        const { p } = signedRankTest(differences);
        expect(signedRankTest(differences.map((difference) => -difference)).p).toBeCloseTo(p, 12);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('finds nothing in nothing, and refuses what has no rank', () => {
    expect(signedRankTest([])).toMatchObject({ pairs: 0, p: 1 });
    expect(signedRankTest([0, 0])).toMatchObject({ pairs: 0, p: 1 });
    expect(() => signedRankTest([1, Number.NaN])).toThrow(
      'signedRankTest: expected finite differences, got NaN',
    );
  });
});

describe("Holm's correction", () => {
  it('multiplies the k-th smallest of m by m - k + 1 and never falls', () => {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") gives 0.03 0.06 0.06 0.02.
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries())
      expect(corrected[index]).toBeCloseTo(expected, 15);
  });

  it('ends at 1', () => {
    expect(holm([0.9, 0.6])).toEqual([1, 1]);
  });

  it('refuses what is no p value', () => {
    expect(() => holm([1.5])).toThrow('holm: expected p values in [0, 1], got 1.5');
  });
});
