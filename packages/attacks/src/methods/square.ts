import { startBestSoFar } from '../best-so-far.js';
import type { Evaluation } from '../evaluation.js';
import { gatherRows, type NumberedImages, selectRows } from '../image-set.js';
import type { PerturbRows } from '../perturb-rows.js';
import type { Uniforms } from '../random-source.js';
import { clip } from '../vectors.js';

/** Random squares of +-epsilon. */
export interface Square {
  readonly kind: 'square';
  /** Of an image: [rows, columns, channels], channels last. */
  readonly shape: readonly [number, number, number];
  /** Forward calls an image at most. */
  readonly queries: number;
  /** Share of the image that the first squares cover. */
  readonly firstShare: number;
  readonly uniforms: Uniforms;
}

/**
 * Square attack, Linf (Andriushchenko et al. 2020): no gradients, the margin alone. Starts from vertical stripes of
 * +-epsilon in each channel; then tries one square at a time, of +-epsilon in each channel, and keeps it where the margin
 * falls. The share of the image that a square covers is halved after 0.1, 0.5, 2, 5, 10, 20, 40, 60 and 80 % of the
 * queries. An image is left as it is once it is misclassified. A square that would change nothing is turned over instead
 * of drawn again, so that an image reads the same random numbers whatever happened before.
 *
 * @param settings - firstShare is 0.8 unless told, as in AutoAttack
 * @throws Error where a number is out of range.
 *
 * @example
 * const attack = square({ shape: [28, 28, 1], queries: 1000, uniforms });
 */
export function square(
  settings: Omit<Square, 'kind' | 'firstShare'> & { readonly firstShare?: number },
): Square {
  const { shape, queries, firstShare = 0.8 } = settings;
  if (shape.length !== 3 || !shape.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new Error(
      `square: expected a shape of rows, columns and channels, each at least 1, got ${shape.join(' x ')}`,
    );
  }
  if (!Number.isInteger(queries) || queries < 1) {
    throw new Error(`square: expected a positive number of queries, got ${queries}`);
  }
  if (!(firstShare > 0 && firstShare <= 1)) {
    throw new Error(`square: expected a firstShare in (0, 1], got ${firstShare}`);
  }
  return { ...settings, kind: 'square', firstShare };
}

/** Prepares the attack on a batch. */
export function prepareSquare(evaluation: Evaluation, attack: Square, batch: NumberedImages): PerturbRows {
  const { inputs, bounds } = evaluation.classifier;
  const [height, width, channels] = attack.shape;
  if (height * width * channels !== inputs) {
    throw new Error(
      `${evaluation.operation}: expected a square attack on ${inputs} inputs, got the shape ${attack.shape.join(' x ')}`,
    );
  }
  return async (rows, epsilons, draw) => {
    const selected = selectRows(batch, inputs, rows);
    const best = startBestSoFar(evaluation, { kind: 'margin' }, selected);
    for (let query = 0; query < attack.queries && best.standing.length > 0; query++) {
      const standing = best.standing;
      const candidates = gatherRows(best.images, inputs, standing);
      standing.forEach((row, index) => {
        const image = candidates.subarray(index * inputs, (index + 1) * inputs);
        const centre = selected.images.subarray(row * inputs, (row + 1) * inputs);
        const imageNumber = selected.imageNumbers[row] as number;
        const epsilon = epsilons[row] as number;
        if (query === 0) addStripes(attack, image, centre, epsilon, imageNumber, draw);
        else addSquare(attack, image, centre, epsilon, imageNumber, query, draw);
      });
      clip(candidates, bounds);
      await best.offer(standing, candidates);
    }
    return best.images;
  };
}

function addStripes(
  { shape: [height, width, channels], uniforms }: Square,
  image: Float32Array,
  centre: Float32Array,
  epsilon: number,
  imageNumber: number,
  draw: string,
): void {
  const stripe = width * channels;
  const numbers = new Float32Array(stripe);
  uniforms(`square stripes, ${draw}`, imageNumber * stripe, numbers);
  for (let i = 0; i < height * stripe; i++) {
    image[i] = (centre[i] as number) + epsilon * signOf(numbers[i % stripe] as number);
  }
}

function addSquare(
  { shape: [height, width, channels], queries, firstShare, uniforms }: Square,
  image: Float32Array,
  centre: Float32Array,
  epsilon: number,
  imageNumber: number,
  query: number,
  draw: string,
): void {
  const numbers = new Float32Array(2 + channels);
  uniforms(`square ${query}, ${draw}`, imageNumber * numbers.length, numbers);
  const share = firstShare / 2 ** halvings(query / queries);
  const side = Math.min(height, width, Math.max(1, Math.round(Math.sqrt(share * height * width))));
  const top = Math.floor((numbers[0] as number) * (height - side + 1));
  const left = Math.floor((numbers[1] as number) * (width - side + 1));
  const places = squarePlaces(top, left, side, width, channels);
  const targetOf = (place: number, turned: number) =>
    Math.fround(
      (centre[place] as number) + turned * epsilon * signOf(numbers[2 + (place % channels)] as number),
    );
  const changes = places.some((place) => image[place] !== targetOf(place, 1));
  for (const place of places) image[place] = targetOf(place, changes ? 1 : -1);
}

function squarePlaces(top: number, left: number, side: number, width: number, channels: number): number[] {
  const places: number[] = [];
  for (let row = top; row < top + side; row++) {
    const first = (row * width + left) * channels;
    for (let i = 0; i < side * channels; i++) places.push(first + i);
  }
  return places;
}

/** How often the share has been halved when this part of the queries is spent. */
function halvings(spent: number): number {
  return [0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8].filter((turn) => spent > turn).length;
}

function signOf(uniform: number): number {
  return uniform < 0.5 ? -1 : 1;
}
