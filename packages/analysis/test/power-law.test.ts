import { clipFitRange, fitPowerLaw, fitPowerLawWeighted, smoothCodeExponent } from '@hebblab/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const powerLaw = (length: number, alpha: number, scale = 1) =>
  Float64Array.from({ length }, (_, i) => scale * (i + 1) ** -alpha);

describe('a power-law fit', () => {
  it('finds the exponent of an exact power law, with weights or without', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 3, max: 50 }),
        (alpha, scale, from, points) => {
          const eigenvalues = powerLaw(100, alpha, scale);
          const range = { from, to: from + points };
          expect(fitPowerLaw(eigenvalues, range).alpha).toBeCloseTo(alpha, 8);
          expect(fitPowerLawWeighted(eigenvalues, range).alpha).toBeCloseTo(alpha, 8);
        },
      ),
    );
  });

  it('leaves no error and no intercept for an exact power law of any scale', () => {
    const fit = fitPowerLaw(powerLaw(600, 1.5, 40), { from: 10, to: 500 });
    expect(fit.standardError).toBeCloseTo(0, 10);
    expect(fit.intercept).toBeCloseTo(0, 10);
    expect(fitPowerLawWeighted(powerLaw(600, 1.5, 40), { from: 10, to: 500 }).intercept).toBeCloseTo(0, 10);
    expect([fit.from, fit.to]).toEqual([10, 500]);
  });

  it('reads nothing but the first eigenvalue outside its range', () => {
    const eigenvalues = powerLaw(100, 2);
    const range = { from: 10, to: 50 };
    const before = fitPowerLaw(eigenvalues, range);
    eigenvalues[9] = Number.NaN;
    eigenvalues[50] = -1;
    expect(fitPowerLaw(eigenvalues, range)).toEqual(before);
  });

  it('has the slope, intercept and standard error of a line worked out by hand', () => {
    // Eigenvalues 1, 1/e, 1/e at n = 1, 2, 3: y = 0, -1, -1 over x = log n.
    const x = [0, Math.log(2), Math.log(3)];
    const y = [0, -1, -1];
    const meanX = (Math.log(2) + Math.log(3)) / 3;
    const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
    const slope = x.reduce((sum, value, i) => sum + (value - meanX) * ((y[i] as number) + 2 / 3), 0) / spread;
    const intercept = -2 / 3 - slope * meanX;
    const residual = x.reduce(
      (sum, value, i) => sum + ((y[i] as number) - intercept - slope * value) ** 2,
      0,
    );
    const fit = fitPowerLaw(Float64Array.of(1, Math.exp(-1), Math.exp(-1)), { from: 0, to: 3 });
    expect(fit.alpha).toBeCloseTo(-slope, 12);
    expect(fit.intercept).toBeCloseTo(intercept, 12);
    // One degree of freedom is left of three points.
    expect(fit.standardError).toBeCloseTo(Math.sqrt(residual / 1 / spread), 12);
  });

  it.each([
    [{ from: 10, to: 500 }, '[10, 500)'],
    [{ from: 8, to: 10 }, '[8, 10)'],
    [{ from: -1, to: 5 }, '[-1, 5)'],
    [{ from: 0.5, to: 5 }, '[0.5, 5)'],
  ])('refuses the range %j of 20 eigenvalues', (range, shown) => {
    const message = `expected a range of at least 3 among 20 eigenvalues, got ${shown}`;
    expect(() => fitPowerLaw(powerLaw(20, 1), range)).toThrow(`fitPowerLaw: ${message}`);
    expect(() => fitPowerLawWeighted(powerLaw(20, 1), range)).toThrow(`fitPowerLawWeighted: ${message}`);
  });

  it.each([0, -1e-17, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the eigenvalue %d in its range',
    (value) => {
      const eigenvalues = powerLaw(20, 1);
      eigenvalues[7] = value;
      expect(() => fitPowerLaw(eigenvalues, { from: 2, to: 10 })).toThrow(
        `fitPowerLaw: expected positive, finite eigenvalues, got ${value} at index 7`,
      );
    },
  );
});

describe('clipping a range', () => {
  it('keeps a range that the spectrum holds', () => {
    expect(clipFitRange(powerLaw(600, 1), { from: 10, to: 500 }, 0)).toEqual({ from: 10, to: 500 });
  });

  it('ends at the end of a shorter spectrum', () => {
    expect(clipFitRange(powerLaw(50, 1), { from: 10, to: 500 }, 0)).toEqual({ from: 10, to: 50 });
  });

  it('ends before eigenvalues that are rounding errors', () => {
    const spectrum = Float64Array.of(4, 2, 1, 1e-16, -1e-16);
    expect(clipFitRange(spectrum, { from: 0, to: 5 }, 0)).toEqual({ from: 0, to: 4 });
    expect(clipFitRange(spectrum, { from: 0, to: 5 }, 1e-12)).toEqual({ from: 0, to: 3 });
  });

  it('may leave nothing, which the fit then refuses', () => {
    const spectrum = powerLaw(5, 1);
    const range = clipFitRange(spectrum, { from: 10, to: 500 }, 0);
    expect(range).toEqual({ from: 5, to: 5 });
    expect(() => fitPowerLaw(spectrum, range)).toThrow('got [5, 5)');
  });

  it('refuses a negative floor', () => {
    expect(() => clipFitRange(powerLaw(5, 1), { from: 0, to: 5 }, -1)).toThrow(
      'clipFitRange: expected a relative floor of at least 0, got -1',
    );
  });
});

describe('the exponent of a smooth code', () => {
  it('must exceed 1 + 2/d', () => {
    expect([1, 2, 4, 8, Number.POSITIVE_INFINITY].map(smoothCodeExponent)).toEqual([3, 2, 1.5, 1.25, 1]);
    expect(() => smoothCodeExponent(0)).toThrow('at least 1 dimension, got 0');
  });
});
