import type { Evaluation } from '../evaluation.js';
import { gatherRows, type NumberedImages } from '../image-set.js';
import type { PerturbRows } from '../perturb-rows.js';
import type { Normals } from '../random-source.js';

/** x + epsilon N(0, I), not clipped. */
export interface RandomNoise {
  readonly kind: 'random noise';
  readonly normals: Normals;
}

/**
 * Gaussian noise, x + epsilon N(0, I), not clipped (arXiv 2405.00679). On a grid it is fresh at each epsilon: image i
 * at the j-th epsilon reads elements [i inputs, (i + 1) inputs) of the stream `random noise, epsilon j`, both counted
 * from 0. In a bisection an image has one noise, of the stream `random noise, every epsilon`. Neither depends on how the
 * images are batched.
 *
 * @example
 * const attack = randomNoise({
 *   normals: (stream, first, out) => randomNormal(kernels, { seed: 1, stream, first }, out),
 * });
 */
export function randomNoise({ normals }: { readonly normals: Normals }): RandomNoise {
  return { kind: 'random noise', normals };
}

/** Prepares noise on a batch. */
export function prepareRandomNoise(
  evaluation: Evaluation,
  { normals }: RandomNoise,
  { images, imageNumbers }: NumberedImages,
): PerturbRows {
  const { inputs } = evaluation.classifier;
  const noise = new Float32Array(inputs);
  return async (rows, epsilons, draw) => {
    const perturbed = gatherRows(images, inputs, rows);
    rows.forEach((row, index) => {
      normals(`random noise, ${draw}`, (imageNumbers[row] as number) * inputs, noise);
      const epsilon = epsilons[index] as number;
      const first = index * inputs;
      for (let i = 0; i < inputs; i++) {
        perturbed[first + i] = (perturbed[first + i] as number) + epsilon * (noise[i] as number);
      }
    });
    return perturbed;
  };
}
