import type { Attack, GradientFreeAttack } from './attack.js';
import type { Classifier, DifferentiableClassifier } from './classifier.js';
import type { CriticalDistancesRequest } from './critical-distances.js';
import { type Calls, startEvaluation } from './evaluation.js';
import { walkGrid } from './grid-walk.js';
import { requireAscending, requireBatchSize, requireImageSet } from './image-set.js';
import { type ImageResult, placeStatuses, resultsOf, startStatuses } from './image-status.js';
import { initiallyCorrect } from './initially-correct.js';

/** Both families from one pass over the grid. */
export interface AttackSweep {
  readonly epsilon: number[];
  /** For each epsilon the initially correct images that are still classified correctly. */
  readonly stillCorrect: number[];
  readonly initiallyCorrect: number;
  /** The critical distance of each image, in the order of the images. */
  readonly images: ImageResult[];
  readonly calls: Calls;
}

/**
 * Fixed budget and critical distance at once: attacks every initially correct image at every epsilon, as
 * `relativeAccuracy` does, and takes the first flips, checked again, as `criticalDistances` does, with the same results
 * as the two. Where both are wanted it saves the second walk. Relative accuracy is stillCorrect / initiallyCorrect.
 *
 * @throws Error where the request does not fit the classifier, logits or gradients are not finite, or the signal aborts
 * (its reason).
 *
 * @example
 * const sweep = await sweepAttack(classifier, fgsm(), { images, labels, epsilons, batchSize: 500 });
 * const accuracy = sweep.stillCorrect.map((count) => count / sweep.initiallyCorrect);
 */
export function sweepAttack(
  classifier: DifferentiableClassifier,
  attack: Attack,
  request: CriticalDistancesRequest,
): Promise<AttackSweep>;
export function sweepAttack(
  classifier: Classifier,
  attack: GradientFreeAttack,
  request: CriticalDistancesRequest,
): Promise<AttackSweep>;
export async function sweepAttack(
  classifier: Classifier,
  attack: Attack,
  request: CriticalDistancesRequest,
): Promise<AttackSweep> {
  const { labels, epsilons, batchSize, signal } = request;
  requireImageSet('sweepAttack', classifier, request);
  requireBatchSize('sweepAttack', batchSize);
  requireAscending('sweepAttack', epsilons);

  const evaluation = startEvaluation('sweepAttack', classifier);
  const statuses = startStatuses(labels);
  const stillCorrect = epsilons.map(() => 0);
  const purpose = { firstFlips: true, counts: true };
  let correct = 0;
  for (let first = 0; first < labels.length; first += batchSize) {
    signal?.throwIfAborted();
    const batch = await initiallyCorrect(evaluation, request, first, batchSize);
    const walk = await walkGrid(evaluation, attack, batch, epsilons, purpose, signal);
    correct += batch.labels.length;
    walk.correct.forEach((count, index) => {
      stillCorrect[index] = (stillCorrect[index] as number) + count;
    });
    placeStatuses(statuses, batch, walk.statuses);
  }
  return {
    epsilon: [...epsilons],
    stillCorrect,
    initiallyCorrect: correct,
    images: resultsOf(statuses, evaluation),
    calls: evaluation.calls(),
  };
}
