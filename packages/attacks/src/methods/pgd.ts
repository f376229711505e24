import { searchRestarts } from '../best-so-far.js';
import type { Evaluation } from '../evaluation.js';
import { type NumberedImages, selectRows } from '../image-set.js';
import { crossEntropyObjective, type Objective } from '../objective.js';
import type { PerturbRows } from '../perturb-rows.js';
import { type RandomStart, randomStart, type Start } from '../random-start.js';
import { startStanding } from '../standing-images.js';
import { clip, type Norm, projectToBall, stepAlong } from '../vectors.js';

/** Projected gradient descent. */
export interface Pgd {
  readonly kind: 'pgd';
  readonly objective: Objective;
  /** The ball around x: |delta_i| <= epsilon, or ||delta||_2 <= epsilon. */
  readonly norm: Norm;
  readonly steps: number;
  readonly stepSize: StepSize;
  readonly clip: 'every step' | 'after the last step';
  readonly start: Start;
  /** Whether an image is looked at after each step, and left as it is once misclassified: costs a forward call a step. */
  readonly stopEarly: boolean;
}

/** What {@link pgd} can be told beside its steps. */
export interface PgdOptions {
  /** Cross-entropy unless told. */
  readonly objective?: Objective;
  /** The image itself unless told. */
  readonly start?: Start;
  /** No unless told. */
  readonly stopEarly?: boolean;
}

/** How far a step of PGD goes. */
export type StepSize =
  | { readonly kind: 'share of epsilon'; readonly share: number }
  /** A constant size, and a share of epsilon where epsilon is below that size. */
  | { readonly kind: 'constant'; readonly size: number; readonly shareBelow: number }
  /** Any rule; steps count from 0. */
  | { readonly kind: 'rule'; readonly length: (step: number, epsilon: number) => number };

/**
 * Projected gradient descent on the objective (Madry et al. 2018), from x or from random points of the ball, of which
 * the best is kept: one that is misclassified, else the one of the largest objective. Each step goes by sign(g) (linf) or
 * g / ||g||_2 (l2), then back into the ball, then into the bounds if `clip` says so. A zero gradient makes no step.
 *
 * @throws Error where steps or restarts are not positive integers or a step size not positive.
 *
 * @example
 * // The PGD of arXiv 2405.00679: steps of 1e-2, or of 0.1 epsilon where epsilon < 1e-2, clipped once.
 * const attack = pgd({
 *   norm: 'linf',
 *   steps: 20,
 *   stepSize: { kind: 'constant', size: 1e-2, shareBelow: 0.1 },
 *   clip: 'after the last step',
 * });
 * // A strong one.
 * pgd({
 *   norm: 'linf',
 *   steps: 40,
 *   stepSize: { kind: 'share of epsilon', share: 0.1 },
 *   clip: 'every step',
 *   objective: { kind: 'margin' },
 *   start: { kind: 'random', restarts: 5, uniforms },
 *   stopEarly: true,
 * });
 */
export function pgd(settings: Omit<Pgd, 'kind' | keyof PgdOptions> & PgdOptions): Pgd {
  const {
    steps,
    stepSize,
    objective = crossEntropyObjective,
    start = { kind: 'image' },
    stopEarly = false,
  } = settings;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Error(`pgd: expected a positive number of steps, got ${steps}`);
  }
  const faulty = sizesOf(stepSize).find((size) => !(size > 0 && Number.isFinite(size)));
  if (faulty !== undefined) throw new Error(`pgd: expected positive, finite step sizes, got ${faulty}`);
  if (start.kind === 'random' && !(Number.isInteger(start.restarts) && start.restarts >= 1)) {
    throw new Error(`pgd: expected a positive number of restarts, got ${start.restarts}`);
  }
  return { ...settings, kind: 'pgd', objective, start, stopEarly };
}

/**
 * The basic iterative method towards a target class (Kurakin et al. 2017): PGD in Linf from the image, which lowers the
 * cross-entropy of the target, clipped at every step. An image counts as adversarial once it is misclassified, as
 * whatever class.
 *
 * @example
 * const attack = targetedIterative({ target: { kind: 'offset', offset: 1 }, steps: 10, stepSize: { kind: 'share of epsilon', share: 0.25 } });
 */
export function targetedIterative({
  target,
  steps,
  stepSize,
}: {
  readonly target: (Objective & { kind: 'targeted cross-entropy' })['target'];
  readonly steps: number;
  readonly stepSize: StepSize;
}): Pgd {
  const objective: Objective = { kind: 'targeted cross-entropy', target };
  return pgd({ norm: 'linf', steps, stepSize, clip: 'every step', objective });
}

/** The length of one step of PGD at this epsilon; steps count from 0. */
export function stepLength(stepSize: StepSize, step: number, epsilon: number): number {
  switch (stepSize.kind) {
    case 'share of epsilon':
      return stepSize.share * epsilon;
    case 'constant':
      return epsilon < stepSize.size ? stepSize.shareBelow * epsilon : stepSize.size;
    case 'rule':
      return stepSize.length(step, epsilon);
  }
}

/** Prepares PGD on a batch; nothing is taken once for all epsilons. */
export function preparePgd(evaluation: Evaluation, attack: Pgd, batch: NumberedImages): PerturbRows {
  const { inputs } = evaluation.classifier;
  return async (rows, epsilons, draw) => {
    const selected = selectRows(batch, inputs, rows);
    const { start } = attack;
    if (start.kind === 'image')
      return descend(evaluation, attack, selected, epsilons, selected.images.slice());
    return searchRestarts(evaluation, attack.objective, selected, start.restarts, (standing, restart) => {
      const part = selectRows(selected, inputs, standing);
      const radii = standing.map((row) => epsilons[row] as number);
      const from = startOf(start, evaluation, attack, part, radii, `pgd start ${restart}, ${draw}`);
      return descend(evaluation, attack, part, radii, from);
    });
  };
}

function startOf(
  start: RandomStart,
  { classifier: { inputs, bounds } }: Evaluation,
  { norm }: Pgd,
  batch: NumberedImages,
  epsilons: readonly number[],
  stream: string,
): Float32Array {
  const images = randomStart(start.uniforms, stream, norm, batch, inputs, epsilons);
  clip(images, bounds);
  return images;
}

/** All steps from the given images, which it overwrites. */
async function descend(
  evaluation: Evaluation,
  attack: Pgd,
  batch: NumberedImages,
  epsilons: readonly number[],
  images: Float32Array,
): Promise<Float32Array> {
  const { inputs, bounds } = evaluation.classifier;
  const { norm, steps, stepSize, objective } = attack;
  const standing = startStanding(evaluation, batch, images, epsilons);
  for (let step = 0; step < steps && standing.epsilons.length > 0; step++) {
    const { current, centres, epsilons: radii } = standing;
    const gradient = await evaluation.gradient(current, objective);
    const lengths = radii.map((epsilon) => stepLength(stepSize, step, epsilon));
    stepAlong(norm, current.images, gradient, inputs, lengths);
    projectToBall(norm, current.images, centres, inputs, radii);
    if (attack.clip === 'every step') clip(current.images, bounds);
    if (attack.stopEarly && step < steps - 1) await standing.dropMisclassified();
  }
  return standing.finish();
}

function sizesOf(stepSize: StepSize): number[] {
  switch (stepSize.kind) {
    case 'share of epsilon':
      return [stepSize.share];
    case 'constant':
      return [stepSize.size, stepSize.shareBelow];
    case 'rule':
      return [];
  }
}
