import {
  fitPowerLaw,
  fitSubPopulations,
  leadingCovariance,
  subPopulationSizes,
  subPopulationsOf,
} from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { covarianceOf } from './helpers/jacobi.js';
import { normalNumbers } from './helpers/random-numbers.js';
import { expectClose } from './helpers/vectors.js';

describe('leadingCovariance', () => {
  it('is the covariance of the first units', () => {
    const samples = Float64Array.from(normalNumbers(5, 12 * 6));
    const first = Float64Array.from({ length: 12 * 4 }, (_, i) => {
      return samples[Math.floor(i / 4) * 6 + (i % 4)] as number;
    });
    expectClose(leadingCovariance(covarianceOf(samples, 12, 6), 6, 4), covarianceOf(first, 12, 4), 1e-14);
  });

  it('refuses more units than there are', () => {
    expect(() => leadingCovariance(new Float64Array(4), 2, 3)).toThrow(
      'leadingCovariance: expected 1 to 2 units, got 3',
    );
    expect(() => leadingCovariance(new Float64Array(5), 2, 1)).toThrow('expected 2 x 2 values, got 5');
  });
});

describe('subPopulationsOf', () => {
  it('takes the sizes below the layer and the layer', () => {
    expect(subPopulationsOf(600, subPopulationSizes)).toEqual([10, 50, 100, 500, 600]);
    expect(subPopulationsOf(2000, subPopulationSizes)).toEqual([10, 50, 100, 500, 1000, 1500, 2000]);
    expect(subPopulationsOf(4, subPopulationSizes)).toEqual([4]);
  });

  it('refuses sizes that are none or do not ascend', () => {
    expect(() => subPopulationsOf(10, [0])).toThrow('positive numbers of units, got 0');
    expect(() => subPopulationsOf(10, [5, 5])).toThrow('ascending sizes, got 5 after 5');
  });
});

describe('fitSubPopulations', () => {
  const powerLaw = (units: number) => ({
    units,
    eigenvalues: Float64Array.from({ length: units }, (_, i) => 7 * (i + 1) ** -1.3),
  });

  it('fits each over the part of the range that it has', () => {
    const fits = fitSubPopulations([50, 100, 800].map(powerLaw), { from: 10, to: 500 }, 1e-12);
    expect(
      fits.map((fit) => fit.kind === 'fitted' && [fit.units, fit.ordinary.from, fit.ordinary.to]),
    ).toEqual([
      [50, 10, 50],
      [100, 10, 100],
      [800, 10, 500],
    ]);
    for (const fit of fits) {
      expect(fit.kind === 'fitted' && fit.ordinary.alpha).toBeCloseTo(1.3, 10);
      expect(fit.kind === 'fitted' && fit.weighted.alpha).toBeCloseTo(1.3, 10);
    }
  });

  it('is the fit of each spectrum alone', () => {
    const { eigenvalues } = powerLaw(60);
    const uneven = eigenvalues.map((value, i) => value * (i % 2 === 0 ? 1.1 : 1));
    const [fit] = fitSubPopulations([{ units: 60, eigenvalues: uneven }], { from: 10, to: 40 }, 1e-12);
    expect(fit?.kind === 'fitted' && fit.ordinary).toEqual(fitPowerLaw(uneven, { from: 10, to: 40 }));
  });

  it('says where too few eigenvalues are left', () => {
    expect(fitSubPopulations([powerLaw(10)], { from: 10, to: 500 }, 1e-12)).toEqual([
      { kind: 'too few eigenvalues', units: 10, range: { from: 10, to: 10 } },
    ]);
  });
});
