import { predictedClass } from './classification.js';
import { type Classifier, type DifferentiableClassifier, isDifferentiable } from './classifier.js';
import type { NumberedImages } from './image-set.js';
import type { Objective } from './objective.js';
import { objectiveGradient } from './objective-gradient.js';

/**
 * What was spent, counted in images: a forward call on a batch of 100 counts 100, whatever the batch split. A Jacobian
 * counts as one gradient a class, a Hessian-vector product as two gradients.
 */
export interface Calls {
  readonly forward: number;
  readonly gradient: number;
}

/**
 * A classifier whose answers are checked and whose calls are counted, for each image by its number. It is given copies, so
 * that one that writes to its inputs cannot move the images that it is judged by.
 */
export interface Evaluation {
  readonly operation: string;
  readonly classifier: Classifier;
  /** [count, classes] */
  logits(images: Float32Array, imageNumbers: readonly number[]): Promise<Float32Array>;
  /** The predicted class of each image. */
  predict(images: Float32Array, imageNumbers: readonly number[]): Promise<Uint8Array>;
  /** What the objective rises along, [count, inputs]: a copy that stays valid when the classifier is called again. */
  gradient(images: NumberedImages, objective: Objective): Promise<Float32Array>;
  /** The Hessian of the cross-entropy times a vector for each image, [count, inputs]; a copy. */
  hessianVectorProduct(images: NumberedImages, vectors: Float32Array): Promise<Float32Array>;
  calls(): Calls;
  callsOf(imageNumber: number): Calls;
}

/** The checked, counted calls of one classifier that {@link objectiveGradient} is made of. */
export interface CheckedGradients {
  readonly operation: string;
  readonly classifier: DifferentiableClassifier;
  logits(images: Float32Array, imageNumbers: readonly number[]): Promise<Float32Array>;
  /** Checks an answer of [count, width] values and counts its gradients for each image. */
  answer(
    name: string,
    imageNumbers: readonly number[],
    width: number,
    gradients: number,
    values: Float32Array | Promise<Float32Array>,
  ): Promise<Float32Array>;
}

/** Wraps a classifier for the span of one operation, whose name starts every error. */
export function startEvaluation(operation: string, classifier: Classifier): Evaluation {
  const { inputs, classes } = classifier;
  const forward = startCount();
  const gradient = startCount();

  async function logits(images: Float32Array, imageNumbers: readonly number[]): Promise<Float32Array> {
    forward.add(imageNumbers, 1);
    const answer = await classifier.logits(images.slice(), imageNumbers.length);
    requireAnswer(operation, 'logits', answer, imageNumbers.length, classes);
    return answer.slice();
  }

  function gradients(): CheckedGradients {
    if (!isDifferentiable(classifier)) {
      throw new Error(
        `${operation}: expected a classifier with lossGradient, which this attack needs, got one without`,
      );
    }
    return {
      operation,
      classifier,
      logits,
      async answer(name, imageNumbers, width, cost, values) {
        gradient.add(imageNumbers, cost);
        const answer = await values;
        requireAnswer(operation, name, answer, imageNumbers.length, width);
        return answer.slice();
      },
    };
  }

  return {
    operation,
    classifier,
    logits,
    async predict(images, imageNumbers) {
      const answer = await logits(images, imageNumbers);
      return Uint8Array.from(imageNumbers, (_, sample) => predictedClass(answer, classes, sample));
    },
    gradient: async (images, objective) => objectiveGradient(gradients(), images, objective),
    async hessianVectorProduct({ images, labels, imageNumbers }, vectors) {
      const { classifier: model, answer } = gradients();
      if (model.hessianVectorProduct === undefined) {
        throw new Error(
          `${operation}: expected a classifier with hessianVectorProduct, which a second-order attack needs, got one without; withFiniteDifferenceHessian gives it one`,
        );
      }
      const count = imageNumbers.length;
      const product = model.hessianVectorProduct(images.slice(), labels.slice(), vectors.slice(), count);
      return answer('Hessian-vector products', imageNumbers, inputs, 2, product);
    },
    calls: () => ({ forward: forward.total(), gradient: gradient.total() }),
    callsOf: (imageNumber) => ({ forward: forward.of(imageNumber), gradient: gradient.of(imageNumber) }),
  };
}

interface Count {
  add(imageNumbers: readonly number[], amount: number): void;
  of(imageNumber: number): number;
  total(): number;
}

function startCount(): Count {
  const counts = new Map<number, number>();
  let total = 0;
  return {
    add(imageNumbers, amount) {
      for (const number of imageNumbers) counts.set(number, (counts.get(number) ?? 0) + amount);
      total += amount * imageNumbers.length;
    },
    of: (imageNumber) => counts.get(imageNumber) ?? 0,
    total: () => total,
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
  const faulty = firstNotFinite(values);
  if (faulty >= 0) {
    throw new Error(
      `${operation}: expected finite ${name}, got ${values[faulty]} for row ${Math.floor(faulty / width)} of a batch of ${count}`,
    );
  }
}

function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}
