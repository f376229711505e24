import { type Attack, promiseOf } from './attack.js';
import type { Evaluation } from './evaluation.js';
import { gatherRows, type NumberedImages, selectRows } from './image-set.js';
import { type ImageStatus, statusOf } from './image-status.js';
import { preparePerturbation } from './perturbation.js';
import { judge } from './verification.js';

/** What one walk over a grid of epsilons is to find out. */
export interface WalkPurpose {
  /** The first flip of each image, checked again. */
  readonly firstFlips: boolean;
  /** How many images are classified correctly at each epsilon; without it only images still standing are attacked. */
  readonly counts: boolean;
}

/** What a walk found; what it was not asked for is empty. */
export interface Walk {
  readonly statuses: ImageStatus[];
  /** For each epsilon, the images classified correctly there. */
  readonly correct: number[];
}

/** Attacks a batch of initially correct images at each epsilon in turn. */
export async function walkGrid(
  evaluation: Evaluation,
  attack: Attack,
  batch: NumberedImages,
  epsilons: readonly number[],
  purpose: WalkPurpose,
  signal: AbortSignal | undefined,
): Promise<Walk> {
  const statuses: ImageStatus[] = batch.imageNumbers.map(() => ({ status: 'robust within the grid' }));
  const correct = epsilons.map(() => 0);
  const all = statuses.map((_, row) => row);
  if (all.length === 0) return { statuses, correct };
  const standing = new Set(all);
  const perturbRows = await preparePerturbation(evaluation, attack, batch);
  for (const [epsilonIndex, epsilon] of epsilons.entries()) {
    const rows = purpose.counts ? all : [...standing];
    if (rows.length === 0) break;
    signal?.throwIfAborted();
    const perturbed = await perturbRows(
      rows,
      rows.map(() => epsilon),
      `epsilon ${epsilonIndex}`,
    );
    const predicted = await evaluation.predict(
      perturbed,
      rows.map((row) => batch.imageNumbers[row] as number),
    );
    const flipped = Array.from(predicted.keys()).filter(
      (index) => predicted[index] !== batch.labels[rows[index] as number],
    );
    correct[epsilonIndex] = rows.length - flipped.length;
    const first = flipped.filter((index) => standing.has(rows[index] as number));
    if (!purpose.firstFlips || first.length === 0) continue;

    const fallen = first.map((index) => rows[index] as number);
    const { inputs } = evaluation.classifier;
    const found = await judgeFlips(
      evaluation,
      attack,
      selectRows(batch, inputs, fallen),
      gatherRows(perturbed, inputs, first),
      fallen.map(() => epsilon),
    );
    fallen.forEach((row, index) => {
      statuses[row] = found[index] as ImageStatus;
      standing.delete(row);
    });
  }
  return { statuses, correct };
}

/** Checks flips again, each at its own epsilon. */
export async function judgeFlips(
  evaluation: Evaluation,
  attack: Attack,
  batch: NumberedImages,
  adversarial: Float32Array,
  epsilons: readonly number[],
): Promise<ImageStatus[]> {
  const { bounds } = evaluation.classifier;
  const verdicts = await judge(evaluation, {
    ...batch,
    adversarial,
    bounds: promiseOf(attack, 0, bounds).bounds,
    budgets: epsilons.map((epsilon) => promiseOf(attack, epsilon, bounds).budget),
  });
  return verdicts.map((verdict, index) => statusOf(verdict, epsilons[index] as number));
}
