import { type Bounds, type Classifier, isDifferentiable } from '../classifier.js';
import type { Calls } from '../evaluation.js';

/**
 * A classifier under suspicion: its calls are counted, it is given copies, and values that are not finite are answers to
 * be judged, not errors.
 */
export interface Probe {
  readonly inputs: number;
  readonly classes: number;
  readonly bounds: Bounds;
  readonly differentiable: boolean;
  /** [count, inputs] -> a copy of [count, classes], asked `batchSize` images at a time. */
  logits(images: Float32Array, batchSize?: number): Promise<Float32Array>;
  /** The predicted class of each image; `undecided` where a logit is not finite. */
  predict(images: Float32Array): Promise<Int16Array>;
  /** The gradients of the cross-entropy, a copy, as they come. */
  gradient(images: Float32Array, labels: Uint8Array): Promise<Float32Array>;
  calls(): Calls;
}

/** What is predicted from logits that are not all finite. */
export const undecided = -1;

export function startProbe(classifier: Classifier, batchSize: number, signal?: AbortSignal): Probe {
  const { inputs, classes, bounds } = classifier;
  const differentiable = isDifferentiable(classifier);
  let forward = 0;
  let gradient = 0;

  async function inBatches(
    name: string,
    count: number,
    width: number,
    size: number,
    ask: (first: number, last: number) => Float32Array | Promise<Float32Array>,
  ): Promise<Float32Array> {
    const answers = new Float32Array(count * width);
    for (let first = 0; first < count; first += size) {
      signal?.throwIfAborted();
      const last = Math.min(count, first + size);
      const answer = await ask(first, last);
      if (answer.length !== (last - first) * width) {
        throw new Error(
          `audit: expected ${last - first} x ${width} ${name} from the classifier, got ${answer.length} values`,
        );
      }
      answers.set(answer, first * width);
    }
    return answers;
  }

  async function logits(images: Float32Array, size = batchSize): Promise<Float32Array> {
    const count = images.length / inputs;
    forward += count;
    return inBatches('logits', count, classes, size, (first, last) =>
      classifier.logits(images.slice(first * inputs, last * inputs), last - first),
    );
  }

  return {
    inputs,
    classes,
    bounds,
    differentiable,
    logits,
    predict: async (images) => predictions(await logits(images), classes),
    async gradient(images, labels) {
      if (!isDifferentiable(classifier)) {
        throw new Error('audit: expected a classifier with lossGradient, got one without');
      }
      const count = images.length / inputs;
      gradient += count;
      return inBatches('loss gradients', count, inputs, batchSize, (first, last) =>
        classifier.lossGradient(
          images.slice(first * inputs, last * inputs),
          labels.slice(first, last),
          last - first,
        ),
      );
    },
    calls: () => ({ forward, gradient }),
  };
}

/** The class with the largest logit of each row, the lower index where two are equal. */
export function predictions(logits: Float32Array, classes: number): Int16Array {
  return Int16Array.from({ length: logits.length / classes }, (_, row) => {
    const values = logits.subarray(row * classes, (row + 1) * classes);
    if (!values.every(Number.isFinite)) return undecided;
    return largestIndex(values, undecided);
  });
}

/** The class, other than its label, with the largest logit of each row. */
export function runnersUp(logits: Float32Array, labels: Uint8Array, classes: number): Uint8Array {
  return Uint8Array.from(labels, (label, row) =>
    largestIndex(logits.subarray(row * classes, (row + 1) * classes), label),
  );
}

/** z_y - max_{j != y} z_j of each row, in float64. */
export function margins(logits: Float32Array, labels: Uint8Array, classes: number): Float64Array {
  const others = runnersUp(logits, labels, classes);
  return Float64Array.from(
    labels,
    (label, row) =>
      (logits[row * classes + label] as number) - (logits[row * classes + (others[row] as number)] as number),
  );
}

/** Largest minus smallest value of each row; NaN where one is not finite. */
export function spreads(logits: Float32Array, classes: number): Float64Array {
  return Float64Array.from({ length: logits.length / classes }, (_, row) => {
    const values = logits.subarray(row * classes, (row + 1) * classes);
    return values.every(Number.isFinite) ? Math.max(...values) - Math.min(...values) : Number.NaN;
  });
}

/** The median of the finite values; 0 of none. */
export function medianOf(values: Iterable<number>): number {
  const sorted = [...values].filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

function largestIndex(values: Float32Array, except: number): number {
  let best = except === 0 ? 1 : 0;
  for (let index = 0; index < values.length; index++) {
    if (index !== except && (values[index] as number) > (values[best] as number)) best = index;
  }
  return best;
}
