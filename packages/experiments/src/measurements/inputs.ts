import { effectiveRank, participationRatio } from '@hebblab/analysis';
import { normalisedImages, type Samples } from '@hebblab/models';
import { allocateFloat32, allocateFloat64, gemm, type Kernels, symmetricEigenvalues } from '@hebblab/wasm';
import type { RunConfig } from '../config.js';
import type { InputSpectrumResult } from '../measurement-results.js';
import type { RunResults } from '../results.js';
import { describeSpectrum, noiseProbe, spectrumOfSamples } from './spectra.js';

/** The spectra of what every model of a run sees: the normalised test images, and the noise. */
export function measureInputSpectra(
  kernels: Kernels,
  test: Samples,
  { seed, spectra }: Pick<RunConfig, 'seed' | 'spectra'>,
): NonNullable<RunResults['inputSpectra']> {
  const noise = noiseProbe(kernels, seed, spectra.noiseSamples, test.inputs);
  return {
    images: inputSpectrum(kernels, normalisedImages(test, test.count), test.count, spectra.fitImages),
    noise: inputSpectrum(kernels, noise, spectra.noiseSamples, spectra.fitNoise),
  };
}

function inputSpectrum(
  kernels: Kernels,
  values: Float32Array,
  count: number,
  fit: readonly [number, number],
): InputSpectrumResult {
  const spectrum =
    count < values.length / count
      ? spectrumOfFewSamples(kernels, values, count, fit)
      : spectrumOfSamples(kernels, values, count, fit);
  const eigenvalues = Float64Array.from(spectrum.eigenvalues);
  return {
    ...spectrum,
    participationRatio: participationRatio(eigenvalues),
    effectiveRank: effectiveRank(eigenvalues),
  };
}

/** Fewer samples than features: the matrix of their products has the same eigenvalues but the zeros, and is smaller. */
function spectrumOfFewSamples(
  kernels: Kernels,
  values: Float32Array,
  count: number,
  fit: readonly [number, number],
): ReturnType<typeof spectrumOfSamples> {
  const features = values.length / count;
  using centred = allocateFloat32(kernels, [count, features]);
  using products = allocateFloat32(kernels, [count, count]);
  using matrix = allocateFloat64(kernels, [count, count]);
  centred.set(minusMean(values, count));
  gemm(kernels, 'NT', centred, centred, products);
  matrix.set(Float64Array.from(products.view(), (value) => value / (count - 1)));
  // Centring takes one from the rank.
  return describeSpectrum(symmetricEigenvalues(kernels, matrix).subarray(0, count - 1), fit);
}

function minusMean(values: Float32Array, count: number): Float32Array {
  const features = values.length / count;
  const means = new Float64Array(features);
  values.forEach((value, at) => {
    means[at % features] = (means[at % features] as number) + value / count;
  });
  return values.map((value, at) => value - (means[at % features] as number));
}
