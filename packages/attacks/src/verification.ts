import type { Attack } from './attack.js';
import type { Bounds } from './classifier.js';
import type { Evaluation } from './evaluation.js';
import { gatherRows } from './image-set.js';
import { euclideanDistance, euclideanNorm, type NumberedImages } from './perturbation.js';

/** What checking one adversarial image again gave. */
export type Verdict =
  | { readonly kind: 'verified'; readonly distance: number }
  | { readonly kind: 'refuted'; readonly reason: string };

/** Adversarial images as they are stored, and the rows of the batch that they come from. */
export interface Found {
  readonly adversarial: Float32Array;
  readonly rows: readonly number[];
  readonly epsilon: number;
}

/**
 * Checks adversarial images again on their stored values, trusting nothing computed before: label by a fresh forward
 * call, L2 distance in float64, the attack's budget, the classifier's bounds.
 */
export async function verifyAdversarial(
  evaluation: Evaluation,
  attack: Attack,
  batch: NumberedImages,
  { adversarial, rows, epsilon }: Found,
): Promise<Verdict[]> {
  const { inputs, bounds } = evaluation.classifier;
  const predicted = await evaluation.predict(adversarial.slice(), rows.length);
  const starts = gatherRows(batch.images, inputs, rows);
  return rows.map((row, index) => {
    const image = adversarial.subarray(index * inputs, (index + 1) * inputs);
    const start = starts.subarray(index * inputs, (index + 1) * inputs);
    const label = predicted[index] as number;
    if (label === batch.labels[row]) {
      return { kind: 'refuted', reason: `classified as ${label}, which is right, when asked again` };
    }
    // Random noise is never clipped and has no budget (A6), so that only its label and distance are checked.
    if (attack.kind !== 'random noise') {
      const outside = image.find((value) => !isWithin(value, bounds));
      if (outside !== undefined)
        return { kind: 'refuted', reason: `value ${outside} lies outside the bounds` };
      if (exceedsBudget(attack.kind === 'pgd' ? attack.norm : 'linf', image, start, epsilon)) {
        return { kind: 'refuted', reason: `lies further from its image than epsilon ${epsilon} allows` };
      }
    }
    return { kind: 'verified', distance: euclideanDistance(image, start) };
  });
}

function isWithin(value: number, bounds: Bounds): boolean {
  if (bounds.kind === 'unbounded') return Number.isFinite(value);
  return value >= Math.fround(bounds.lower) && value <= Math.fround(bounds.upper);
}

/** Beyond epsilon by more than the rounding of the stored float32 values. */
function exceedsBudget(
  norm: 'linf' | 'l2',
  image: Float32Array,
  start: Float32Array,
  epsilon: number,
): boolean {
  const rounding = 2 ** -23;
  if (norm === 'l2') {
    const allowed = epsilon * (1 + rounding) + rounding * euclideanNorm(image);
    return euclideanDistance(image, start) > allowed;
  }
  return image.some((value, i) => {
    const allowed = epsilon * (1 + rounding) + rounding * Math.abs(value);
    return Math.abs(value - (start[i] as number)) > allowed;
  });
}
