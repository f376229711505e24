import type { Attack, GradientFreeAttack } from './attack.js';
import type { Classifier, DifferentiableClassifier } from './classifier.js';
import { type Evaluation, startEvaluation } from './evaluation.js';
import { type NumberedImages, requireEpsilon, requireImageSet } from './image-set.js';
import { prepareCleanGradientPgd } from './methods/clean-gradient-pgd.js';
import { prepareFgsm } from './methods/fgsm.js';
import { preparePgd } from './methods/pgd.js';
import { prepareRandomNoise } from './methods/random-noise.js';
import { prepareSecondOrder } from './methods/second-order.js';
import { prepareSpsa } from './methods/spsa.js';
import { prepareSquare } from './methods/square.js';
import type { PerturbRows } from './perturb-rows.js';

/** Where in the random streams a call of {@link perturb} reads; both are 0 unless said. */
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
  return perturbRows(
    rows,
    rows.map(() => epsilon),
    `epsilon ${epsilonIndex}`,
  );
}

/** Does what an attack needs once for an image, and returns what it does at each epsilon. */
export async function preparePerturbation(
  evaluation: Evaluation,
  attack: Attack,
  batch: NumberedImages,
): Promise<PerturbRows> {
  switch (attack.kind) {
    case 'random noise':
      return prepareRandomNoise(evaluation, attack, batch);
    case 'fgsm':
      return prepareFgsm(evaluation, attack, batch);
    case 'pgd':
      return preparePgd(evaluation, attack, batch);
    case 'clean-gradient pgd':
      return prepareCleanGradientPgd(evaluation, attack, batch);
    case 'second order':
      return prepareSecondOrder(evaluation, attack, batch);
    case 'square':
      return prepareSquare(evaluation, attack, batch);
    case 'spsa':
      return prepareSpsa(evaluation, attack, batch);
  }
}
