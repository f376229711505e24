import type { Evaluation } from '../evaluation.js';
import { gatherRows, type NumberedImages } from '../image-set.js';
import { crossEntropyObjective, type Objective } from '../objective.js';
import type { PerturbRows } from '../perturb-rows.js';
import { clip, projectToBall, stepAlong } from '../vectors.js';

/** Steps of size epsilon, all along the gradient at the clean image. */
export interface CleanGradientPgd {
  readonly kind: 'clean-gradient pgd';
  readonly objective: Objective;
  readonly steps: number;
  /** Largest change of an input over all steps. */
  readonly limit: number;
}

/**
 * What the code of arXiv 2211.01236 calls PGD: steps of size epsilon (not epsilon in all), every gradient taken at the clean
 * image, the change of an input limited to 0.5, clipped to the bounds. Since the direction never changes it is FGSM with
 * a budget of min(steps epsilon, limit); it is here to compare with the authors' figures, {@link pgd} is the attack.
 *
 * @param settings - 10 steps, a limit of 0.5 and the cross-entropy unless told
 * @throws Error where steps is not a positive integer or the limit not positive.
 *
 * @example
 * const curve = await relativeAccuracy(classifier, cleanGradientPgd(), request);
 */
export function cleanGradientPgd(settings: Partial<Omit<CleanGradientPgd, 'kind'>> = {}): CleanGradientPgd {
  const { steps = 10, limit = 0.5, objective = crossEntropyObjective } = settings;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Error(`cleanGradientPgd: expected a positive number of steps, got ${steps}`);
  }
  if (!(limit > 0 && Number.isFinite(limit))) {
    throw new Error(`cleanGradientPgd: expected a positive, finite limit, got ${limit}`);
  }
  return { kind: 'clean-gradient pgd', steps, limit, objective };
}

/** How far an input can move at this epsilon. */
export function reachOf({ steps, limit }: CleanGradientPgd, epsilon: number): number {
  return Math.min(steps * epsilon, limit);
}

/** Takes the gradient of a batch. */
export async function prepareCleanGradientPgd(
  evaluation: Evaluation,
  attack: CleanGradientPgd,
  batch: NumberedImages,
): Promise<PerturbRows> {
  const { inputs, bounds } = evaluation.classifier;
  const gradient = await evaluation.gradient(batch, attack.objective);
  return async (rows, epsilons) => {
    const start = gatherRows(batch.images, inputs, rows);
    const direction = gatherRows(gradient, inputs, rows);
    const limits = rows.map(() => attack.limit);
    const images = start.slice();
    for (let step = 0; step < attack.steps; step++) {
      stepAlong('linf', images, direction, inputs, epsilons);
      projectToBall('linf', images, start, inputs, limits);
      clip(images, bounds);
    }
    return images;
  };
}
