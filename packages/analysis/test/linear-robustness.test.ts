import {
  generalisedGaussianNormRatio,
  linearError,
  linearErrorTheory,
  normRatio,
  sampleGeneralisedGaussian,
} from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { normalNumbers, uniformNumbers } from './helpers/random-numbers.js';

describe('linearError', () => {
  // Scores 3, -4, 1, with labels 1, -1, -1: margins 3, 4, -1; ||w||_1 = 7, ||w||_2 = 5.
  const planted = {
    weights: Float64Array.of(3, -4),
    bias: 0,
    inputs: Float64Array.of(1, 0, 0, 1, -1, -1),
    labels: [1, -1, -1],
  };

  it.each([
    ['linf', 0, 1 / 3],
    ['linf', 3 / 7 - 1e-9, 1 / 3],
    ['linf', 3 / 7 + 1e-9, 2 / 3],
    ['linf', 4 / 7 + 1e-9, 1],
    ['l2', 3 / 5 - 1e-9, 1 / 3],
    ['l2', 3 / 5 + 1e-9, 2 / 3],
    ['l2', 4 / 5 + 1e-9, 1],
  ] as const)('under %s perturbations of %d is %d for known margins', (norm, epsilon, error) => {
    expect(linearError({ ...planted, norm, epsilon })).toBeCloseTo(error, 12);
  });

  it('takes the bias into the score', () => {
    expect(linearError({ ...planted, bias: -2, norm: 'linf', epsilon: 0 })).toBe(0);
  });

  it('refuses what does not fit', () => {
    const settings = { ...planted, norm: 'linf', epsilon: 0 } as const;
    expect(() => linearError({ ...settings, labels: [1, 0, -1] })).toThrow('labels 1 or -1, got 0');
    expect(() => linearError({ ...settings, labels: [1] })).toThrow('1 x 2 values, got 6');
    expect(() => linearError({ ...settings, epsilon: -1 })).toThrow('epsilon of at least 0, got -1');
  });
});

describe('linearErrorTheory', () => {
  const settings = { margin: 2, deviation: 1, inputs: 100, normRatio: 0.8, norm: 'linf' } as const;

  it('is the normal distribution function of the margin that is left', () => {
    // 10 * 0.8 eps: nothing of the margin is left at eps = 1/4; P(Z <= -1), P(Z <= 1) of tables.
    expect(linearErrorTheory({ ...settings, epsilon: 0.25 })).toBeCloseTo(0.5, 12);
    expect(linearErrorTheory({ ...settings, epsilon: 0.125 })).toBeCloseTo(0.158655253931457, 12);
    expect(linearErrorTheory({ ...settings, epsilon: 0.375 })).toBeCloseTo(0.841344746068543, 12);
    expect(linearErrorTheory({ ...settings, margin: 6, epsilon: 0 })).toBeCloseTo(9.86587645e-10, 17);
  });

  it('does not depend on the weights for L2 perturbations', () => {
    const errors = [0.5, 0.8].map((ratio) =>
      linearErrorTheory({ ...settings, normRatio: ratio, norm: 'l2', epsilon: 1 }),
    );
    expect(errors[0]).toBeCloseTo(0.158655253931457, 12);
    expect(errors[1]).toBe(errors[0]);
  });

  it.each([0.5, 1, 2])('is what weights of shape %d suffer in an experiment', (shape) => {
    // Two classes of unit normal noise about +-2 along the weights: margins are normal, 2 +- 1.
    const inputs = 400;
    const count = 1000;
    const weights = sampleGeneralisedGaussian(shape, uniformNumbers(17, inputs + 50).subarray(50));
    const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
    const labels = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const data = normalNumbers(23, count * inputs).map(
      (noise, i) =>
        noise + (2 * (labels[Math.floor(i / inputs)] as number) * (weights[i % inputs] as number)) / length,
    );
    const measured = linearError({ weights, bias: 0, inputs: data, labels, norm: 'linf', epsilon: 0.12 });
    const expected = (ratio: number) =>
      linearErrorTheory({ margin: 2, deviation: 1, inputs, normRatio: ratio, norm: 'linf', epsilon: 0.12 });
    // A share of 1000 samples has a standard error of at most 0.016.
    expect(Math.abs(measured - expected(normRatio(weights)))).toBeLessThan(0.06);
    // The ratio of 400 weights is within a few percent of the theory's, of which one moves the error by 0.02 at most.
    expect(Math.abs(measured - expected(generalisedGaussianNormRatio(shape)))).toBeLessThan(0.15);
  });

  it('refuses settings out of range', () => {
    expect(() => linearErrorTheory({ ...settings, epsilon: 0, normRatio: 2 })).toThrow('in (0, 1], got 2');
    expect(() => linearErrorTheory({ ...settings, epsilon: 0, deviation: 0 })).toThrow('deviation, got 0');
  });
});
