import { requireMatrix } from './matrix.js';

/** What a classifier says to each of its inputs. */
export interface Decisions {
  /** [count], the class of the largest logit, the lower one of equals */
  readonly classes: Uint32Array;
  /** [count], the largest softmax probability, in [1 / classes, 1] */
  readonly confidences: Float64Array;
}

/**
 * Class and confidence from logits: a landscape's colour and opacity (arXiv 2405.00679, figure 6).
 *
 * @param logits - [count, classes], finite
 * @throws Error where the logits do not fit or are not finite.
 *
 * @example
 * decisions(Float32Array.of(0, 0, 1, 3), 2); // classes [0, 1], confidences [0.5, 0.88...]
 */
export function decisions(logits: Float32Array | Float64Array, classes: number): Decisions {
  const count = logits.length / classes;
  requireMatrix('decisions', logits, { rows: count, columns: classes });
  const chosen = new Uint32Array(count);
  const confidences = new Float64Array(count);
  for (let point = 0; point < count; point++) {
    const scores = logits.subarray(point * classes, (point + 1) * classes);
    let best = 0;
    scores.forEach((score, label) => {
      if (score > (scores[best] as number)) best = label;
    });
    let total = 0;
    for (const score of scores) total += Math.exp(score - (scores[best] as number));
    chosen[point] = best;
    confidences[point] = 1 / total;
  }
  return { classes: chosen, confidences };
}
