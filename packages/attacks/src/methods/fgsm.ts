import type { Evaluation } from '../evaluation.js';
import { gatherRows, type NumberedImages } from '../image-set.js';
import { crossEntropyObjective, type Objective } from '../objective.js';
import type { PerturbRows } from '../perturb-rows.js';
import { clip } from '../vectors.js';

/** clip(x + epsilon sign(gradient), bounds). */
export interface Fgsm {
  readonly kind: 'fgsm';
  readonly objective: Objective;
}

/**
 * Fast gradient sign method, clip(x + epsilon sign(g), bounds), g the gradient of the objective, taken once for an image
 * whatever the number of epsilons (Goodfellow et al. 2015). An input with zero gradient does not move.
 *
 * @param settings - the objective, cross-entropy unless told
 *
 * @example
 * const adversarial = await perturb(classifier, fgsm(), images, labels, 0.1);
 */
export function fgsm(
  { objective }: { readonly objective: Objective } = { objective: crossEntropyObjective },
): Fgsm {
  return { kind: 'fgsm', objective };
}

/** Takes the gradient of a batch. */
export async function prepareFgsm(
  evaluation: Evaluation,
  { objective }: Fgsm,
  batch: NumberedImages,
): Promise<PerturbRows> {
  const { inputs, bounds } = evaluation.classifier;
  // Signs once, rather than at each of hundreds of epsilons: they are most of the cost of a step.
  const signs = (await evaluation.gradient(batch, objective)).map(Math.sign);
  return async (rows, epsilons) => {
    const images = gatherRows(batch.images, inputs, rows);
    rows.forEach((row, index) => {
      const epsilon = epsilons[index] as number;
      const from = row * inputs;
      const to = index * inputs;
      for (let i = 0; i < inputs; i++) {
        images[to + i] = (images[to + i] as number) + epsilon * (signs[from + i] as number);
      }
    });
    clip(images, bounds);
    return images;
  };
}
