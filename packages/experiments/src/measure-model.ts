import { clipFitRange, fitPowerLaw } from '@hebblab/analysis';
import {
  type Attack,
  type CriticalDistanceSummary,
  criticalDistances,
  type DifferentiableClassifier,
  fgsm,
  logarithmicGrid,
  type Normals,
  pgd,
  predictedClass,
  randomNoise,
  relativeAccuracy,
  summariseCriticalDistances,
} from '@hebblab/attacks';
import { normalisedImages, type OpenModel, type Samples } from '@hebblab/models';
import {
  allocateFloat32,
  allocateFloat64,
  covariance,
  type Kernels,
  randomNormal,
  symmetricEigenvalues,
} from '@hebblab/wasm';
import type { AttackConfig, RunConfig } from './config.js';
import type { OnProgress } from './progress.js';
import type { CriticalDistanceResult, ModelResult, SpectrumResult } from './results.js';

/** Samples that a model works on at a time while it is measured. */
export const measuringBatch = 500;

/** What a model is measured with. */
export interface MeasureContext {
  readonly kernels: Kernels;
  readonly test: Samples;
  readonly seed: number;
  readonly spectra: RunConfig['spectra'];
  readonly attacks: readonly AttackConfig[];
  readonly model: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/**
 * Accuracy on the test images, spectra of the pre-activations on images and on noise, and each attack.
 *
 * @example
 * const result = await measureModel(context, openModel(kernels, model, measuringBatch));
 */
export async function measureModel(
  context: MeasureContext,
  open: OpenModel,
): Promise<Omit<ModelResult, 'layer'>> {
  const { kernels, test, seed, spectra, model, onProgress } = context;
  const measuring = (what: string) => onProgress({ kind: 'measuring', model, what });
  measuring('accuracy');
  const inputs = normalisedImages(test, test.count);
  const accuracy = accuracyOf(open, inputs, test.images.labels);
  measuring('spectrum on images');
  const images = spectrumOf(kernels, open, inputs, spectra.fitImages);
  measuring('spectrum on noise');
  const noiseInputs = noiseProbe(kernels, seed, spectra.noiseSamples, open.inputs);
  const noise = spectrumOf(kernels, open, noiseInputs, spectra.fitNoise);

  const criticalDistance: Record<string, CriticalDistanceResult> = {};
  const relative: Record<string, { epsilon: readonly number[]; accuracy: readonly number[] }> = {};
  for (const attack of context.attacks) {
    measuring(`${attack.kind} attack`);
    const result = await attackModel(context, open, attack);
    criticalDistance[attack.kind] = result.criticalDistance;
    if (result.relativeAccuracy !== undefined) relative[attack.kind] = result.relativeAccuracy;
  }
  return { accuracy, criticalDistance, relativeAccuracy: relative, spectrum: { images, noise } };
}

/**
 * Share of inputs [count, inputs] whose predicted class is their label.
 *
 * @example
 * const accuracy = accuracyOf(open, normalisedImages(test, test.count), test.images.labels);
 */
export function accuracyOf(open: OpenModel, inputs: Float32Array, labels: Uint8Array): number {
  const logits = open.logits(inputs, labels.length);
  let correct = 0;
  labels.forEach((label, sample) => {
    if (predictedClass(logits, open.classes, sample) === label) correct += 1;
  });
  return correct / labels.length;
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
  const { from, to } = clipFitRange(eigenvalues, { from: fit[0], to: fit[1] }, smallestFittedRatio);
  if (to - from < fewestFittedPoints) return { fit: [from, to], eigenvalues: [...eigenvalues] };
  const { alpha, standardError, intercept } = fitPowerLaw(eigenvalues, { from, to });
  return { alpha, stdErr: standardError, intercept, fit: [from, to], eigenvalues: [...eigenvalues] };
}

/** Below this share of the first an eigenvalue is rounding: samples are float32. */
const smallestFittedRatio = 1e-7;

/** A line through fewer has no standard error. */
const fewestFittedPoints = 3;

async function attackModel(
  { kernels, test, seed, signal }: MeasureContext,
  open: OpenModel,
  attack: AttackConfig,
): Promise<{
  criticalDistance: CriticalDistanceResult;
  /** None where the model gets no image right: there is nothing to be relative to. */
  relativeAccuracy: { epsilon: number[]; accuracy: number[] } | undefined;
}> {
  const request = {
    ...attackedImages(open, test, attack),
    epsilons: logarithmicGrid(attack.grid.startExponent, attack.grid.stopExponent, attack.grid.count),
    batchSize: measuringBatch,
    signal,
  };
  const classifier = classifierOf(open);
  const method = methodOf(kernels, seed, attack);
  const { images } = await criticalDistances(classifier, method, request);
  const criticalDistance = describeDistances(summariseCriticalDistances(images));
  if (criticalDistance.total === 0) return { criticalDistance, relativeAccuracy: undefined };
  const { epsilon, accuracy } = await relativeAccuracy(classifier, method, request);
  return { criticalDistance, relativeAccuracy: { epsilon, accuracy } };
}

/** The attacks of arXiv 2405.00679, A6. */
function methodOf(kernels: Kernels, seed: number, { kind }: AttackConfig): Attack {
  switch (kind) {
    case 'random': {
      const normals: Normals = (stream, first, out) =>
        randomNormal(kernels, { seed, stream: `attack, ${stream}`, first }, out);
      return randomNoise({ normals });
    }
    case 'fgsm':
      return fgsm();
    case 'pgd':
      return pgd({
        norm: 'linf',
        steps: 20,
        stepSize: { kind: 'constant', size: 1e-2, shareBelow: 0.1 },
        clip: 'after the last step',
      });
  }
}

/** The first images, or the first that the model gets right. */
function attackedImages(
  open: OpenModel,
  test: Samples,
  { images: wanted, chosen }: AttackConfig,
): { images: Float32Array; labels: Uint8Array } {
  const all = test.images.labels;
  if (chosen === 'first') {
    const count = Math.min(wanted, test.count);
    return { images: normalisedImages(test, count), labels: all.subarray(0, count) };
  }
  const values = normalisedImages(test, test.count);
  const logits = open.logits(values, test.count);
  const correct = Array.from(all.keys()).filter(
    (image) => predictedClass(logits, open.classes, image) === all[image],
  );
  const rows = correct.slice(0, wanted);
  const images = new Float32Array(rows.length * test.inputs);
  rows.forEach((row, index) => {
    images.set(values.subarray(row * test.inputs, (row + 1) * test.inputs), index * test.inputs);
  });
  return { images, labels: Uint8Array.from(rows, (row) => all[row] as number) };
}

/**
 * A model as `@hebblab/attacks` takes one. Normalised images lie in [0, 1], to which arXiv 2405.00679 clips FGSM.
 *
 * @example
 * const { accuracy } = await relativeAccuracy(classifierOf(open), fgsm(), request);
 */
export function classifierOf(open: OpenModel): DifferentiableClassifier {
  const { inputs, classes, logits, lossGradient } = open;
  return { inputs, classes, bounds: { kind: 'box', lower: 0, upper: 1 }, logits, lossGradient };
}

function describeDistances(summary: CriticalDistanceSummary): CriticalDistanceResult {
  const { found, total, unverified } = summary;
  if (summary.kind === 'none found') return { found, total, unverified };
  const { median, q25, q75 } = summary;
  return { found, total, unverified, median, q25, q75 };
}
