import { predictedClass } from '@hebblab/attacks';
import { normalisedImages, type OpenModel, type Samples } from '@hebblab/models';

/** Test images that an attack is tried on. */
export interface AttackedImages {
  /** Which of the test images, in order. */
  readonly numbers: readonly number[];
  /** [count, inputs] */
  readonly images: Float32Array;
  /** [count] */
  readonly labels: Uint8Array;
}

/**
 * The first images that the model classifies correctly, fewer where there are not so many, and how many of all it does.
 *
 * @param values all images of `test`, normalised
 */
export function firstCorrectImages(
  open: OpenModel,
  test: Samples,
  values: Float32Array,
  wanted: number,
): AttackedImages & { readonly correct: number } {
  const { labels } = test.images;
  const logits = open.logits(values, test.count);
  const correct = Array.from(labels.keys()).filter(
    (image) => predictedClass(logits, open.classes, image) === labels[image],
  );
  const numbers = correct.slice(0, wanted);
  const images = new Float32Array(numbers.length * test.inputs);
  numbers.forEach((number, row) => {
    images.set(values.subarray(number * test.inputs, (number + 1) * test.inputs), row * test.inputs);
  });
  const ownLabels = Uint8Array.from(numbers, (number) => labels[number] as number);
  return { numbers, images, labels: ownLabels, correct: correct.length };
}

/** The first images of the set. */
export function firstImages(test: Samples, wanted: number): AttackedImages {
  const count = Math.min(wanted, test.count);
  return {
    numbers: Array.from({ length: count }, (_, number) => number),
    images: normalisedImages(test, count),
    labels: test.images.labels.subarray(0, count),
  };
}
