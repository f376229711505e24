import { clipFitRange, fitPowerLaw } from '@hebblab/analysis';
import { normalisedImages, type OpenModel } from '@hebblab/models';
import {
  allocateFloat32,
  allocateFloat64,
  covariance,
  type Kernels,
  randomNormal,
  symmetricEigenvalues,
} from '@hebblab/wasm';
import type { SpectrumResult } from '../measurement-results.js';
import type { ModelResult } from '../results.js';
import type { MeasureContext } from './context.js';

/** The spectra of the pre-activations on the test images and on noise. */
export function measureSpectra(
  { kernels, test, seed, spectra }: MeasureContext,
  open: OpenModel,
): ModelResult['spectrum'] {
  const noise = noiseProbe(kernels, seed, spectra.noiseSamples, open.inputs);
  return {
    images: spectrumOf(kernels, open, normalisedImages(test, test.count), spectra.fitImages),
    noise: spectrumOf(kernels, open, noise, spectra.fitNoise),
  };
}

/**
 * Independent draws from N(0, 1), [count, inputs]: the noise probe of arXiv 2405.00679.
 *
 * @example
 * const noise = noiseProbe(kernels, 1, 10000, open.inputs);
 */
export function noiseProbe(kernels: Kernels, seed: number, count: number, inputs: number): Float32Array {
  const values = new Float32Array(count * inputs);
  randomNormal(kernels, { seed, stream: 'noise probe' }, values);
  return values;
}

/**
 * The covariance spectrum of a model's pre-activations on inputs [count, inputs].
 *
 * @param fit 0-based slice [from, to) of the eigenvalues
 * @example
 * const { alpha } = spectrumOf(kernels, open, noiseProbe(kernels, 1, 10000, open.inputs), [10, 100]);
 */
export function spectrumOf(
  kernels: Kernels,
  open: OpenModel,
  inputs: Float32Array,
  fit: readonly [number, number],
): SpectrumResult {
  const count = inputs.length / open.inputs;
  return spectrumOfSamples(kernels, open.preactivations(inputs, count), count, fit);
}

/**
 * The covariance spectrum of samples [count, features] and its power law over a slice of it (arXiv 2405.00679: least
 * squares of the logarithms over [10, 500)).
 *
 * @param fit 0-based slice [from, to) of the eigenvalues; cut where they end or are rounding
 * @example
 * const { alpha, eigenvalues } = spectrumOfSamples(kernels, activity, 5000, [10, 500]);
 */
export function spectrumOfSamples(
  kernels: Kernels,
  values: Float32Array,
  count: number,
  fit: readonly [number, number],
): SpectrumResult {
  const features = values.length / count;
  using samples = allocateFloat32(kernels, [count, features]);
  using matrix = allocateFloat64(kernels, [features, features]);
  samples.set(values);
  covariance(kernels, samples, matrix);
  const eigenvalues = symmetricEigenvalues(kernels, matrix);
  return describeSpectrum(eigenvalues, fit);
}

/** Eigenvalues with the power law over a slice of them. */
export function describeSpectrum(eigenvalues: Float64Array, fit: readonly [number, number]): SpectrumResult {
  const { from, to } = clipFitRange(eigenvalues, { from: fit[0], to: fit[1] }, smallestFittedRatio);
  if (to - from < fewestFittedPoints) return { fit: [from, to], eigenvalues: [...eigenvalues] };
  const { alpha, standardError, intercept } = fitPowerLaw(eigenvalues, { from, to });
  return { alpha, stdErr: standardError, intercept, fit: [from, to], eigenvalues: [...eigenvalues] };
}

/** Below this share of the first an eigenvalue is rounding: samples are float32. */
export const smallestFittedRatio = 1e-7;

/** A line through fewer has no standard error. */
const fewestFittedPoints = 3;
