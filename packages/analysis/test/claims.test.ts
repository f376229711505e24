import {
  type BootstrapSettings,
  bootstrapComparison,
  bootstrapInterval,
  claimVerdict,
  combineVerdicts,
  pairedComparison,
  shareInterval,
  tInterval,
} from '@hebblab/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalNumbers, uniformNumbers } from './helpers/random-numbers.js';

const numbers = uniformNumbers(11, 600_000);
const uniforms = (first: number, out: Float32Array) => {
  for (let i = 0; i < out.length; i++) out[i] = numbers[(first + i) % numbers.length] as number;
};
const settings: BootstrapSettings = { statistic: 'mean', confidence: 0.95, resamples: 1000, uniforms };
const median: BootstrapSettings = { ...settings, statistic: 'median' };

describe('bootstrapInterval', () => {
  it('has about the width of the normal theory for a mean', () => {
    const values = normalNumbers(2, 400);
    const mean = values.reduce((sum, value) => sum + value, 0) / 400;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 400);
    const { estimate, low, high } = bootstrapInterval(values, settings);
    expect(estimate).toBeCloseTo(mean, 6);
    // 2 * 1.96 deviation / 20; 1000 resamples know it to about 4 %.
    expect(Math.abs((high - low) / ((2 * 1.96 * deviation) / 20) - 1)).toBeLessThan(0.15);
    expect(low).toBeLessThan(mean);
    expect(high).toBeGreaterThan(mean);
  });

  it('has about the width of the normal theory for a median', () => {
    const { low, high } = bootstrapInterval(normalNumbers(2, 800), median);
    // The standard error of the median of normal values is sqrt(pi / 2) / sqrt(n).
    const width = (2 * 1.96 * Math.sqrt(Math.PI / 2)) / Math.sqrt(800);
    expect((high - low) / width).toBeGreaterThan(0.7);
    expect((high - low) / width).toBeLessThan(1.4);
  });

  it('is given by the resamples alone: three values by enumeration', () => {
    // With each of the 27 resamples of (0, 1, 10) in turn, the medians are 0 (7 times), 1 (13) and 10 (7).
    const enumerated = (first: number, out: Float32Array) => {
      for (let i = 0; i < out.length; i++) {
        const resample = Math.floor((first + i) / 3) % 27;
        out[i] = ((Math.floor(resample / 3 ** ((first + i) % 3)) % 3) + 0.5) / 3;
      }
    };
    const interval = (confidence: number) =>
      bootstrapInterval([10, 0, 1], { ...median, confidence, resamples: 270, uniforms: enumerated });
    // 7 / 27 = 26 % lie at either end.
    expect(interval(0.5)).toEqual({ estimate: 1, low: 0, high: 10, confidence: 0.5 });
    expect(interval(0.45)).toEqual({ estimate: 1, low: 1, high: 1, confidence: 0.45 });
  });

  it('takes the mean of the middle two for an even number', () => {
    expect(bootstrapInterval([4, 1, 3, 2], median).estimate).toBe(2.5);
  });

  it('has the same bits for the same numbers', () => {
    const values = normalNumbers(4, 50);
    expect(bootstrapInterval(values, median)).toEqual(bootstrapInterval(values, median));
  });

  it('takes images that never flip into a median', () => {
    const mostly = [1, 2, 3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    expect(bootstrapInterval(mostly, median)).toMatchObject({ estimate: 3, high: Number.POSITIVE_INFINITY });
    expect(() => bootstrapInterval(mostly, settings)).toThrow('values that have a mean, got Infinity');
  });

  it('refuses no values and settings out of range', () => {
    expect(() => bootstrapInterval([], settings)).toThrow('at least one value, got none');
    expect(() => bootstrapInterval([Number.NaN], median)).toThrow('a median, got NaN');
    expect(() => bootstrapInterval([1], { ...settings, confidence: 95 })).toThrow('in (0, 1), got 95');
    expect(() => bootstrapInterval([1], { ...settings, resamples: 10 })).toThrow('at least 100 resamples');
    const one = (_: number, out: Float32Array) => out.fill(1);
    expect(() => bootstrapInterval([1], { ...settings, uniforms: one })).toThrow('in [0, 1), got 1');
  });
});

describe('bootstrapComparison', () => {
  const values = normalNumbers(6, 200);
  const difference = { ...settings, compare: 'difference', paired: true } as const;

  it('has no width for pairs that differ by one number', () => {
    const shifted = values.map((value) => value + 0.5);
    const { estimate, low, high } = bootstrapComparison(shifted, values, difference);
    for (const value of [estimate, low, high]) expect(value).toBeCloseTo(0.5, 6);
  });

  it('has the width of both samples where they are not paired', () => {
    const shifted = values.map((value) => value + 0.5);
    const { low, high } = bootstrapComparison(shifted, values, { ...difference, paired: false });
    const alone = bootstrapInterval(values, settings);
    // Variances add up: sqrt(2) as wide.
    expect((high - low) / (alone.high - alone.low)).toBeGreaterThan(1.2);
    expect((high - low) / (alone.high - alone.low)).toBeLessThan(1.6);
  });

  it('compares by ratio', () => {
    const positive = values.map((value) => Math.exp(value));
    const doubled = positive.map((value) => 2 * value);
    const ratio = bootstrapComparison(doubled, positive, {
      ...median,
      compare: 'ratio',
      paired: true,
    });
    for (const value of [ratio.estimate, ratio.low, ratio.high]) expect(value).toBeCloseTo(2, 5);
  });

  it('says nothing where both medians can be infinite', () => {
    const never = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1];
    const interval = bootstrapComparison(never, never, { ...median, compare: 'difference', paired: false });
    expect(interval).toMatchObject({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
    expect(claimVerdict(interval, { kind: 'above', value: 0 })).toBe('undecided');
  });

  it('refuses pairs of different number', () => {
    expect(() => bootstrapComparison([1, 2], [1], difference)).toThrow('expected pairs, got 2 and 1 values');
  });
});

describe('tInterval', () => {
  it('is mean +- t s / sqrt(n)', () => {
    // t of 2 degrees of freedom has a closed form: (2 p - 1) / sqrt(2 p (1 - p)).
    const t = 0.95 / Math.sqrt(2 * 0.975 * 0.025);
    const { estimate, low, high } = tInterval([1, 2, 3], 0.95);
    expect(estimate).toBe(2);
    expect(low).toBeCloseTo(2 - t / Math.sqrt(3), 10);
    expect(high).toBeCloseTo(2 + t / Math.sqrt(3), 10);
  });

  it.each([
    // Half widths in s / sqrt(n): tan(pi 0.475) for 1 degree of freedom; the others from tables.
    [2, 0.95, Math.tan(Math.PI * 0.475), 9],
    [5, 0.95, 2.776445, 6],
    [5, 0.99, 4.604095, 6],
    [11, 0.9, 1.812461, 6],
    [31, 0.95, 2.042272, 6],
  ])('has the t of tables for %i values at %d', (count, confidence, t, digits) => {
    const values = Array.from({ length: count }, (_, i) => i);
    const mean = (count - 1) / 2;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
    const { high } = tInterval(values, confidence);
    expect((high - mean) / Math.sqrt(variance / count)).toBeCloseTo(t, digits);
  });

  it('has no width for equal values', () => {
    expect(tInterval([0.1, 0.1, 0.1], 0.95)).toEqual({
      estimate: 0.1,
      low: 0.1,
      high: 0.1,
      confidence: 0.95,
    });
  });

  it('refuses a single seed', () => {
    expect(() => tInterval([1], 0.95)).toThrow('at least 2 values, got 1');
    expect(() => tInterval([1, Number.NaN], 0.95)).toThrow('finite values, got NaN');
    expect(() => tInterval([1, 2], 1)).toThrow('a confidence in (0, 1), got 1');
  });
});

describe('pairedComparison', () => {
  it('is the t test of the differences', () => {
    // Differences 1, 2, 3, equal models otherwise: t = 2 sqrt(3) with 2 degrees of freedom; P(|T| > t) = 1 - t / sqrt(2 + t^2).
    const { difference, pValue, wins, losses, ties } = pairedComparison([11, 22, 33], [10, 20, 30], 0.95);
    expect(difference).toEqual(tInterval([1, 2, 3], 0.95));
    const t = 2 * Math.sqrt(3);
    expect(pValue).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
    expect([wins, losses, ties]).toEqual([3, 0, 0]);
  });

  it('counts wins, losses and ties', () => {
    expect(pairedComparison([1, 2, 3, 4], [2, 2, 1, 1], 0.9)).toMatchObject({
      wins: 2,
      losses: 1,
      ties: 1,
    });
  });

  it('is sure of differences that are all the same', () => {
    expect(pairedComparison([2, 3], [1, 2], 0.95).pValue).toBe(0);
    expect(pairedComparison([2, 3], [2, 3], 0.95).pValue).toBe(1);
  });

  it('refuses models of different seeds', () => {
    expect(() => pairedComparison([1, 2], [1], 0.95)).toThrow('expected pairs, got 2 and 1 values');
  });
});

describe('shareInterval', () => {
  it('has the ends at which the share is z standard errors away', () => {
    // Wilson's interval solves (share - p)^2 = z^2 p (1 - p) / n, with z = 1.959964 at 95 %.
    for (const [successes, count] of [
      [9, 10],
      [470, 1000],
      [0, 20],
      [20, 20],
    ] as const) {
      const { estimate, low, high } = shareInterval(successes, count, 0.95);
      expect(estimate).toBe(successes / count);
      for (const end of [low, high].filter((each) => each > 0 && each < 1)) {
        const z = Math.abs(estimate - end) / Math.sqrt((end * (1 - end)) / count);
        expect(z).toBeCloseTo(1.959963984540054, 9);
      }
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(estimate);
      expect(high).toBeGreaterThanOrEqual(estimate);
    }
  });

  it('is one-sided at 0 and 1', () => {
    // At 0 of n the upper end is z^2 / (n + z^2).
    const { low, high } = shareInterval(0, 20, 0.95);
    const square = 1.959963984540054 ** 2;
    expect(low).toBe(0);
    expect(high).toBeCloseTo(square / (20 + square), 12);
    expect(shareInterval(20, 20, 0.95).high).toBe(1);
  });

  it('refuses what is no share', () => {
    expect(() => shareInterval(11, 10, 0.95)).toThrow('0 to 10 successes, got 11');
    expect(() => shareInterval(0, 0, 0.95)).toThrow('a positive count, got 0');
    expect(() => shareInterval(1, 2, 95)).toThrow('in (0, 1), got 95');
  });
});

describe('claimVerdict', () => {
  it.each([
    [1, 2, { kind: 'above', value: 0 }, 'holds'],
    [-1, 2, { kind: 'above', value: 0 }, 'undecided'],
    [0, 2, { kind: 'above', value: 0 }, 'undecided'],
    [-2, 0, { kind: 'above', value: 0 }, 'fails'],
    [-2, -1, { kind: 'below', value: 0 }, 'holds'],
    [-2, 1, { kind: 'below', value: 0 }, 'undecided'],
    [0, 1, { kind: 'below', value: 0 }, 'fails'],
    [0.95, 1.05, { kind: 'within', low: 0.95, high: 1.05 }, 'holds'],
    [0.9, 1, { kind: 'within', low: 0.95, high: 1.05 }, 'undecided'],
    [0.9, 1.1, { kind: 'within', low: 0.95, high: 1.05 }, 'undecided'],
    [1.06, 1.1, { kind: 'within', low: 0.95, high: 1.05 }, 'fails'],
    [0.8, 0.9, { kind: 'within', low: 0.95, high: 1.05 }, 'fails'],
  ] as const)('of %d to %d on %j is %s', (low, high, claim, verdict) => {
    expect(claimVerdict({ low, high }, claim)).toBe(verdict);
  });

  it('never holds for a claim and its opposite', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(), fc.integer(), (low, width, value) => {
        const interval = { low, high: low + width };
        const both = [
          claimVerdict(interval, { kind: 'above', value }),
          claimVerdict(interval, { kind: 'below', value }),
        ];
        expect(both).not.toEqual(['holds', 'holds']);
      }),
    );
  });

  it('refuses what is no interval', () => {
    expect(() => claimVerdict({ low: 1, high: 0 }, { kind: 'above', value: 0 })).toThrow('got 1 to 0');
    expect(() => claimVerdict({ low: Number.NaN, high: 0 }, { kind: 'above', value: 0 })).toThrow('got NaN');
    expect(() => claimVerdict({ low: 0, high: 1 }, { kind: 'below', value: Number.NaN })).toThrow('got NaN');
    expect(() => claimVerdict({ low: 0, high: 1 }, { kind: 'within', low: 2, high: 1 })).toThrow('a range');
  });
});

describe('combineVerdicts', () => {
  it('holds where all parts hold and fails where one fails', () => {
    expect(combineVerdicts(['holds', 'holds'])).toBe('holds');
    expect(combineVerdicts(['holds', 'undecided'])).toBe('undecided');
    expect(combineVerdicts(['undecided', 'fails', 'holds'])).toBe('fails');
    expect(() => combineVerdicts([])).toThrow('at least one verdict');
  });
});
