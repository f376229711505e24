import { type Classifier, requireClassifier } from './classifier.js';

/** Images with their true labels. */
export interface ImageSet {
  /** [count, inputs], finite and within the classifier's bounds. */
  readonly images: Float32Array;
  /** [count], each below the classifier's classes. */
  readonly labels: Uint8Array;
}

/** A batch of images and their numbers in the whole set, which index random numbers, targets and counts. */
export interface NumberedImages extends ImageSet {
  readonly imageNumbers: readonly number[];
}

/** Copies the given rows of a batch. */
export function selectRows(batch: NumberedImages, inputs: number, rows: readonly number[]): NumberedImages {
  return {
    images: gatherRows(batch.images, inputs, rows),
    labels: Uint8Array.from(rows, (row) => batch.labels[row] as number),
    imageNumbers: rows.map((row) => batch.imageNumbers[row] as number),
  };
}

/** Refuses images and labels that do not fit each other or the classifier. */
export function requireImageSet(
  operation: string,
  classifier: Classifier,
  { images, labels }: ImageSet,
): void {
  requireClassifier(operation, classifier);
  const { inputs, classes, bounds } = classifier;
  if (images.length !== labels.length * inputs) {
    throw new Error(
      `${operation}: expected images of ${labels.length} x ${inputs} values, one image a label, got ${images.length}`,
    );
  }
  const label = labels.findIndex((value) => value >= classes);
  if (label >= 0) {
    throw new Error(
      `${operation}: expected labels below ${classes}, got ${labels[label]} for image ${label}`,
    );
  }
  const lower = bounds.kind === 'box' ? Math.fround(bounds.lower) : -Number.MAX_VALUE;
  const upper = bounds.kind === 'box' ? Math.fround(bounds.upper) : Number.MAX_VALUE;
  // Written so that NaN fails as well.
  const faulty = firstOutside(images, lower, upper);
  if (faulty >= 0) {
    const expected = bounds.kind === 'box' ? `values in [${bounds.lower}, ${bounds.upper}]` : 'finite values';
    throw new Error(
      `${operation}: expected ${expected}, got ${images[faulty]} in image ${Math.floor(faulty / inputs)}`,
    );
  }
}

function firstOutside(values: Float32Array, lower: number, upper: number): number {
  for (let i = 0; i < values.length; i++) {
    if (!((values[i] as number) >= lower && (values[i] as number) <= upper)) return i;
  }
  return -1;
}

/** Refuses a batch size that is not a positive integer. */
export function requireBatchSize(operation: string, batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new Error(`${operation}: expected a positive batch size, got ${batchSize}`);
  }
}

/** Refuses an epsilon that is negative or not finite. */
export function requireEpsilon(operation: string, epsilon: number): void {
  if (!(epsilon >= 0 && Number.isFinite(epsilon))) {
    throw new Error(`${operation}: expected a finite epsilon of at least 0, got ${epsilon}`);
  }
}

/** Refuses epsilons that do not ascend strictly. */
export function requireAscending(operation: string, epsilons: readonly number[]): void {
  epsilons.forEach((epsilon, index) => {
    requireEpsilon(operation, epsilon);
    const previous = epsilons[index - 1];
    if (previous !== undefined && epsilon <= previous) {
      throw new Error(`${operation}: expected ascending epsilons, got ${epsilon} after ${previous}`);
    }
  });
}

/** Copies the given rows of [count, width] values, in the given order. */
export function gatherRows(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    gathered.set(values.subarray(row * width, (row + 1) * width), index * width);
  });
  return gathered;
}
