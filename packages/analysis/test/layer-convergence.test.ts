import { layerConvergence } from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { expectClose, kh } from './helpers/vectors.js';

// Rows of four equal weights w: L_3 norm |w| 4^(1/3), which is 1 for w = 4^(-1/3) = 0.63; mean w, bound -0.315.
const settled = 4 ** (-1 / 3);
const layer = (rows: number[]) => Float32Array.from(rows.flatMap((w) => [w, w, w, w]));
const rule = { p: 3, radius: 1 };

describe('the convergence of a layer', () => {
  it('is accepted where every unit has the radius as its norm', () => {
    const convergence = layerConvergence(layer([settled, settled]), { hidden: 2, inputs: 4 }, rule);
    expect(convergence).toMatchObject({
      unconvergedShare: 0,
      convergedShare: 1,
      negativeAttractorUnits: 0,
      accepted: true,
    });
    expect(convergence.medianNorm).toBeCloseTo(1, 6);
  });

  it('counts units whose norm is off by more than 1e-2, above and below', () => {
    const rows = [settled * 1.011, settled * 0.989, settled * 1.009, settled * 0.991];
    const convergence = layerConvergence(layer(rows), { hidden: 4, inputs: 4 }, rule);
    expect(convergence.unconvergedShare).toBe(0.5);
    expect(convergence.accepted).toBe(false);
  });

  it('is accepted with one unit of eleven unconverged, refused with one of ten', () => {
    const others = (count: number) => Array.from({ length: count }, () => settled);
    const eleven = layerConvergence(layer([2, ...others(10)]), { hidden: 11, inputs: 4 }, rule);
    const ten = layerConvergence(layer([2, ...others(9)]), { hidden: 10, inputs: 4 }, rule);
    expect([eleven.accepted, ten.accepted]).toEqual([true, false]);
  });

  it('is refused with a unit in the all-negative attractor', () => {
    const convergence = layerConvergence(layer([settled, -settled]), { hidden: 2, inputs: 4 }, rule);
    expect(convergence.unconvergedShare).toBe(0);
    expect(convergence.negativeAttractorUnits).toBe(1);
    expect(convergence.accepted).toBe(false);
  });

  it('takes a negative mean above half the bound for no attractor', () => {
    // Mean -0.25 settled > -0.5 settled.
    const row = [settled, -settled, -settled, 0];
    const convergence = layerConvergence(Float32Array.from(row), { hidden: 1, inputs: 4 }, rule);
    expect(convergence.negativeAttractorUnits).toBe(0);
  });

  it('takes the norm with the p of the rule: the median of the reference norms', () => {
    const [hidden, inputs] = kh.pruning.weights.shape;
    const weights = Float32Array.from(kh.pruning.weights.data);
    const sorted = [...kh.pruning.lpNorms3.data].sort((a, b) => a - b);
    const median = ((sorted[2] as number) + (sorted[3] as number)) / 2;
    expectClose([layerConvergence(weights, { hidden, inputs }, rule).medianNorm], [median]);
  });

  it('takes another norm for another p', () => {
    // Four weights of 1/2 have L_2 norm 1, and L_3 norm 4^(1/3) / 2 = 0.79.
    const half = layer([0.5]);
    expect(layerConvergence(half, { hidden: 1, inputs: 4 }, { p: 2, radius: 1 }).medianNorm).toBe(1);
    expect(layerConvergence(half, { hidden: 1, inputs: 4 }, rule).medianNorm).toBeCloseTo(
      4 ** (1 / 3) / 2,
      12,
    );
  });

  it('measures against the radius of the rule', () => {
    const convergence = layerConvergence(layer([2 * settled]), { hidden: 1, inputs: 4 }, { p: 3, radius: 2 });
    expect(convergence.accepted).toBe(true);
  });

  it('refuses weights that are not finite', () => {
    const weights = Float32Array.of(Number.POSITIVE_INFINITY, 0);
    expect(() => layerConvergence(weights, { hidden: 1, inputs: 2 }, rule)).toThrow(
      'layerConvergence: expected finite weights, got Infinity in unit 0',
    );
  });
});
