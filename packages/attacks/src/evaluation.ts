import { predictedClass } from './classification.js';
import { type Classifier, isDifferentiable } from './classifier.js';

/** What was spent, counted in images: a forward call on a batch of 100 counts 100, whatever the batch split. */
export interface Calls {
  readonly forward: number;
  readonly gradient: number;
}

/**
 * A classifier whose answers are checked and whose calls are counted. It is given copies, so that one that writes to its
 * inputs cannot move the images that it is judged by.
 */
export interface Evaluation {
  readonly classifier: Classifier;
  /** The predicted class of each image. */
  predict(images: Float32Array, count: number): Promise<Uint8Array>;
  /** A copy that stays valid when the classifier is called again. */
  lossGradient(images: Float32Array, labels: Uint8Array, count: number): Promise<Float32Array>;
  calls(): Calls;
}

/** Wraps a classifier for the span of one operation, whose name starts every error. */
export function startEvaluation(operation: string, classifier: Classifier): Evaluation {
  const { inputs, classes } = classifier;
  let forward = 0;
  let gradient = 0;
  return {
    classifier,
    async predict(images, count) {
      forward += count;
      const logits = await classifier.logits(images.slice(), count);
      requireAnswer(operation, 'logits', logits, count, classes);
      return Uint8Array.from({ length: count }, (_, sample) => predictedClass(logits, classes, sample));
    },
    async lossGradient(images, labels, count) {
      if (!isDifferentiable(classifier)) {
        throw new Error(
          `${operation}: expected a classifier with lossGradient, which this attack needs, got one without`,
        );
      }
      gradient += count;
      const answer = await classifier.lossGradient(images.slice(), labels.slice(), count);
      requireAnswer(operation, 'loss gradients', answer, count, inputs);
      return answer.slice();
    },
    calls: () => ({ forward, gradient }),
  };
}

function requireAnswer(
  operation: string,
  name: string,
  values: Float32Array,
  count: number,
  width: number,
): void {
  if (values.length !== count * width) {
    throw new Error(
      `${operation}: expected ${count} x ${width} ${name} from the classifier, got ${values.length} values`,
    );
  }
  const faulty = values.findIndex((value) => !Number.isFinite(value));
  if (faulty >= 0) {
    throw new Error(
      `${operation}: expected finite ${name}, got ${values[faulty]} for row ${Math.floor(faulty / width)} of a batch of ${count}`,
    );
  }
}
