import {
  type Bounds,
  type Classifier,
  type ClassifierObjective,
  type DifferentiableClassifier,
  requireClassifier,
} from './classifier.js';

type Answer = ArrayLike<number> | Promise<ArrayLike<number>>;

/** A model given as functions of a batch, such as a remote service or an ONNX session. */
export interface BatchFunctions {
  readonly inputs: number;
  readonly classes: number;
  readonly bounds: Bounds;
  /** Images in one call at most; a larger batch is asked in parts, one after the other. */
  readonly largestBatch: number;
  /** [count, inputs] -> [count, classes] */
  readonly logits: (images: Float32Array, count: number) => Answer;
}

/** The same with the gradients that the model can give. */
export interface DifferentiableBatchFunctions extends BatchFunctions {
  /** [count, inputs], [count] -> [count, inputs], each sample's own cross-entropy gradient */
  readonly lossGradient: (images: Float32Array, labels: Uint8Array, count: number) => Answer;
  readonly objectiveGradient?: (
    images: Float32Array,
    labels: Uint8Array,
    count: number,
    objective: ClassifierObjective,
  ) => Answer;
}

/**
 * Makes a classifier from functions of a batch, of any engine: plain or late answers, in any kind of array.
 *
 * @throws Error where inputs, classes, bounds or largestBatch make no sense, and later where a function answers with the
 * wrong length.
 *
 * @example
 * const remote = classifierFromBatches({
 *   inputs: 784,
 *   classes: 10,
 *   bounds: { kind: 'box', lower: 0, upper: 1 },
 *   largestBatch: 64,
 *   logits: async (images, count) => {
 *     const { output } = await session.run({ input: new ort.Tensor('float32', images, [count, 784]) });
 *     return output.data;
 *   },
 * });
 */
export function classifierFromBatches(functions: DifferentiableBatchFunctions): DifferentiableClassifier;
export function classifierFromBatches(functions: BatchFunctions): Classifier;
export function classifierFromBatches(
  functions: BatchFunctions | DifferentiableBatchFunctions,
): Classifier | DifferentiableClassifier {
  const { inputs, classes, bounds, largestBatch } = functions;
  if (!Number.isInteger(largestBatch) || largestBatch < 1) {
    throw new Error(`classifierFromBatches: expected a positive largestBatch, got ${largestBatch}`);
  }
  const classifier: Classifier = {
    inputs,
    classes,
    bounds,
    logits: (images, count) =>
      inParts('logits', largestBatch, count, classes, (first, end) =>
        functions.logits(images.slice(first * inputs, end * inputs), end - first),
      ),
  };
  requireClassifier('classifierFromBatches', classifier);
  if (!('lossGradient' in functions)) return classifier;
  const { objectiveGradient } = functions;
  const differentiable: DifferentiableClassifier = {
    ...classifier,
    lossGradient: (images, labels, count) =>
      inParts('lossGradient', largestBatch, count, inputs, (first, end) =>
        functions.lossGradient(
          images.slice(first * inputs, end * inputs),
          labels.slice(first, end),
          end - first,
        ),
      ),
  };
  if (objectiveGradient === undefined) return differentiable;
  return {
    ...differentiable,
    objectiveGradient: (images, labels, count, objective) =>
      inParts('objectiveGradient', largestBatch, count, inputs, (first, end) =>
        objectiveGradient(
          images.slice(first * inputs, end * inputs),
          labels.slice(first, end),
          end - first,
          objective,
        ),
      ),
  };
}

async function inParts(
  name: string,
  largestBatch: number,
  count: number,
  width: number,
  answer: (first: number, end: number) => Answer,
): Promise<Float32Array> {
  const answers = new Float32Array(count * width);
  for (let first = 0; first < count; first += largestBatch) {
    const end = Math.min(count, first + largestBatch);
    const values = await answer(first, end);
    if (values.length !== (end - first) * width) {
      throw new Error(
        `classifierFromBatches: expected ${end - first} x ${width} values from ${name}, got ${values.length}`,
      );
    }
    answers.set(values, first * width);
  }
  return answers;
}
