import { predictedClass } from '@hebblab/attacks';
import type { OpenModel } from '@hebblab/models';

/**
 * Share of inputs [count, inputs] whose predicted class is their label.
 *
 * @example
 * const accuracy = accuracyOf(open, normalisedImages(test, test.count), test.images.labels);
 */
export function accuracyOf(open: OpenModel, inputs: Float32Array, labels: Uint8Array): number {
  const logits = open.logits(inputs, labels.length);
  let correct = 0;
  labels.forEach((label, sample) => {
    if (predictedClass(logits, open.classes, sample) === label) correct += 1;
  });
  return correct / labels.length;
}
