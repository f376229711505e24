import type { Evaluation } from '../evaluation.js';
import { type NumberedImages, selectRows } from '../image-set.js';
import { margins } from '../objective.js';
import type { PerturbRows } from '../perturb-rows.js';
import type { Uniforms } from '../random-source.js';
import { startStanding } from '../standing-images.js';
import { clip, projectToBall } from '../vectors.js';

/** Gradient descent on gradients guessed from random differences. */
export interface Spsa {
  readonly kind: 'spsa';
  readonly steps: number;
  /** Random directions a step; each costs two forward calls. */
  readonly samples: number;
  /** Half the distance of the two points of a difference, in units of the inputs. */
  readonly difference: number;
  /** Of Adam, in units of the inputs. */
  readonly learningRate: number;
  readonly uniforms: Uniforms;
}

/**
 * SPSA, Linf (Uesato et al. 2018): no gradients. The gradient of the margin m is guessed as the mean over random signs v of
 * (m(u + c v) - m(u - c v)) / 2c v, and followed downward by Adam (beta 0.9 and 0.999), back into the ball and the bounds
 * at each step. An image is looked at after each step, and left as it is once misclassified. The points of the differences
 * may lie c outside the bounds.
 *
 * @throws Error where a number is out of range.
 *
 * @example
 * const attack = spsa({ steps: 50, samples: 32, difference: 0.01, learningRate: 0.01, uniforms });
 */
export function spsa(settings: Omit<Spsa, 'kind'>): Spsa {
  for (const name of ['steps', 'samples'] as const) {
    const number = settings[name];
    if (!Number.isInteger(number) || number < 1) {
      throw new Error(`spsa: expected a positive number of ${name}, got ${number}`);
    }
  }
  for (const name of ['difference', 'learningRate'] as const) {
    const number = settings[name];
    if (!(number > 0 && Number.isFinite(number))) {
      throw new Error(`spsa: expected a positive, finite ${name}, got ${number}`);
    }
  }
  return { kind: 'spsa', ...settings };
}

/** Prepares the attack on a batch. */
export function prepareSpsa(evaluation: Evaluation, attack: Spsa, batch: NumberedImages): PerturbRows {
  const { inputs, bounds } = evaluation.classifier;
  return async (rows, epsilons, draw) => {
    const selected = selectRows(batch, inputs, rows);
    const standing = startStanding(evaluation, selected, selected.images.slice(), epsilons);
    const moments = new Map(selected.imageNumbers.map((number) => [number, startAdam(inputs)]));
    for (let step = 0; step < attack.steps && standing.epsilons.length > 0; step++) {
      const { current, centres, epsilons: radii } = standing;
      const slopes = await guessSlopes(evaluation, attack, current, `spsa ${step}, ${draw}`);
      current.imageNumbers.forEach((number, row) => {
        const part = (values: Float32Array) => values.subarray(row * inputs, (row + 1) * inputs);
        moments.get(number)?.(part(current.images), part(slopes), attack.learningRate);
      });
      projectToBall('linf', current.images, centres, inputs, radii);
      clip(current.images, bounds);
      if (step < attack.steps - 1) await standing.dropMisclassified();
    }
    return standing.finish();
  };
}

/** The guessed gradient of the margin, [count, inputs]. */
async function guessSlopes(
  evaluation: Evaluation,
  { samples, difference, uniforms }: Spsa,
  { images, labels, imageNumbers }: NumberedImages,
  stream: string,
): Promise<Float32Array> {
  const { inputs, classes } = evaluation.classifier;
  const sums = new Float64Array(images.length);
  const signs = new Float32Array(images.length);
  for (let sample = 0; sample < samples; sample++) {
    imageNumbers.forEach((number, row) => {
      const first = (number * samples + sample) * inputs;
      uniforms(stream, first, signs.subarray(row * inputs, (row + 1) * inputs));
    });
    for (let i = 0; i < signs.length; i++) signs[i] = (signs[i] as number) < 0.5 ? -1 : 1;
    const marginsAt = async (side: number) => {
      const moved = images.map((value, i) => value + side * difference * (signs[i] as number));
      return margins(await evaluation.logits(moved, imageNumbers), labels, classes);
    };
    const above = await marginsAt(1);
    const below = await marginsAt(-1);
    for (let i = 0; i < sums.length; i++) {
      const row = Math.floor(i / inputs);
      const slope = ((above[row] as number) - (below[row] as number)) / (2 * difference);
      sums[i] = (sums[i] as number) + slope * (signs[i] as number);
    }
  }
  return Float32Array.from(sums, (sum) => sum / samples);
}

/** One image's Adam (Kingma & Ba 2015), downward. */
function startAdam(inputs: number): (image: Float32Array, slope: Float32Array, learningRate: number) => void {
  const mean = new Float64Array(inputs);
  const square = new Float64Array(inputs);
  let steps = 0;
  return (image, slope, learningRate) => {
    steps += 1;
    for (let i = 0; i < inputs; i++) {
      const value = slope[i] as number;
      mean[i] = 0.9 * (mean[i] as number) + 0.1 * value;
      square[i] = 0.999 * (square[i] as number) + 0.001 * value * value;
      const size = Math.sqrt((square[i] as number) / (1 - 0.999 ** steps)) + 1e-8;
      image[i] = (image[i] as number) - (learningRate * ((mean[i] as number) / (1 - 0.9 ** steps))) / size;
    }
  };
}
