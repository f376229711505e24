import {
  crossValidatedVariances,
  effectiveRank,
  fitSubPopulations,
  leadingCovariance,
  participationRatio,
  subPopulationSizes,
  subPopulationsOf,
} from '@hebblab/analysis';
import { normalisedImages, type OpenModel } from '@hebblab/models';
import {
  allocateFloat32,
  allocateFloat64,
  covariance,
  type Float32Buffer,
  type Float64Buffer,
  gemm,
  type Kernels,
  randomNormal,
  symmetricEigen,
  symmetricEigenvalues,
} from '@hebblab/wasm';
import type { MeasurementConfig } from '../config.js';
import type { SpectrumResult, SubPopulationsResult } from '../measurement-results.js';
import type { MeasureContext } from './context.js';
import { describeSpectrum, noiseProbe, smallestFittedRatio } from './spectra.js';

/** Power laws of the first units on images and on noise, and the dimensions of the whole layer. */
export function measureSubPopulations(context: MeasureContext, open: OpenModel): SubPopulationsResult {
  const { kernels, test, seed, spectra } = context;
  const images = normalisedImages(test, test.count);
  const noise = noiseProbe(kernels, seed, spectra.noiseSamples, open.inputs);
  return {
    images: populationsOn(kernels, open, images, spectra.fitImages),
    noise: populationsOn(kernels, open, noise, spectra.fitNoise),
  };
}

function populationsOn(
  kernels: Kernels,
  open: OpenModel,
  inputs: Float32Array,
  [from, to]: readonly [number, number],
): SubPopulationsResult['images'] {
  const count = inputs.length / open.inputs;
  const values = open.preactivations(inputs, count);
  const units = values.length / count;
  using matrix = covarianceOf(kernels, values, count);
  const whole = matrix.view().slice();
  const populations = subPopulationsOf(units, subPopulationSizes).map((size) => {
    using block = allocateFloat64(kernels, [size, size]);
    block.set(leadingCovariance(whole, units, size));
    return { units: size, eigenvalues: symmetricEigenvalues(kernels, block) };
  });
  const fits = fitSubPopulations(populations, { from, to }, smallestFittedRatio);
  const eigenvalues = populations.at(-1)?.eigenvalues ?? new Float64Array(0);
  return {
    populations: fits.map((fit) =>
      fit.kind === 'fitted'
        ? {
            units: fit.units,
            alpha: fit.ordinary.alpha,
            stdErr: fit.ordinary.standardError,
            weightedAlpha: fit.weighted.alpha,
          }
        : { units: fit.units },
    ),
    participationRatio: participationRatio(eigenvalues),
    effectiveRank: effectiveRank(eigenvalues),
  };
}

/** Two repeats of the same images with independent noise, as neural recordings have. */
export function measureCrossValidatedSpectrum(
  { kernels, test, seed, spectra }: MeasureContext,
  open: OpenModel,
  { noise, images }: Extract<MeasurementConfig, { kind: 'cross-validated-spectrum' }>,
): SpectrumResult {
  const samples = Math.min(images, test.count);
  const [first, second] = ['first', 'second'].map((repeat) => {
    const values = normalisedImages(test, samples);
    const draws = new Float32Array(values.length);
    randomNormal(kernels, { seed, stream: `cross-validation noise, ${repeat} repeat` }, draws);
    const noisy = values.map((value, index) => value + noise * (draws[index] as number));
    return open.preactivations(noisy, samples);
  }) as [Float32Array, Float32Array];
  using matrix = covarianceOf(kernels, first, samples);
  const features = first.length / samples;
  const { vectors } = symmetricEigen(kernels, matrix);
  using axes = allocateFloat32(kernels, [features, features]);
  axes.set(Float32Array.from(vectors));
  const [ofFirst, ofSecond] = [first, second].map((values) => projected(kernels, values, axes));
  const spectrum = crossValidatedVariances(ofFirst as Float32Array, ofSecond as Float32Array, {
    rows: samples,
    columns: features,
  });
  return describeSpectrum(spectrum, spectra.fitImages);
}

/** Samples [count, features] along axes, which are rows. */
function projected(kernels: Kernels, values: Float32Array, axes: Float32Buffer): Float32Array {
  const [features = 1] = axes.shape;
  using samples = allocateFloat32(kernels, [values.length / features, features]);
  using out = allocateFloat32(kernels, samples.shape);
  samples.set(values);
  gemm(kernels, 'NT', samples, axes, out);
  return out.view().slice();
}

function covarianceOf(kernels: Kernels, values: Float32Array, count: number): Float64Buffer {
  const features = values.length / count;
  using samples = allocateFloat32(kernels, [count, features]);
  samples.set(values);
  const matrix = allocateFloat64(kernels, [features, features]);
  covariance(kernels, samples, matrix);
  return matrix;
}
