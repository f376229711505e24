import type { Bounds, Classifier } from './classifier.js';
import { type Evaluation, startEvaluation } from './evaluation.js';
import { type ImageSet, type NumberedImages, requireImageSet } from './image-set.js';
import { euclideanDistance, euclideanNorm, largestDifference } from './vectors.js';

/** How far an adversarial image may lie from its image: |delta_i| <= epsilon, ||delta||_2 <= epsilon, or anywhere. */
export type Budget = { readonly kind: 'linf' | 'l2'; readonly epsilon: number } | { readonly kind: 'none' };

/** Images, their true labels, and the adversarial images as they are stored. */
export interface VerificationRequest extends ImageSet {
  /** [count, inputs] */
  readonly adversarial: Float32Array;
  readonly budget: Budget;
  /** The classifier's own, or unbounded for an attack that does not clip. */
  readonly bounds: Bounds;
}

/** What checking one adversarial image again gave: its distances from its image, ||.||_2 and the largest of an input. */
export type Verdict =
  | { readonly kind: 'verified'; readonly distance: number; readonly linfDistance: number }
  | { readonly kind: 'refuted'; readonly reason: string };

/**
 * Checks adversarial images again on their stored values, trusting nothing computed before: the label by a fresh forward
 * call, the L2 distance in float64, the budget up to float32 rounding, the bounds exactly.
 *
 * @returns one verdict an image
 * @throws Error where the request does not fit the classifier or a logit is not finite.
 *
 * @example
 * const verdicts = await verifyAdversarial(classifier, {
 *   images, labels, adversarial, budget: { kind: 'linf', epsilon: 0.1 }, bounds: classifier.bounds,
 * });
 */
export async function verifyAdversarial(
  classifier: Classifier,
  request: VerificationRequest,
): Promise<Verdict[]> {
  requireImageSet('verifyAdversarial', classifier, request);
  if (request.adversarial.length !== request.images.length) {
    throw new Error(
      `verifyAdversarial: expected as many adversarial values as image values, ${request.images.length}, got ${request.adversarial.length}`,
    );
  }
  const { labels, budget } = request;
  return judge(startEvaluation('verifyAdversarial', classifier), {
    ...request,
    imageNumbers: Array.from(labels.keys()),
    budgets: Array.from(labels, () => budget),
  });
}

/** A batch of adversarial images, each with a budget of its own. */
export interface JudgedImages extends NumberedImages {
  /** [count, inputs] */
  readonly adversarial: Float32Array;
  readonly budgets: readonly Budget[];
  readonly bounds: Bounds;
}

/** {@link verifyAdversarial} within another operation, which counts the calls. */
export async function judge(
  evaluation: Evaluation,
  { images, labels, imageNumbers, adversarial, budgets, bounds }: JudgedImages,
): Promise<Verdict[]> {
  const { inputs } = evaluation.classifier;
  const predicted = await evaluation.predict(adversarial, imageNumbers);
  return Array.from(labels, (label, row) => {
    const image = images.subarray(row * inputs, (row + 1) * inputs);
    const found = adversarial.subarray(row * inputs, (row + 1) * inputs);
    if (predicted[row] === label) {
      return { kind: 'refuted', reason: `classified as ${label}, which is right, when asked again` };
    }
    const outside = found.find((value) => !isWithin(value, bounds));
    if (outside !== undefined) return { kind: 'refuted', reason: `value ${outside} lies outside the bounds` };
    if (exceeds(budgets[row] as Budget, found, image)) {
      return { kind: 'refuted', reason: 'lies further from its image than the budget allows' };
    }
    return {
      kind: 'verified',
      distance: euclideanDistance(found, image),
      linfDistance: largestDifference(found, image),
    };
  });
}

function isWithin(value: number, bounds: Bounds): boolean {
  if (bounds.kind === 'unbounded') return Number.isFinite(value);
  return value >= Math.fround(bounds.lower) && value <= Math.fround(bounds.upper);
}

/** Beyond epsilon by more than storing float32 values can have added. */
function exceeds(budget: Budget, found: Float32Array, image: Float32Array): boolean {
  const rounding = 2 ** -23;
  switch (budget.kind) {
    case 'none':
      return false;
    case 'l2':
      return (
        euclideanDistance(found, image) > budget.epsilon * (1 + rounding) + rounding * euclideanNorm(found)
      );
    case 'linf':
      return found.some((value, i) => {
        const allowed = budget.epsilon * (1 + rounding) + rounding * Math.abs(value);
        return Math.abs(value - (image[i] as number)) > allowed;
      });
  }
}
