import { crossValidatedSpectrum, histogram, quantiles } from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';

describe('quantiles', () => {
  it('interpolate between order statistics', () => {
    // Positions 0.25 x 3 = 0.75 and 1.5 among 1, 2, 3, 10.
    expect(quantiles(Float64Array.of(10, 1, 3, 2), [0, 0.25, 0.5, 1])).toEqual([1, 1.75, 2.5, 10]);
  });

  it('refuse what has no order', () => {
    expect(() => quantiles([], [0.5])).toThrow('quantiles: expected at least one value, got none');
    expect(() => quantiles([1, Number.NaN], [0.5])).toThrow('quantiles: expected finite values, got NaN');
    expect(() => quantiles([1], [50])).toThrow('quantiles: expected probabilities in [0, 1], got 50');
  });
});

describe('a histogram', () => {
  it('counts a value on an edge in the bin above it, the last edge in the last bin', () => {
    const result = histogram([0, 0.5, 1, 1.5, 2, -1, 3], { from: 0, to: 2, bins: 2 });
    expect(Array.from(result.edges)).toEqual([0, 1, 2]);
    expect(Array.from(result.counts)).toEqual([2, 3]);
    expect(result.outside).toBe(2);
  });

  it('refuses bins that are none and values that are not finite', () => {
    expect(() => histogram([1], { from: 2, to: 2, bins: 2 })).toThrow(
      'histogram: expected from < to, got 2 and 2',
    );
    expect(() => histogram([1], { from: 0, to: 2, bins: 0 })).toThrow(
      'histogram: expected a positive number of bins, got 0',
    );
    expect(() => histogram([Number.NaN], { from: 0, to: 2, bins: 1 })).toThrow(
      'histogram: expected finite values, got NaN',
    );
  });
});

describe('a cross-validated spectrum', () => {
  const axes = Float64Array.of(1, 0, 0, 1);

  it('is the variance of each axis where the second repeat is the first', () => {
    // Columns (1, 3) and (0, 8): variances with the number of samples in the denominator 1 and 16.
    const first = Float64Array.of(1, 0, 3, 8);
    const spectrum = crossValidatedSpectrum({
      first,
      second: first,
      samples: 2,
      features: 2,
      principalAxes: axes,
    });
    expect(Array.from(spectrum)).toEqual([1, 16]);
  });

  it('is negative where the second repeat runs against the first', () => {
    const first = Float64Array.of(1, 0, 3, 8);
    const second = Float64Array.of(3, 0, 1, 8);
    const spectrum = crossValidatedSpectrum({ first, second, samples: 2, features: 2, principalAxes: axes });
    expect(Array.from(spectrum)).toEqual([-1, 16]);
  });

  it('refuses repeats and axes that do not fit', () => {
    const first = Float64Array.of(1, 0, 3, 8);
    expect(() =>
      crossValidatedSpectrum({
        first,
        second: first.subarray(2),
        samples: 2,
        features: 2,
        principalAxes: axes,
      }),
    ).toThrow(
      'crossValidatedSpectrum: expected two repeats of 2 x 2 values, 2 samples or more, got 2 values',
    );
    expect(() =>
      crossValidatedSpectrum({
        first,
        second: first,
        samples: 2,
        features: 2,
        principalAxes: axes.subarray(1),
      }),
    ).toThrow('crossValidatedSpectrum: expected principal axes of 2 values each, got 3 values');
  });
});
