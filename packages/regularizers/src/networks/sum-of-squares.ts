import {
  customGrad,
  type GradSaveFunc,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** The sum of squares; its gradient takes one pass over x. Right to any order. */
export function sumOfSquares(x: Tensor): Scalar {
  return customGrad((...given) => {
    const [values, save] = given as [Tensor, GradSaveFunc];
    save([values]);
    return {
      value: sum(square(values)) as Scalar,
      gradFunc: (dy: Scalar, saved: Tensor[]) => mul(saved[0] as Tensor, mul(dy, 2)),
    };
  })(x) as Scalar;
}
