import type { Evaluation } from './evaluation.js';
import { gatherRows, type ImageSet } from './image-set.js';
import type { NumberedImages } from './perturbation.js';

/** Of images first .. first + batchSize - 1, those that the classifier gets right before any attack. */
export async function initiallyCorrect(
  evaluation: Evaluation,
  { images, labels }: ImageSet,
  first: number,
  batchSize: number,
): Promise<NumberedImages> {
  const { inputs } = evaluation.classifier;
  const batchLabels = labels.slice(first, first + batchSize);
  const batchImages = images.slice(first * inputs, (first + batchSize) * inputs);
  const predicted = await evaluation.predict(batchImages, batchLabels.length);
  const rows = Array.from(batchLabels.keys()).filter((row) => predicted[row] === batchLabels[row]);
  return {
    images: gatherRows(batchImages, inputs, rows),
    labels: Uint8Array.from(rows, (row) => batchLabels[row] as number),
    imageNumbers: rows.map((row) => first + row),
  };
}
