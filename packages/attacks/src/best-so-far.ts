import { predictedClass } from './classification.js';
import type { Evaluation } from './evaluation.js';
import type { NumberedImages } from './image-set.js';
import { type Objective, objectiveValue } from './objective.js';

/** The best candidate of each image: the first one misclassified, else the one of the largest objective. */
export interface BestSoFar {
  /** [count, inputs]; the images themselves where nothing was offered. */
  readonly images: Float32Array;
  /** Rows whose best candidate is still classified correctly. */
  readonly standing: readonly number[];
  /** Looks at one candidate for each of the given standing rows, [rows.length, inputs]. */
  offer(rows: readonly number[], candidates: Float32Array): Promise<void>;
}

/** Starts with nothing but the images. */
export function startBestSoFar(
  evaluation: Evaluation,
  objective: Objective,
  batch: NumberedImages,
): BestSoFar {
  const { operation, classifier } = evaluation;
  const { inputs, classes } = classifier;
  const { labels, imageNumbers } = batch;
  const images = batch.images.slice();
  const values = new Float64Array(labels.length).fill(Number.NEGATIVE_INFINITY);
  let standing = Array.from(labels.keys());
  return {
    images,
    get standing() {
      return standing;
    },
    async offer(rows, candidates) {
      const numbers = rows.map((row) => imageNumbers[row] as number);
      const logits = await evaluation.logits(candidates, numbers);
      const fallen = new Set<number>();
      rows.forEach((row, index) => {
        const label = labels[row] as number;
        const ofRow = logits.subarray(index * classes, (index + 1) * classes);
        const misclassified = predictedClass(logits, classes, index) !== label;
        const value = objectiveValue(operation, objective, ofRow, label, numbers[index] as number);
        if (misclassified) fallen.add(row);
        else if (!(value > (values[row] as number))) return;
        values[row] = value;
        images.set(candidates.subarray(index * inputs, (index + 1) * inputs), row * inputs);
      });
      standing = standing.filter((row) => !fallen.has(row));
    },
  };
}

/** Runs an attack several times on the images that still stand, and keeps the best of each. */
export async function searchRestarts(
  evaluation: Evaluation,
  objective: Objective,
  batch: NumberedImages,
  restarts: number,
  attempt: (standing: readonly number[], restart: number) => Promise<Float32Array>,
): Promise<Float32Array> {
  const all = Array.from(batch.labels.keys());
  // One start has nothing to be compared with.
  if (restarts === 1) return attempt(all, 0);
  const best = startBestSoFar(evaluation, objective, batch);
  for (let restart = 0; restart < restarts && best.standing.length > 0; restart++) {
    const rows = best.standing;
    await best.offer(rows, await attempt(rows, restart));
  }
  return best.images;
}
