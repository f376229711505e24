import type { Evaluation } from './evaluation.js';
import { type ImageSet, type NumberedImages, selectRows } from './image-set.js';

/** Of images first .. first + batchSize - 1, those that the classifier gets right before any attack. */
export async function initiallyCorrect(
  evaluation: Evaluation,
  { images, labels }: ImageSet,
  first: number,
  batchSize: number,
): Promise<NumberedImages> {
  const { inputs } = evaluation.classifier;
  const batchLabels = labels.slice(first, first + batchSize);
  const batch = {
    images: images.slice(first * inputs, (first + batchSize) * inputs),
    labels: batchLabels,
    imageNumbers: Array.from(batchLabels, (_, row) => first + row),
  };
  const predicted = await evaluation.predict(batch.images, batch.imageNumbers);
  const rows = Array.from(batchLabels.keys()).filter((row) => predicted[row] === batchLabels[row]);
  return selectRows(batch, inputs, rows);
}
