import { type Attack, type GradientFreeAttack, type Pgd, type RandomNoise, stepLength } from './attack.js';
import type { Bounds, Classifier, DifferentiableClassifier } from './classifier.js';
import { type Evaluation, startEvaluation } from './evaluation.js';
import { gatherRows, type ImageSet, requireEpsilon, requireImageSet } from './image-set.js';

/** Where in the noise streams a call of {@link perturb} reads; both are 0 unless said. */
export interface NoisePosition {
  /** Number of the first image. */
  readonly firstImage: number;
  /** Position of epsilon in the grid. */
  readonly epsilonIndex: number;
}

/**
 * Perturbs every image by one attack of a fixed budget epsilon, all in one batch. Labels are the true ones: the attack
 * moves away from them. Arithmetic is float64, results are stored as float32.
 *
 * @param images - [count, inputs], within the classifier's bounds
 * @param labels - [count]
 * @param epsilon - finite, at least 0, in units of the inputs
 * @returns [count, inputs], a new array
 * @throws Error where images, labels or epsilon do not fit, or a gradient is not finite.
 *
 * @example
 * const adversarial = await perturb(classifier, fgsm(), images, labels, 0.1);
 */
export function perturb(
  classifier: DifferentiableClassifier,
  attack: Attack,
  images: Float32Array,
  labels: Uint8Array,
  epsilon: number,
  position?: NoisePosition,
): Promise<Float32Array>;
export function perturb(
  classifier: Classifier,
  attack: GradientFreeAttack,
  images: Float32Array,
  labels: Uint8Array,
  epsilon: number,
  position?: NoisePosition,
): Promise<Float32Array>;
export async function perturb(
  classifier: Classifier,
  attack: Attack,
  images: Float32Array,
  labels: Uint8Array,
  epsilon: number,
  { firstImage, epsilonIndex }: NoisePosition = { firstImage: 0, epsilonIndex: 0 },
): Promise<Float32Array> {
  requireImageSet('perturb', classifier, { images, labels });
  requireEpsilon('perturb', epsilon);
  const rows = Array.from(labels, (_, row) => row);
  const imageNumbers = rows.map((row) => firstImage + row);
  const perturbRows = await preparePerturbation(startEvaluation('perturb', classifier), attack, {
    images,
    labels,
    imageNumbers,
  });
  return perturbRows(rows, epsilon, epsilonIndex);
}

/** A batch of images and their numbers in the whole set, which index the noise. */
export interface NumberedImages extends ImageSet {
  readonly imageNumbers: readonly number[];
}

/** Perturbs the given rows of the prepared batch: [rows.length, inputs]. */
export type PerturbRows = (
  rows: readonly number[],
  epsilon: number,
  epsilonIndex: number,
) => Promise<Float32Array>;

/** Does what an attack needs once for an image, and returns what it does at each epsilon. */
export async function preparePerturbation(
  evaluation: Evaluation,
  attack: Attack,
  batch: NumberedImages,
): Promise<PerturbRows> {
  const { inputs, bounds } = evaluation.classifier;
  switch (attack.kind) {
    case 'random noise':
      return async (rows, epsilon, epsilonIndex) =>
        addNoise(attack, batch, inputs, rows, epsilon, epsilonIndex);
    case 'fgsm': {
      const gradient = await evaluation.lossGradient(batch.images, batch.labels, batch.labels.length);
      return async (rows, epsilon) => {
        const images = gatherRows(batch.images, inputs, rows);
        addSigns(images, gatherRows(gradient, inputs, rows), epsilon);
        clip(images, bounds);
        return images;
      };
    }
    case 'pgd':
      return (rows, epsilon) => descend(evaluation, attack, batch, rows, epsilon);
  }
}

function addNoise(
  { normals }: RandomNoise,
  { images, imageNumbers }: NumberedImages,
  inputs: number,
  rows: readonly number[],
  epsilon: number,
  epsilonIndex: number,
): Float32Array {
  const stream = `random noise, epsilon ${epsilonIndex}`;
  const perturbed = gatherRows(images, inputs, rows);
  const noise = new Float32Array(inputs);
  rows.forEach((row, index) => {
    normals(stream, (imageNumbers[row] as number) * inputs, noise);
    const image = perturbed.subarray(index * inputs, (index + 1) * inputs);
    for (let i = 0; i < inputs; i++) image[i] = (image[i] as number) + epsilon * (noise[i] as number);
  });
  return perturbed;
}

async function descend(
  evaluation: Evaluation,
  { norm, steps, stepSize, clip: clipping }: Pgd,
  batch: NumberedImages,
  rows: readonly number[],
  epsilon: number,
): Promise<Float32Array> {
  const { inputs, bounds } = evaluation.classifier;
  const start = gatherRows(batch.images, inputs, rows);
  const labels = Uint8Array.from(rows, (row) => batch.labels[row] as number);
  const length = stepLength(stepSize, epsilon);
  const images = start.slice();
  for (let step = 0; step < steps; step++) {
    const gradient = await evaluation.lossGradient(images, labels, rows.length);
    if (norm === 'linf') {
      addSigns(images, gradient, length);
      projectToCube(images, start, epsilon);
    } else {
      addDirections(images, gradient, inputs, length);
      projectToSphere(images, start, inputs, epsilon);
    }
    if (clipping === 'every step') clip(images, bounds);
  }
  clip(images, bounds);
  return images;
}

function addSigns(images: Float32Array, gradient: Float32Array, length: number): void {
  for (let i = 0; i < images.length; i++) {
    images[i] = (images[i] as number) + length * Math.sign(gradient[i] as number);
  }
}

function addDirections(images: Float32Array, gradient: Float32Array, inputs: number, length: number): void {
  for (let first = 0; first < images.length; first += inputs) {
    const norm = euclideanNorm(gradient.subarray(first, first + inputs));
    if (norm === 0) continue;
    for (let i = first; i < first + inputs; i++) {
      images[i] = (images[i] as number) + (length * (gradient[i] as number)) / norm;
    }
  }
}

function projectToCube(images: Float32Array, start: Float32Array, epsilon: number): void {
  for (let i = 0; i < images.length; i++) {
    const centre = start[i] as number;
    images[i] = Math.min(centre + epsilon, Math.max(centre - epsilon, images[i] as number));
  }
}

function projectToSphere(images: Float32Array, start: Float32Array, inputs: number, epsilon: number): void {
  for (let first = 0; first < images.length; first += inputs) {
    const distance = euclideanDistance(
      images.subarray(first, first + inputs),
      start.subarray(first, first + inputs),
    );
    if (distance <= epsilon) continue;
    for (let i = first; i < first + inputs; i++) {
      const centre = start[i] as number;
      images[i] = centre + (((images[i] as number) - centre) * epsilon) / distance;
    }
  }
}

function clip(images: Float32Array, bounds: Bounds): void {
  if (bounds.kind === 'unbounded') return;
  for (let i = 0; i < images.length; i++) {
    images[i] = Math.min(bounds.upper, Math.max(bounds.lower, images[i] as number));
  }
}

/** ||a - b||_2, summed in float64. */
export function euclideanDistance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0));
}

/** ||a||_2, summed in float64. */
export function euclideanNorm(a: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value) => sum + value ** 2, 0));
}
