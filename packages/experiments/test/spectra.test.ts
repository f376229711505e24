import { generatePowerLawImages, powerLawPresets } from '@hebblab/data';
import { noiseProbe, spectrumOf, spectrumOfSamples } from '@hebblab/experiments';
import { createModel, normalisedImages, openModel, samplesOf } from '@hebblab/models';
import { randomNormal } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { kernels } from './support/tiny-run.js';

describe('the spectrum of samples', () => {
  it('recovers the exponent that was planted in images', () => {
    const settings = {
      ...powerLawPresets['power-law-images-small'],
      shape: [10, 10, 3],
      train: 800,
      test: 300,
    } as const;
    const { alpha: planted } = settings;
    const normals = (stream: string, first: number, out: Float32Array) =>
      randomNormal(kernels, { seed: 1, stream, first }, out);
    const { train, trainSpectrum } = generatePowerLawImages({ ...settings, normals });
    // Divided by one number for all images: each image's own norm would change the spectrum.
    const samples = samplesOf(train, new Float32Array(train.count).fill(1 / 255));
    const { alpha, stdErr, eigenvalues, fit } = spectrumOfSamples(
      kernels,
      normalisedImages(samples, train.count),
      train.count,
      [5, 60],
    );
    expect(fit).toEqual([5, 60]);
    expect(Math.abs((alpha ?? 0) - planted)).toBeLessThan(0.03);
    expect(stdErr).toBeLessThan(0.03);
    const exact = Array.from(trainSpectrum.eigenvalues, (value) => Math.sqrt(value) / 255);
    exact.slice(0, 60).forEach((value, index) => {
      const difference = Math.abs(Math.sqrt(eigenvalues[index] ?? 0) - value);
      expect(difference).toBeLessThanOrEqual(trainSpectrum.roundingBound / 255 + 1e-6);
    });
  });

  it('is that of the unbiased covariance, descending', () => {
    // Samples (+-2, +-1): means 0, variances 4 * 4 / 3 and 1 * 4 / 3, no covariance.
    const values = Float32Array.of(2, 1, 2, -1, -2, 1, -2, -1);
    const { eigenvalues, alpha, fit } = spectrumOfSamples(kernels, values, 4, [0, 2]);
    expect(eigenvalues[0]).toBeCloseTo(16 / 3, 6);
    expect(eigenvalues[1]).toBeCloseTo(4 / 3, 6);
    expect(alpha).toBeUndefined();
    expect(fit).toEqual([0, 2]);
  });

  it('is fitted no further than it goes', () => {
    const noise = noiseProbe(kernels, 1, 200, 20);
    expect(spectrumOfSamples(kernels, noise, 200, [5, 500]).fit).toEqual([5, 20]);
  });

  it('is of the pre-activations of a model', () => {
    const model = createModel({
      name: 'doubling',
      inputs: 2,
      hidden: 2,
      classes: 1,
      hiddenLayer: { kind: 'dense', weights: Float32Array.of(2, 0, 0, 3) },
      power: 1,
      readoutWeights: new Float32Array(2),
      readoutBias: new Float32Array(1),
      settings: {},
    });
    using open = openModel(kernels, model, 3);
    // Variances 4 / 3 and 4 / 3 of (+-1, +-1), times 2^2 and 3^2.
    const { eigenvalues } = spectrumOf(kernels, open, Float32Array.of(1, 1, 1, -1, -1, 1, -1, -1), [0, 2]);
    expect(eigenvalues[0]).toBeCloseTo(12, 5);
    expect(eigenvalues[1]).toBeCloseTo(16 / 3, 5);
  });
});

describe('the noise probe', () => {
  it('depends on the seed alone', () => {
    expect(noiseProbe(kernels, 1, 10, 3)).toEqual(noiseProbe(kernels, 1, 10, 3));
    expect(noiseProbe(kernels, 2, 10, 3)).not.toEqual(noiseProbe(kernels, 1, 10, 3));
  });
});
