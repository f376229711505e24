import {
  excessKurtosis,
  generalisedGaussianKurtosis,
  generalisedGaussianNormRatio,
  normRatio,
  sampleGeneralisedGaussian,
} from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { networks } from './helpers/network-vectors.js';
import { normalQuantiles } from './helpers/normal-quantiles.js';
import { expectClose } from './helpers/vectors.js';

/** Numbers evenly over [0, 1): a sample that is as uniform as it can be. */
const evenly = (count: number) => Float64Array.from({ length: count }, (_, i) => (i + 0.5) / count);

describe('excessKurtosis', () => {
  it.each(networks)('agrees with the reference for the weights of a $activation network', (vectors) => {
    const measured = vectors.params.map(({ weight }) => excessKurtosis(Float64Array.from(weight.data)));
    expectClose(measured, vectors.weightExcessKurtosis, 1e-9);
  });

  it('is that of the values as a population', () => {
    // -1, 0, 0, 1 about 5: m2 = 1/2, m4 = 1/2, so 2 - 3.
    expect(excessKurtosis(Float64Array.of(4, 5, 5, 6))).toBeCloseTo(-1, 12);
  });

  it('does not underflow', () => {
    expect(excessKurtosis(Float64Array.of(-1e-100, 0, 0, 1e-100))).toBeCloseTo(-1, 12);
  });

  it('refuses values that do not differ or are not finite', () => {
    expect(() => excessKurtosis(Float32Array.of(2, 2))).toThrow('values that differ, got 2 equal ones');
    expect(() => excessKurtosis(Float32Array.of(2, Number.NaN))).toThrow('finite values, got NaN');
  });
});

describe('normRatio', () => {
  it('is 1 for weights of one magnitude and 1 / sqrt(N) for a single one', () => {
    expect(normRatio(Float32Array.of(2, -2, 2, -2))).toBeCloseTo(1, 12);
    expect(normRatio(Float64Array.of(0, 0, 1e-200, 0))).toBeCloseTo(0.5, 12);
  });

  it('refuses zeros', () => {
    expect(() => normRatio(new Float32Array(3))).toThrow('a weight other than zero, got 3 zeros');
  });
});

describe('the theory of generalised normal weights', () => {
  it('has the known values of the normal, Laplace and shape-1/2 distributions', () => {
    expect(generalisedGaussianKurtosis(2)).toBeCloseTo(0, 12);
    expect(generalisedGaussianKurtosis(1)).toBeCloseTo(3, 12);
    // G(10) G(2) / G(6)^2 = 9! / (5!)^2 = 25.2
    expect(generalisedGaussianKurtosis(0.5)).toBeCloseTo(22.2, 10);
    expect(generalisedGaussianNormRatio(2)).toBeCloseTo(Math.sqrt(2 / Math.PI), 12);
    expect(generalisedGaussianNormRatio(1)).toBeCloseTo(Math.SQRT1_2, 12);
    // G(4) / sqrt(G(2) G(6)) = 6 / sqrt(120)
    expect(generalisedGaussianNormRatio(0.5)).toBeCloseTo(6 / Math.sqrt(120), 12);
  });

  it('tends to the uniform distribution', () => {
    expect(generalisedGaussianKurtosis(1e4)).toBeCloseTo(-1.2, 3);
    expect(generalisedGaussianNormRatio(1e4)).toBeCloseTo(Math.sqrt(3) / 2, 3);
  });

  it('refuses a shape that is not positive', () => {
    expect(() => generalisedGaussianKurtosis(0)).toThrow('a positive shape, got 0');
    expect(() => generalisedGaussianNormRatio(-1)).toThrow('a positive shape, got -1');
  });
});

describe('sampleGeneralisedGaussian', () => {
  it('is the inverse of the normal distribution function at shape 2', () => {
    expectClose(sampleGeneralisedGaussian(2, evenly(40)), normalQuantiles(40), 1e-12);
  });

  it('is the inverse of the Laplace distribution function at shape 1', () => {
    // F(w) = 1 - exp(-sqrt(2) w) / 2 for w > 0 at variance 1.
    const inverse = (u: number) =>
      u < 0.5 ? Math.log(2 * u) / Math.SQRT2 : -Math.log(2 * (1 - u)) / Math.SQRT2;
    const uniforms = Float64Array.of(0.5, 0.001, 0.2, 0.75, 0.999999);
    expectClose(sampleGeneralisedGaussian(1, uniforms), uniforms.map(inverse), 1e-12);
  });

  it.each([0.7, 1.5, 3])('has variance 1 and the moments of the theory at shape %d', (shape) => {
    const weights = sampleGeneralisedGaussian(shape, evenly(20_000));
    const variance = weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length;
    expect(Math.abs(variance - 1)).toBeLessThan(0.01);
    expect(Math.abs(normRatio(weights) / generalisedGaussianNormRatio(shape) - 1)).toBeLessThan(0.003);
    const kurtosis = generalisedGaussianKurtosis(shape);
    // The midpoints leave out the last 1/40000 of each tail, which heavy tails feel.
    expect(Math.abs(excessKurtosis(weights) - kurtosis)).toBeLessThan(0.02 + 0.1 * Math.abs(kurtosis));
  });

  it('is nearly uniform at shape 100', () => {
    const weights = sampleGeneralisedGaussian(100, Float64Array.of(0.25, 0.75));
    // A uniform distribution of variance 1 reaches sqrt(3): its quartiles are -+ sqrt(3) / 2.
    expect(Math.abs((weights[0] as number) + Math.sqrt(3) / 2)).toBeLessThan(0.02);
    expect(weights[1]).toBeCloseTo(-(weights[0] as number), 12);
  });

  it('gives a finite weight for 0', () => {
    // The normal quantile of 2^-25 is about -5.4.
    const [weight] = sampleGeneralisedGaussian(2, Float32Array.of(0));
    expect(weight).toBeGreaterThan(-6);
    expect(weight).toBeLessThan(-5);
  });

  it('refuses a shape or number out of range', () => {
    expect(() => sampleGeneralisedGaussian(0.01, Float32Array.of(0.5))).toThrow('a shape in [0.1, 100]');
    expect(() => sampleGeneralisedGaussian(1, Float32Array.of(1))).toThrow('in [0, 1), got 1');
  });
});
