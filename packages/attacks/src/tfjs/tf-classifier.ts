import {
  cast,
  grad,
  logSumExp,
  max,
  mul,
  oneHot,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import {
  type Bounds,
  type ClassifierObjective,
  type DifferentiableClassifier,
  requireClassifier,
} from '../classifier.js';

/** A model given as a function of tensors. */
export interface TfFunction {
  readonly inputs: number;
  /** 2..256 */
  readonly classes: number;
  readonly bounds: Bounds;
  /**
   * [count, inputs] -> [count, classes], before any softmax: differentiable operations of tfjs-core alone. A model of
   * images reshapes first: `(x) => model.apply(x.reshape([-1, 28, 28, 1]))`.
   */
  readonly logits: (inputs: Tensor2D) => Tensor2D;
}

/**
 * A classifier from any function of TensorFlow.js tensors, on whatever backend is active. In plain Node tfjs-core registers no
 * gradients: import `@hebblab/tfjs-backend` (or another package that does) beside it. Gradients are taken by
 * `tf.grad`; Hessian-vector products by a second `tf.grad`, which needs the gradients of the function's operations to be
 * differentiable themselves (a backend or an operation for which they are not says so by an error). All tensors are
 * returned.
 *
 * @throws Error where inputs, classes or bounds make no sense, and later where the function answers with another shape.
 *
 * @example
 * const classifier = tfClassifier({
 *   inputs: 784,
 *   classes: 10,
 *   bounds: { kind: 'box', lower: 0, upper: 1 },
 *   logits: (x) => tf.matMul(tf.relu(tf.matMul(x, w1)), w2),
 * });
 */
export function tfClassifier({
  inputs,
  classes,
  bounds,
  logits,
}: TfFunction): Required<DifferentiableClassifier> {
  requireClassifier('tfClassifier', { inputs, classes, bounds, logits: () => new Float32Array() });

  function logitsOf(x: Tensor): Tensor2D {
    const z = logits(x as Tensor2D);
    if (z.shape.length !== 2 || z.shape[0] !== x.shape[0] || z.shape[1] !== classes) {
      throw new Error(
        `tfClassifier: expected logits of shape ${x.shape[0]} x ${classes}, got ${z.shape.join(' x ')}`,
      );
    }
    return z;
  }

  /** Of a loss summed over the samples, so that each sample's gradient is its own. */
  function gradientOf(images: Float32Array, count: number, startLoss: () => Loss): Promise<Float32Array> {
    return valuesOf(() => {
      const loss = startLoss();
      return grad((x) => loss(logitsOf(x)))(tensor2d(images, [count, inputs]));
    });
  }

  function logitsGradient(images: Float32Array, weights: Float32Array, count: number): Promise<Float32Array> {
    return gradientOf(images, count, () => {
      const factors = tensor2d(weights, [count, classes]);
      return (z) => sum(mul(factors, z));
    });
  }

  return {
    inputs,
    classes,
    bounds,
    logits: (images, count) => valuesOf(() => logitsOf(tensor2d(images, [count, inputs]))),
    lossGradient: (images, labels, count) =>
      gradientOf(images, count, () => lossOf('cross-entropy', labels, classes)),
    objectiveGradient: (images, labels, count, objective) =>
      gradientOf(images, count, () => lossOf(objective, labels, classes)),
    logitsGradient,
    async jacobian(images, count) {
      const jacobian = new Float32Array(count * classes * inputs);
      for (let label = 0; label < classes; label++) {
        const weights = new Float32Array(count * classes);
        for (let row = 0; row < count; row++) weights[row * classes + label] = 1;
        const ofClass = await logitsGradient(images, weights, count);
        for (let row = 0; row < count; row++) {
          const gradient = ofClass.subarray(row * inputs, (row + 1) * inputs);
          jacobian.set(gradient, (row * classes + label) * inputs);
        }
      }
      return jacobian;
    },
    hessianVectorProduct: (images, labels, vectors, count) =>
      valuesOf(() => {
        const loss = lossOf('cross-entropy', labels, classes);
        const slope = grad((x) => loss(logitsOf(x)));
        const v = tensor2d(vectors, [count, inputs]);
        return grad((x) => sum(mul(slope(x), v)))(tensor2d(images, [count, inputs]));
      }),
  };
}

type Loss = (logits: Tensor2D) => Scalar;

function lossOf(objective: ClassifierObjective, labels: Uint8Array, classes: number): Loss {
  const own = cast(oneHot(tensor1d(Int32Array.from(labels), 'int32'), classes), 'float32');
  const ofLabel = (z: Tensor2D) => sum(mul(own, z), 1);
  if (objective === 'cross-entropy') return (z) => sum(sub(logSumExp(z, 1), ofLabel(z)));
  // The label's own logit is put out of the running.
  return (z) => sum(sub(max(sub(z, mul(own, 1e30)), 1), ofLabel(z)));
}

async function valuesOf(compute: () => Tensor): Promise<Float32Array> {
  const tensor = tidy(compute);
  try {
    return Float32Array.from(await tensor.data());
  } finally {
    tensor.dispose();
  }
}
