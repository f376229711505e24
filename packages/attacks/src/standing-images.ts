import type { Evaluation } from './evaluation.js';
import { gatherRows, type NumberedImages, selectRows } from './image-set.js';
import { clip } from './vectors.js';

/** The images of an iterative attack that are still worked on; what is dropped is kept for the end. */
export interface StandingImages {
  /** Where the attack is: its images are changed in place. */
  readonly current: NumberedImages;
  /** The clean images of the standing, [count, inputs]. */
  readonly centres: Float32Array;
  readonly epsilons: readonly number[];
  /** Looks at the current images, within the bounds, and puts the misclassified ones aside. */
  dropMisclassified(): Promise<void>;
  /** All images, in the order of the beginning, within the bounds: [count, inputs]. */
  finish(): Float32Array;
}

/** Starts with every image standing, at the given images, which are changed in place. */
export function startStanding(
  evaluation: Evaluation,
  batch: NumberedImages,
  images: Float32Array,
  startEpsilons: readonly number[],
): StandingImages {
  const { inputs, bounds } = evaluation.classifier;
  let current: NumberedImages = { ...batch, images };
  let centres = batch.images;
  let epsilons = startEpsilons;
  let places = epsilons.map((_, row) => row);
  let dropped: Float32Array | undefined;
  return {
    get current() {
      return current;
    },
    get centres() {
      return centres;
    },
    get epsilons() {
      return epsilons;
    },
    async dropMisclassified() {
      const shown = current.images.slice();
      clip(shown, bounds);
      const predicted = await evaluation.predict(shown, current.imageNumbers);
      const stays = Array.from(predicted.keys()).filter((row) => predicted[row] === current.labels[row]);
      if (stays.length === predicted.length) return;
      dropped ??= new Float32Array(batch.images.length);
      scatterRows(dropped, shown, inputs, places);
      current = selectRows(current, inputs, stays);
      centres = gatherRows(centres, inputs, stays);
      epsilons = stays.map((row) => epsilons[row] as number);
      places = stays.map((row) => places[row] as number);
    },
    finish() {
      clip(current.images, bounds);
      if (dropped === undefined) return current.images;
      scatterRows(dropped, current.images, inputs, places);
      return dropped;
    },
  };
}

function scatterRows(to: Float32Array, rows: Float32Array, width: number, places: readonly number[]): void {
  places.forEach((place, row) => {
    to.set(rows.subarray(row * width, (row + 1) * width), place * width);
  });
}
