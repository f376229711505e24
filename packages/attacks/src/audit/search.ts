import type { ImageSet } from '../image-set.js';
import { undecided } from './probe.js';

/** What a search found at one epsilon: an adversarial image for each image that it broke. */
export interface Found {
  /** By the number of the image. */
  readonly adversarial: ReadonlyMap<number, Float32Array>;
  /** How many images were tried. */
  readonly tried: number;
}

/** Images still standing while a search goes on. The rows of `images` belong to the numbers of `standing`. */
export interface Search extends ImageSet {
  readonly inputs: number;
  readonly adversarial: Map<number, Float32Array>;
  readonly tried: number;
  /** Image numbers that are not broken yet. */
  standing(): number[];
  /** The image, as it was before the search. */
  centre(number: number): Float32Array;
  /** Labels of these images. */
  labelsOf(numbers: readonly number[]): Uint8Array;
  /** Takes note of those candidates whose predicted class is another one; returns the rows that are left. */
  record(numbers: readonly number[], candidates: Float32Array, predicted: Int16Array): number[];
}

export function startSearch(
  { images, labels }: ImageSet,
  inputs: number,
  numbers: readonly number[],
): Search {
  const adversarial = new Map<number, Float32Array>();
  return {
    images,
    labels,
    inputs,
    adversarial,
    tried: numbers.length,
    standing: () => numbers.filter((number) => !adversarial.has(number)),
    centre: (number) => images.subarray(number * inputs, (number + 1) * inputs),
    labelsOf: (chosen) => Uint8Array.from(chosen, (number) => labels[number] as number),
    record(chosen, candidates, predicted) {
      return [...chosen.keys()].filter((row) => {
        const number = chosen[row] as number;
        const answer = predicted[row] as number;
        if (answer === undecided || answer === labels[number]) return true;
        adversarial.set(number, candidates.slice(row * inputs, (row + 1) * inputs));
        return false;
      });
    },
  };
}

/** Joins images into one array. */
export function joined(parts: readonly Float32Array[], inputs: number): Float32Array {
  const all = new Float32Array(parts.length * inputs);
  parts.forEach((part, index) => {
    all.set(part, index * inputs);
  });
  return all;
}

/** One row of [count, width] values, not a copy. */
export function rowOf(values: Float32Array, width: number, row: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width);
}
