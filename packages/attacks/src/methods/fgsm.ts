import type { Evaluation } from '../evaluation.js';
import { gatherRows, type NumberedImages } from '../image-set.js';
import { crossEntropyObjective, type Objective } from '../objective.js';
import type { PerturbRows } from '../perturb-rows.js';
import { clip, stepAlong } from '../vectors.js';

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
  const gradient = await evaluation.gradient(batch, objective);
  return async (rows, epsilons) => {
    const images = gatherRows(batch.images, inputs, rows);
    stepAlong('linf', images, gatherRows(gradient, inputs, rows), inputs, epsilons);
    clip(images, bounds);
    return images;
  };
}
