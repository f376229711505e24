import type { Attack, GradientFreeAttack } from './attack.js';
import type { Classifier, DifferentiableClassifier } from './classifier.js';
import { type Calls, startEvaluation } from './evaluation.js';
import { walkGrid } from './grid-walk.js';
import { type ImageSet, requireBatchSize, requireEpsilon, requireImageSet } from './image-set.js';
import { initiallyCorrect } from './initially-correct.js';

/** What {@link relativeAccuracy} is asked. */
export interface RelativeAccuracyRequest extends ImageSet {
  /** Budgets, each finite and at least 0, in units of the inputs. */
  readonly epsilons: readonly number[];
  /** Images per call of the classifier at most; changes the speed, never the result. */
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** A curve of relative accuracy against the budget. */
export interface RelativeAccuracy {
  readonly epsilon: number[];
  /** For each epsilon the share, in [0, 1], of the initially correct images that are still classified correctly. */
  readonly accuracy: number[];
  readonly initiallyCorrect: number;
  readonly calls: Calls;
}

/**
 * Fixed budget: attacks every initially correct image at every epsilon, and counts those still classified correctly
 * (arXiv 2405.00679). Each epsilon stands for itself: an image that fell may stand again at a larger one.
 *
 * @throws Error where the request does not fit the classifier, no image is classified correctly, logits or gradients are
 * not finite, or the signal aborts (its reason).
 *
 * @example
 * const curve = await relativeAccuracy(classifier, fgsm(), {
 *   images, labels, epsilons: logarithmicGrid(-4, 0, 20), batchSize: 1000,
 * });
 */
export function relativeAccuracy(
  classifier: DifferentiableClassifier,
  attack: Attack,
  request: RelativeAccuracyRequest,
): Promise<RelativeAccuracy>;
export function relativeAccuracy(
  classifier: Classifier,
  attack: GradientFreeAttack,
  request: RelativeAccuracyRequest,
): Promise<RelativeAccuracy>;
export async function relativeAccuracy(
  classifier: Classifier,
  attack: Attack,
  request: RelativeAccuracyRequest,
): Promise<RelativeAccuracy> {
  const { labels, epsilons, batchSize, signal } = request;
  requireImageSet('relativeAccuracy', classifier, request);
  requireBatchSize('relativeAccuracy', batchSize);
  for (const epsilon of epsilons) requireEpsilon('relativeAccuracy', epsilon);

  const evaluation = startEvaluation('relativeAccuracy', classifier);
  const stillCorrect = epsilons.map(() => 0);
  const purpose = { firstFlips: false, counts: true };
  let correct = 0;
  for (let first = 0; first < labels.length; first += batchSize) {
    signal?.throwIfAborted();
    const batch = await initiallyCorrect(evaluation, request, first, batchSize);
    const walk = await walkGrid(evaluation, attack, batch, epsilons, purpose, signal);
    correct += batch.labels.length;
    walk.correct.forEach((count, index) => {
      stillCorrect[index] = (stillCorrect[index] as number) + count;
    });
  }
  if (correct === 0) {
    throw new Error(
      `relativeAccuracy: expected at least one image classified correctly, got none of ${labels.length}`,
    );
  }
  return {
    epsilon: [...epsilons],
    accuracy: stillCorrect.map((count) => count / correct),
    initiallyCorrect: correct,
    calls: evaluation.calls(),
  };
}
