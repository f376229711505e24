import { effectiveRank, participationRatio, rankMe, type Spectrum, stableRank } from '@hebblab/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const measures: [string, (spectrum: Spectrum) => number][] = [
  ['participationRatio', participationRatio],
  ['effectiveRank', effectiveRank],
  ['stableRank', stableRank],
  ['rankMe', rankMe],
];

describe.each(measures)('%s', (name, measure) => {
  it('is the number of equal values', () => {
    expect(measure(Float64Array.of(3, 3, 3, 3))).toBeCloseTo(4, 4);
  });

  it('does not depend on the scale, and lies between 1 and the number of values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (values, scale) => {
          const result = measure(Float64Array.from(values));
          const scaled = measure(Float64Array.from(values, (value) => scale * value));
          expect(scaled / result).toBeCloseTo(1, 9);
          expect(result).toBeGreaterThan(1 - 1e-3);
          expect(result).toBeLessThan(values.length * (1 + 1e-4) + 1e-3);
        },
      ),
    );
  });

  it('refuses values that are not finite, and a spectrum of zeros', () => {
    expect(() => measure(Float64Array.of(1, Number.NaN))).toThrow(
      `${name}: expected finite values, got NaN at index 1`,
    );
    expect(() => measure(Float64Array.of(0, 0))).toThrow(
      `${name}: expected a value other than zero, got none`,
    );
  });
});

describe('dimensionality of two unequal values', () => {
  it('is what the definitions give by hand', () => {
    // 3 and 1: (3 + 1)^2 / (9 + 1); (9 + 1) / 9; shares 3/4 and 1/4.
    const spectrum = Float64Array.of(3, 1);
    const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
    expect(participationRatio(spectrum)).toBeCloseTo(1.6, 12);
    expect(stableRank(spectrum)).toBeCloseTo(10 / 9, 12);
    expect(effectiveRank(spectrum)).toBeCloseTo(Math.exp(entropy), 12);
    expect(rankMe(spectrum)).toBeCloseTo(Math.exp(entropy), 5);
  });

  it('drops what is not positive from the effective rank', () => {
    expect(effectiveRank(Float64Array.of(3, 1, 0, -1e-17))).toBe(effectiveRank(Float64Array.of(3, 1)));
  });

  it('refuses a negative singular value in RankMe', () => {
    expect(() => rankMe(Float64Array.of(3, -1))).toThrow(
      'rankMe: expected singular values of at least 0, got -1',
    );
  });
});
