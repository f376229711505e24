import {
  add,
  customGrad,
  type GradSaveFunc,
  matMul,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  transpose,
} from '@tensorflow/tfjs-core';

/** X^T X, [columns, columns], whose gradient X (dy + dy^T) takes one product instead of two. Right to any order. */
export function gramOf(x: Tensor2D): Tensor2D {
  return customGrad((...given) => {
    const [matrix, save] = given as unknown as [Tensor2D, GradSaveFunc];
    save([matrix]);
    return {
      value: matMul(matrix, matrix, true, false),
      gradFunc: (dy: Tensor, saved: Tensor[]) => matMul(saved[0] as Tensor2D, add(dy, transpose(dy))),
    };
  })(x) as Tensor2D;
}

/**
 * ||A W^T||_F^2 for A [m, h] and W [n, h], by whichever takes less work with its gradients: the product itself (three
 * products of m n h), or the inner product of the Gram matrices A^T A and W^T W (two of m h^2 and two of n h^2).
 */
export function squaredNormOfProduct(a: Tensor2D, w: Tensor2D): Scalar {
  const [m, h] = a.shape;
  const [n] = w.shape;
  const byGram = 2 * (m + n) * h < 3 * m * n;
  return byGram ? innerProductOfGrams(a, w) : squaredNormOfRows(a, w);
}

/** In the Gram form. */
export function innerProductOfGrams(a: Tensor2D, w: Tensor2D): Scalar {
  return sum(mul(gramOf(a), gramOf(w)));
}

/** By the product. */
export function squaredNormOfRows(a: Tensor2D, w: Tensor2D): Scalar {
  return sum(square(matMul(a, w, false, true)));
}
