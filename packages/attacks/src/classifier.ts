/** The region that a classifier's inputs live in; attacks with a gradient never leave it. A box is compared in float32. */
export type Bounds =
  | { readonly kind: 'unbounded' }
  | { readonly kind: 'box'; readonly lower: number; readonly upper: number };

/**
 * All that an attack has to know of a model. Any engine can stand behind it; answers may come late (a promise).
 * A sample's answer must depend on that sample alone, not on its neighbours in the batch.
 *
 * @example
 * const classifier: Classifier = {
 *   inputs: 784,
 *   classes: 10,
 *   bounds: { kind: 'box', lower: 0, upper: 1 },
 *   logits: (inputs, count) => model.forward(inputs, count),
 * };
 */
export interface Classifier {
  /** Values per image. */
  readonly inputs: number;
  /** Number of classes, 2..256. */
  readonly classes: number;
  readonly bounds: Bounds;
  /**
   * The values before any softmax or squashing.
   * @param inputs - [count, inputs]
   * @returns [count, classes], all finite
   */
  logits(inputs: Float32Array, count: number): Float32Array | Promise<Float32Array>;
}

/**
 * A classifier that also gives gradients, as white-box attacks need. The first is enough for all but the second-order
 * attack; the others are asked where an attack can use them.
 */
export interface DifferentiableClassifier extends Classifier {
  /**
   * Each sample's own cross-entropy gradient with respect to its input, not divided by count. To attack another loss as
   * well (cross-entropy plus a penalty), answer with the gradient of the sum.
   * @param inputs - [count, inputs]
   * @param labels - [count]
   * @returns [count, inputs], all finite
   */
  lossGradient(inputs: Float32Array, labels: Uint8Array, count: number): Float32Array | Promise<Float32Array>;
  /**
   * Each sample's own gradient of an objective, not divided by count. Without it the margin's is made of two calls of
   * `lossGradient`, which must then be the cross-entropy's itself, not a direction with its signs.
   * @returns [count, inputs], all finite
   */
  objectiveGradient?(
    inputs: Float32Array,
    labels: Uint8Array,
    count: number,
    objective: ClassifierObjective,
  ): Float32Array | Promise<Float32Array>;
  /**
   * Each sample's own gradient of a weighted sum of its logits, sum_c weights_c z_c: what objectives of one's own are
   * differentiated by. Without it `jacobian` or `lossGradient` stand in where they can.
   * @param weights - [count, classes]
   * @returns [count, inputs], all finite
   */
  logitsGradient?(
    inputs: Float32Array,
    weights: Float32Array,
    count: number,
  ): Float32Array | Promise<Float32Array>;
  /**
   * The derivative of each logit by each input.
   * @returns [count, classes, inputs], all finite
   */
  jacobian?(inputs: Float32Array, count: number): Float32Array | Promise<Float32Array>;
  /**
   * The second derivative of each sample's own cross-entropy by its input, times that sample's vector.
   * @param vectors - [count, inputs]
   * @returns [count, inputs], all finite
   */
  hessianVectorProduct?(
    inputs: Float32Array,
    labels: Uint8Array,
    vectors: Float32Array,
    count: number,
  ): Float32Array | Promise<Float32Array>;
}

/**
 * What a classifier can be asked to differentiate; both are losses, larger where the label does worse: the cross-entropy
 * -log softmax(z)[label], or the margin loss max_{j != label} z_j - z_label.
 */
export type ClassifierObjective = 'cross-entropy' | 'margin';

/** A model given as functions of one image. */
export interface ClassifierFunctions {
  readonly inputs: number;
  readonly classes: number;
  readonly bounds: Bounds;
  /** [inputs] -> [classes] */
  readonly logits: (image: Float32Array) => ArrayLike<number> | Promise<ArrayLike<number>>;
}

/** A model given as functions of one image, with the input gradient of its cross-entropy. */
export interface DifferentiableClassifierFunctions extends ClassifierFunctions {
  /** [inputs], label -> [inputs] */
  readonly lossGradient: (
    image: Float32Array,
    label: number,
  ) => ArrayLike<number> | Promise<ArrayLike<number>>;
}

/**
 * Makes a classifier of batches from functions of one image: the shortest way to attack a model of one's own.
 * A faster model implements {@link Classifier} itself.
 *
 * @throws Error where inputs, classes or bounds make no sense, and later where a function answers with the wrong length.
 *
 * @example
 * const linear = classifierFromFunctions({
 *   inputs: 2,
 *   classes: 2,
 *   bounds: { kind: 'unbounded' },
 *   logits: ([x, y]) => [x, y],
 * });
 */
export function classifierFromFunctions(
  functions: DifferentiableClassifierFunctions,
): DifferentiableClassifier;
export function classifierFromFunctions(functions: ClassifierFunctions): Classifier;
export function classifierFromFunctions(
  functions: ClassifierFunctions | DifferentiableClassifierFunctions,
): Classifier | DifferentiableClassifier {
  const { inputs, classes, bounds } = functions;
  const classifier: Classifier = {
    inputs,
    classes,
    bounds,
    logits: (images, count) =>
      eachImage('logits', images, inputs, count, classes, (image) => functions.logits(image)),
  };
  requireClassifier('classifierFromFunctions', classifier);
  if (!('lossGradient' in functions)) return classifier;
  return {
    ...classifier,
    lossGradient: (images, labels, count) =>
      eachImage('lossGradient', images, inputs, count, inputs, (image, index) =>
        functions.lossGradient(image, labels[index] as number),
      ),
  };
}

/** Whether the classifier gives gradients. */
export function isDifferentiable(classifier: Classifier): classifier is DifferentiableClassifier {
  return 'lossGradient' in classifier && typeof classifier.lossGradient === 'function';
}

/** Refuses a classifier whose numbers make no sense. */
export function requireClassifier(operation: string, { inputs, classes, bounds }: Classifier): void {
  if (!Number.isInteger(inputs) || inputs < 1) {
    throw new Error(`${operation}: expected a positive number of inputs, got ${inputs}`);
  }
  if (!Number.isInteger(classes) || classes < 2 || classes > 256) {
    throw new Error(`${operation}: expected 2 to 256 classes, got ${classes}`);
  }
  if (
    bounds.kind === 'box' &&
    !(Number.isFinite(bounds.upper - bounds.lower) && bounds.lower < bounds.upper)
  ) {
    throw new Error(
      `${operation}: expected bounds with lower < upper, got ${bounds.lower} and ${bounds.upper}`,
    );
  }
}

async function eachImage(
  name: string,
  images: Float32Array,
  inputs: number,
  count: number,
  width: number,
  answer: (image: Float32Array, index: number) => ArrayLike<number> | Promise<ArrayLike<number>>,
): Promise<Float32Array> {
  const answers = new Float32Array(count * width);
  for (let index = 0; index < count; index++) {
    const values = await answer(images.slice(index * inputs, (index + 1) * inputs), index);
    if (values.length !== width) {
      throw new Error(`classifierFromFunctions: expected ${width} values from ${name}, got ${values.length}`);
    }
    answers.set(values, index * width);
  }
  return answers;
}
