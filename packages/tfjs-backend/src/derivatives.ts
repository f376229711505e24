import {
  engine,
  grad,
  mul,
  reshape,
  stack,
  sum,
  type Tensor,
  tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * The product of the Hessian of a scalar function at x with v, without the Hessian: the gradient of <grad f, v>
 * (Pearlmutter 1994, "Fast exact multiplication by the Hessian", in its double-backward form). Costs about as much as
 * two gradients of f. May itself be differentiated.
 *
 * @param f - a function of x, made of tfjs operations, with one number (shape []) as its value
 * @param x - where; any shape
 * @param v - the vector, shaped like x
 * @returns the product, shaped like x; zeros where the gradient of f does not depend on x
 * @throws Error when the value of f is no scalar, v is not shaped like x, or f does not depend on x
 *
 * @example
 * const x = tf.tensor1d([1, 2]);
 * hvp((x) => tf.sum(tf.pow(x, 3)), x, tf.tensor1d([1, 1])).print(); // 6 x: [6, 12]
 */
export function hvp(f: (x: Tensor) => Tensor, x: Tensor, v: Tensor): Tensor {
  requireEqualShapes('hvp: expected v shaped like x', x.shape, v.shape);
  const slope = (point: Tensor) => {
    const gradient = grad((input: Tensor) => {
      const value = f(input);
      requireEqualShapes('hvp: expected a function with a scalar value of shape', [], value.shape);
      return value;
    })(point);
    return sum(mul(gradient, v));
  };
  return tidy(() => {
    // tf.grad calls it an error when a gradient is constant; here it means zeros.
    const { grads } = engine().gradients(() => slope(x), [x], undefined, true);
    return grads[0] ?? zerosLike(x);
  });
}

/**
 * The Jacobian of f at x: element [...i, ...j] is the derivative of f(x)[i] with respect to x[j]. One row per output,
 * each by a pass forward and one backward through f, so m outputs cost about m gradients; for the outputs' sum or a
 * few projections of them, tf.grad with a dy is cheaper. For a batch the rows hold the other samples' inputs too,
 * whose derivatives are mostly 0. May itself be differentiated.
 *
 * @param f - a function of x, made of tfjs operations, with a tensor of any shape as its value
 * @param x - where; any shape
 * @returns a tensor of shape [...outputs, ...inputs], the shapes of f(x) and of x
 * @throws Error when f does not depend on x
 *
 * @example
 * const weights = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
 * jacobian((x) => tf.reshape(tf.matMul(tf.reshape(x, [1, 2]), weights), [3]), tf.tensor1d([1, 1])); // [3, 2]: weights transposed
 */
export function jacobian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return tidy(() => {
    const { shape, size } = tidy(() => f(x));
    const vectorJacobian = grad(f);
    const rows = Array.from({ length: size }, (_, row) => {
      const output = new Float32Array(size);
      output[row] = 1;
      return vectorJacobian(x, tensor(output, shape));
    });
    return reshape(stack(rows), [...shape, ...x.shape]);
  });
}

function requireEqualShapes(expectation: string, expected: number[], got: number[]): void {
  if (expected.length !== got.length || expected.some((length, axis) => length !== got[axis])) {
    throw new Error(`${expectation} [${expected}], got [${got}]`);
  }
}
