import {
  crossValidatedSpectrum,
  crossValidatedVariances,
  effectiveRank,
  fitPowerLaw,
  fitPowerLawWeighted,
  participationRatio,
  pruneByVariance,
  rankMe,
  stableRank,
} from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { covarianceOf, eigensystemOf, singularValuesOf } from './helpers/jacobi.js';
import { expectClose, kh, spectra } from './helpers/vectors.js';

const cases = spectra.cases.map((vectors) => ({ ...vectors, title: vectors.samples.shape.join(' x ') }));

describe.each(cases)('reference vectors of $title samples', (vectors) => {
  const eigenvalues = Float64Array.from(vectors.eigenvalues.data);
  const [from, to] = vectors.fitRange;
  const [rows, columns] = vectors.samples.shape;

  it('gives the slope and its standard error', () => {
    const fit = fitPowerLaw(eigenvalues, { from, to });
    expectClose([fit.alpha], [-vectors.slope], 1e-9);
    expectClose([fit.standardError], [vectors.slopeStdErr], 1e-9);
  });

  it('gives the exponent with weights 1/n', () => {
    expectClose([fitPowerLawWeighted(eigenvalues, { from, to }).alpha], [vectors.weightedAlpha], 1e-9);
  });

  it('gives the participation ratio and the effective rank', () => {
    expectClose([participationRatio(eigenvalues)], [vectors.participationRatio], 1e-9);
    expectClose([effectiveRank(eigenvalues)], [vectors.effectiveRank], 1e-9);
  });

  it('gives the stable rank and RankMe of the samples', () => {
    const singularValues = singularValuesOf(snapped(vectors.samples.data), rows, columns);
    expectClose([stableRank(singularValues)], [vectors.stableRank]);
    expectClose([rankMe(singularValues)], [vectors.rankMe]);
  });
});

describe('reference vectors of cross-validation', () => {
  it('gives the variance that two repeats share along the principal axes of the first', () => {
    const { repeat1, repeat2, crossValidatedVariance } = spectra.cvPCA;
    const [samples, features] = repeat1.shape;
    const first = snapped(repeat1.data);
    const principalAxes = eigensystemOf(covarianceOf(first, samples, features), features).vectors;
    const second = snapped(repeat2.data);
    expectClose(
      crossValidatedSpectrum({ first, second, samples, features, principalAxes }),
      crossValidatedVariance.data,
    );
    const projected = (repeat: Float64Array) =>
      Float64Array.from({ length: samples * features }, (_, i) => {
        const row = Math.floor(i / features) * features;
        const axis = (i % features) * features;
        let sum = 0;
        for (let k = 0; k < features; k++) {
          sum += (repeat[row + k] as number) * (principalAxes[axis + k] as number);
        }
        return sum;
      });
    expectClose(
      crossValidatedVariances(projected(first), projected(second), { rows: samples, columns: features }),
      crossValidatedVariance.data,
    );
  });
});

describe('reference vectors of pruning', () => {
  it('gives the variances and marks the units at or above the cut', () => {
    const [hidden, inputs] = kh.pruning.weights.shape;
    const weights = Float32Array.from(kh.pruning.weights.data);
    const pruning = pruneByVariance(weights, { hidden, inputs }, kh.pruning.threshold);
    expectClose(pruning.variances, kh.pruning.variances.data);
    expect(Array.from(pruning.pruned, (mark) => mark === 1)).toEqual(kh.pruning.pruned);
    expect(pruning.count).toBe(3);
  });
});

function snapped(data: readonly number[]): Float64Array {
  return Float64Array.from(Float32Array.from(data));
}
