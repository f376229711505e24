import type { Attack, GradientFreeAttack } from './attack.js';
import type { Classifier, DifferentiableClassifier } from './classifier.js';
import { type Calls, startEvaluation } from './evaluation.js';
import { walkGrid } from './grid-walk.js';
import { type ImageSet, requireAscending, requireBatchSize, requireImageSet } from './image-set.js';
import { type ImageResult, placeStatuses, resultsOf, startStatuses } from './image-status.js';
import { initiallyCorrect } from './initially-correct.js';

/** What {@link criticalDistances} is asked. */
export interface CriticalDistancesRequest extends ImageSet {
  /** Strictly ascending, finite, at least 0, in units of the inputs. */
  readonly epsilons: readonly number[];
  /** Images per call of the classifier at most; changes the speed, never the result. */
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** One result for each image, in the order of the images. */
export interface CriticalDistances {
  readonly images: ImageResult[];
  readonly calls: Calls;
}

/**
 * Critical distance: walks epsilon upward until an image flips, and records the first epsilon that does it with the
 * distance of the flip from the image (arXiv 2405.00679). Every flip is checked again on the stored float32 values.
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
  requireAscending('criticalDistances', epsilons);

  const evaluation = startEvaluation('criticalDistances', classifier);
  const statuses = startStatuses(labels);
  const purpose = { firstFlips: true, counts: false };
  for (let first = 0; first < labels.length; first += batchSize) {
    signal?.throwIfAborted();
    const batch = await initiallyCorrect(evaluation, request, first, batchSize);
    const walk = await walkGrid(evaluation, attack, batch, epsilons, purpose, signal);
    placeStatuses(statuses, batch, walk.statuses);
  }
  return { images: resultsOf(statuses, evaluation), calls: evaluation.calls() };
}
