import { startBestSoFar } from '../best-so-far.js';
import type { Evaluation } from '../evaluation.js';
import { type NumberedImages, selectRows } from '../image-set.js';
import { crossEntropyObjective } from '../objective.js';
import type { PerturbRows } from '../perturb-rows.js';
import { randomStart, type Start } from '../random-start.js';
import { clip, type Norm, projectToBall, stepAlong } from '../vectors.js';

/** Climbs the second-order expansion of the cross-entropy, repeatedly. */
export interface SecondOrder {
  readonly kind: 'second order';
  readonly norm: Norm;
  /** How often the loss is expanded anew. */
  readonly rounds: number;
  /** Projected steps on each expansion; the first costs no Hessian-vector product. */
  readonly steps: number;
  /** Length of a step, as a share of epsilon. */
  readonly stepShare: number;
  readonly start: Start;
}

/**
 * Second-order attack (after arXiv 1703.09202, which does not define its own; this is the definition here).
 *
 * In the set B = { u : ||u - x||_p <= epsilon, u within the bounds } it raises the cross-entropy l of the label:
 *
 *     u_0 = x, or a random point of B (then, of all restarts, the best is kept)
 *     for r = 0 .. rounds - 1
 *         g = grad l(u_r),  H = hessian l(u_r):   q(d) = g . d + d . H d / 2
 *         d_0 = 0
 *         for s = 0 .. steps - 1
 *             v = g + H d_s                                        the gradient of q at d_s
 *             d_(s+1) = P(u_r + d_s + stepShare epsilon dir(v)) - u_r
 *         u_(r+1) = u_r + d_steps
 *
 * dir(v) = sign(v) (linf) or v / ||v||_2 (l2), 0 for v = 0; P goes back into the ball around x, then into the bounds.
 * Every u_r, r >= 1, is looked at: the first that is misclassified is the answer, and ends the work on that image; if
 * none is, the one of the largest l. With steps = 1 it is PGD. Where the gradient is exactly zero (saturated units) it
 * does not move from x either: start at random there.
 *
 * An image costs, a round, one forward call, one gradient and steps - 1 Hessian-vector products.
 *
 * @throws Error where a number is out of range; later, where the classifier has no hessianVectorProduct.
 *
 * @example
 * const attack = secondOrder({ norm: 'linf', rounds: 5, steps: 4, stepShare: 0.25 });
 */
export function secondOrder(
  settings: Omit<SecondOrder, 'kind' | 'start'> & { readonly start?: Start },
): SecondOrder {
  const { rounds, steps, stepShare, start = { kind: 'image' } } = settings;
  const whole: [string, number][] = [
    ['rounds', rounds],
    ['steps', steps],
    ['restarts', start.kind === 'random' ? start.restarts : 1],
  ];
  for (const [name, number] of whole) {
    if (!Number.isInteger(number) || number < 1) {
      throw new Error(`secondOrder: expected a positive number of ${name}, got ${number}`);
    }
  }
  if (!(stepShare > 0 && Number.isFinite(stepShare))) {
    throw new Error(`secondOrder: expected a positive, finite stepShare, got ${stepShare}`);
  }
  return { ...settings, kind: 'second order', start };
}

/** Prepares the attack on a batch. */
export function prepareSecondOrder(
  evaluation: Evaluation,
  attack: SecondOrder,
  batch: NumberedImages,
): PerturbRows {
  const { inputs, bounds } = evaluation.classifier;
  const { norm, rounds, start } = attack;
  return async (rows, epsilons, draw) => {
    const selected = selectRows(batch, inputs, rows);
    const best = startBestSoFar(evaluation, crossEntropyObjective, selected);
    const restarts = start.kind === 'random' ? start.restarts : 1;
    for (let restart = 0; restart < restarts && best.standing.length > 0; restart++) {
      let standing = best.standing;
      let images = selectRows(selected, inputs, standing).images;
      if (start.kind === 'random') {
        const part = selectRows(selected, inputs, standing);
        const radii = standing.map((row) => epsilons[row] as number);
        images = randomStart(
          start.uniforms,
          `second-order start ${restart}, ${draw}`,
          norm,
          part,
          inputs,
          radii,
        );
        clip(images, bounds);
      }
      for (let round = 0; round < rounds && standing.length > 0; round++) {
        const centres = selectRows(selected, inputs, standing);
        const radii = standing.map((row) => epsilons[row] as number);
        images = await climb(evaluation, attack, { ...centres, images }, centres.images, radii);
        await best.offer(standing, images);
        const places = new Set(best.standing);
        const stays = Array.from(standing.keys()).filter((index) => places.has(standing[index] as number));
        images = selectRows({ ...centres, images }, inputs, stays).images;
        standing = stays.map((index) => standing[index] as number);
      }
    }
    return best.images;
  };
}

/** One round: the best point of q that the steps reach. */
async function climb(
  evaluation: Evaluation,
  { norm, steps, stepShare }: SecondOrder,
  expanded: NumberedImages,
  centres: Float32Array,
  epsilons: readonly number[],
): Promise<Float32Array> {
  const { inputs, bounds } = evaluation.classifier;
  const gradient = await evaluation.gradient(expanded, crossEntropyObjective);
  const lengths = epsilons.map((epsilon) => stepShare * epsilon);
  const images = expanded.images.slice();
  for (let step = 0; step < steps; step++) {
    let slope = gradient;
    if (step > 0) {
      const moved = images.map((value, i) => value - (expanded.images[i] as number));
      const curvature = await evaluation.hessianVectorProduct(expanded, moved);
      slope = gradient.map((value, i) => value + (curvature[i] as number));
    }
    stepAlong(norm, images, slope, inputs, lengths);
    projectToBall(norm, images, centres, inputs, epsilons);
    clip(images, bounds);
  }
  return images;
}
