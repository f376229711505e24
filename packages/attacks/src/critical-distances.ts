import type { Attack, GradientFreeAttack } from './attack.js';
import type { Bounds, Classifier, DifferentiableClassifier } from './classifier.js';
import { type Calls, type Evaluation, startEvaluation } from './evaluation.js';
import { gatherRows, type ImageSet, requireBatchSize, requireEpsilon, requireImageSet } from './image-set.js';
import { initiallyCorrect } from './initially-correct.js';
import { type NumberedImages, preparePerturbation } from './perturbation.js';
import { type Budget, judge } from './verification.js';

/** What {@link criticalDistances} is asked. */
export interface CriticalDistancesRequest extends ImageSet {
  /** Strictly ascending, finite, at least 0, in units of the inputs. */
  readonly epsilons: readonly number[];
  /** Images per call of the classifier at most; changes the speed, never the result. */
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** What became of one image. */
export type ImageStatus =
  /** Flipped first at this epsilon, at this L2 distance from the image, and the check of the stored values agreed. */
  | { readonly status: 'adversarial'; readonly epsilon: number; readonly distance: number }
  /** Classified correctly at every epsilon. */
  | { readonly status: 'robust within the grid' }
  /** Misclassified without any attack. */
  | { readonly status: 'wrong from the start' }
  /** Flipped at this epsilon, but the check of the stored values did not agree: neither found nor robust. */
  | { readonly status: 'unverified'; readonly epsilon: number; readonly reason: string };

/** One status for each image, in the order of the images. */
export interface CriticalDistances {
  readonly images: ImageStatus[];
  readonly calls: Calls;
}

/**
 * Critical distance: walks epsilon upward until an image flips, and records the first epsilon that does it with the L2
 * distance ||x_adv - x||_2 (arXiv 2405.00679, A6). Every flip is checked again on the stored float32 values.
 *
 * @throws Error where the request does not fit the classifier, logits or gradients are not finite, or the signal aborts
 * (its reason).
 *
 * @example
 * const walk = await criticalDistances(classifier, fgsm(), {
 *   images, labels, epsilons: logarithmicGrid(-4, 0.5, 150), batchSize: 500,
 * });
 * summariseCriticalDistances(walk.images);
 */
export function criticalDistances(
  classifier: DifferentiableClassifier,
  attack: Attack,
  request: CriticalDistancesRequest,
): Promise<CriticalDistances>;
export function criticalDistances(
  classifier: Classifier,
  attack: GradientFreeAttack,
  request: CriticalDistancesRequest,
): Promise<CriticalDistances>;
export async function criticalDistances(
  classifier: Classifier,
  attack: Attack,
  request: CriticalDistancesRequest,
): Promise<CriticalDistances> {
  const { labels, epsilons, batchSize, signal } = request;
  requireImageSet('criticalDistances', classifier, request);
  requireBatchSize('criticalDistances', batchSize);
  requireAscending(epsilons);

  const evaluation = startEvaluation('criticalDistances', classifier);
  const images: ImageStatus[] = Array.from(labels, () => ({ status: 'wrong from the start' }));
  for (let first = 0; first < labels.length; first += batchSize) {
    signal?.throwIfAborted();
    const batch = await initiallyCorrect(evaluation, request, first, batchSize);
    const statuses = await walkUpward(evaluation, attack, batch, epsilons, signal);
    batch.imageNumbers.forEach((number, row) => {
      images[number] = statuses[row] as ImageStatus;
    });
  }
  return { images, calls: evaluation.calls() };
}

async function walkUpward(
  evaluation: Evaluation,
  attack: Attack,
  batch: NumberedImages,
  epsilons: readonly number[],
  signal: AbortSignal | undefined,
): Promise<ImageStatus[]> {
  const { inputs, bounds } = evaluation.classifier;
  const statuses: ImageStatus[] = batch.imageNumbers.map(() => ({ status: 'robust within the grid' }));
  let standing = statuses.map((_, row) => row);
  if (standing.length === 0) return statuses;
  const perturbRows = await preparePerturbation(evaluation, attack, batch);
  for (const [epsilonIndex, epsilon] of epsilons.entries()) {
    if (standing.length === 0) break;
    signal?.throwIfAborted();
    const perturbed = await perturbRows(standing, epsilon, epsilonIndex);
    const predicted = await evaluation.predict(perturbed, standing.length);
    const flipped = Array.from(predicted.keys()).filter(
      (index) => predicted[index] !== batch.labels[standing[index] as number],
    );
    if (flipped.length === 0) continue;

    const rows = flipped.map((index) => standing[index] as number);
    const adversarial = gatherRows(perturbed, inputs, flipped);
    const verdicts = await judge(evaluation, {
      images: gatherRows(batch.images, inputs, rows),
      labels: Uint8Array.from(rows, (row) => batch.labels[row] as number),
      adversarial,
      ...promiseOf(attack, epsilon, bounds),
    });
    verdicts.forEach((verdict, index) => {
      statuses[rows[index] as number] =
        verdict.kind === 'verified'
          ? { status: 'adversarial', epsilon, distance: verdict.distance }
          : { status: 'unverified', epsilon, reason: verdict.reason };
    });
    const fallen = new Set(rows);
    standing = standing.filter((row) => !fallen.has(row));
  }
  return statuses;
}

/** What the attack promises of its images; noise is neither clipped nor kept within a distance (arXiv 2405.00679, A6). */
function promiseOf(attack: Attack, epsilon: number, bounds: Bounds): { budget: Budget; bounds: Bounds } {
  if (attack.kind === 'random noise') return { budget: { kind: 'none' }, bounds: { kind: 'unbounded' } };
  return { budget: { kind: attack.kind === 'pgd' ? attack.norm : 'linf', epsilon }, bounds };
}

function requireAscending(epsilons: readonly number[]): void {
  epsilons.forEach((epsilon, index) => {
    requireEpsilon('criticalDistances', epsilon);
    const previous = epsilons[index - 1];
    if (previous !== undefined && epsilon <= previous) {
      throw new Error(`criticalDistances: expected ascending epsilons, got ${epsilon} after ${previous}`);
    }
  });
}
