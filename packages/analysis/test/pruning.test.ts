import {
  mixtureThreshold,
  pruneByVariance,
  pruningThreshold,
  unitVariances,
  zeroPrunedUnits,
} from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { normalQuantiles } from './helpers/normal-quantiles.js';

// Rows (0, 0.5), (1, 3), (-1, 1): unbiased variances 0.125, 2, 2.
const weights = Float32Array.of(0, 0.5, 1, 3, -1, 1);
const shape = { hidden: 3, inputs: 2 };

describe('unit variances', () => {
  it('are unbiased and each unit its own', () => {
    expect(Array.from(unitVariances(weights, shape))).toEqual([0.125, 2, 2]);
  });

  it('refuse weights that do not fit or are not finite', () => {
    expect(() => unitVariances(weights, { hidden: 2, inputs: 2 })).toThrow(
      'unitVariances: expected 2 x 2 weights, got 6',
    );
    expect(() => unitVariances(Float32Array.of(1, 2, Number.NaN, 3), { hidden: 2, inputs: 2 })).toThrow(
      'unitVariances: expected finite weights, got NaN in unit 1',
    );
    expect(() => unitVariances(weights, { hidden: 6, inputs: 1 })).toThrow(
      'unitVariances: expected at least 2 inputs, got 1',
    );
  });
});

describe('the pruning threshold', () => {
  it('is the published one on the layer that it was published for', () => {
    expect(pruningThreshold({ inputs: 3072, p: 3, radius: 1 })).toBeCloseTo(0.0015, 12);
  });

  it('is 0.0037 on MNIST', () => {
    expect(pruningThreshold({ inputs: 784, p: 3, radius: 1 })).toBeCloseTo(0.0037, 4);
  });

  it('grows with the square of the radius', () => {
    expect(pruningThreshold({ inputs: 3072, p: 3, radius: 2 })).toBeCloseTo(0.006, 12);
  });

  it('is a share of the largest variance that a unit of the norm can have, for any p', () => {
    // A unit with all |w| equal and L_p norm 1 has mean square N^(-2/p); the published cut is 0.0015 x 3072^(2/3) of it.
    for (const p of [2, 3, 4.5]) {
      const share = pruningThreshold({ inputs: 784, p, radius: 1 }) / 784 ** (-2 / p);
      expect(share).toBeCloseTo(0.0015 * 3072 ** (2 / 3), 10);
    }
  });

  it('refuses settings out of range', () => {
    expect(() => pruningThreshold({ inputs: 0, p: 3, radius: 1 })).toThrow(
      'pruningThreshold: expected a positive number of inputs, got 0',
    );
    expect(() => pruningThreshold({ inputs: 784, p: 1, radius: 1 })).toThrow(
      'pruningThreshold: expected p of at least 2, got 1',
    );
    expect(() => pruningThreshold({ inputs: 784, p: 3, radius: 0 })).toThrow(
      'pruningThreshold: expected a positive radius, got 0',
    );
  });
});

describe('pruning by variance', () => {
  it('marks a unit at the threshold and leaves one below it', () => {
    const pruning = pruneByVariance(weights, shape, 2);
    expect(Array.from(pruning.pruned)).toEqual([0, 1, 1]);
    expect(pruning.count).toBe(2);
    expect(pruning.threshold).toBe(2);
  });

  it('refuses a layer of which it would prune every unit', () => {
    expect(() => pruneByVariance(weights, shape, 0.0015)).toThrow(
      'pruneByVariance: expected a converged layer with variances below 0.0015, got 0.125 or more in each of its 3 units',
    );
  });

  it('refuses a threshold that is not positive', () => {
    expect(() => pruneByVariance(weights, shape, Number.NaN)).toThrow(
      'pruneByVariance: expected a positive threshold, got NaN',
    );
  });

  it('sets the marked rows to zero in place', () => {
    const layer = weights.slice();
    zeroPrunedUnits(layer, shape, Uint8Array.of(0, 1, 0));
    expect(layer).toEqual(Float32Array.of(0, 0.5, 0, 0, -1, 1));
  });

  it('refuses marks of another number of units', () => {
    expect(() => zeroPrunedUnits(weights.slice(), shape, Uint8Array.of(1))).toThrow(
      'zeroPrunedUnits: expected 3 marks, got 1',
    );
  });
});

describe('the threshold of a mixture', () => {
  // Log-normal modes at the quantiles of a normal distribution: log variances at log 8e-4 and log 2.1e-3 (A9).
  const mode = (variance: number, spread: number, count: number) =>
    normalQuantiles(count).map((z) => Math.exp(Math.log(variance) + spread * z));

  it('lies half way in the logarithm between two modes', () => {
    const variances = Float64Array.from([...mode(8e-4, 0.1, 1800), ...mode(2.1e-3, 0.1, 200)]);
    const cut = mixtureThreshold(variances);
    expect(cut.kind).toBe('threshold');
    if (cut.kind !== 'threshold') return;
    expect(cut.components.map(({ weight }) => weight.toFixed(2))).toEqual(['0.90', '0.10']);
    expect(cut.threshold).toBeGreaterThan(0.99 * Math.sqrt(8e-4 * 2.1e-3));
    expect(cut.threshold).toBeLessThan(1.01 * Math.sqrt(8e-4 * 2.1e-3));
  });

  it('lies between the two top means of three modes', () => {
    const variances = Float64Array.from([
      ...mode(4e-4, 0.05, 500),
      ...mode(1e-3, 0.05, 500),
      ...mode(4e-3, 0.05, 500),
    ]);
    const cut = mixtureThreshold(variances);
    expect(cut.components).toHaveLength(3);
    expect(cut.kind === 'threshold' ? cut.threshold / Math.sqrt(1e-3 * 4e-3) : 0).toBeCloseTo(1, 2);
  });

  it('does not exist for a single mode', () => {
    const cut = mixtureThreshold(Float64Array.from(mode(8e-4, 0.2, 2000)));
    expect(cut.kind).toBe('no pruning');
    expect(cut.components).toHaveLength(1);
    expect(cut.components[0]?.mean).toBeCloseTo(Math.log(8e-4), 9);
    expect(cut.components[0]?.standardDeviation).toBeCloseTo(0.2, 2);
  });

  it('leaves log variances outside (-9, -3) out of account', () => {
    const inside = mode(8e-4, 0.2, 500);
    const outside = [Math.exp(-9.1), Math.exp(-2.9), 0, 1];
    expect(mixtureThreshold(Float64Array.from([...inside, ...outside]))).toEqual(
      mixtureThreshold(Float64Array.from(inside)),
    );
  });

  it('refuses a layer that has not converged', () => {
    expect(() => mixtureThreshold(new Float64Array(2000).fill(1))).toThrow(
      'mixtureThreshold: expected at least 10 log variances in (-9, -3), got 0 of 2000',
    );
  });
});
