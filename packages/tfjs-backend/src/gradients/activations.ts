import {
  Elu,
  EluGrad,
  exp,
  type GradConfig,
  greater,
  LeakyRelu,
  type LeakyReluAttrs,
  less,
  lessEqual,
  logicalAnd,
  minimum,
  mul,
  neg,
  Prelu,
  Relu,
  Relu6,
  Selu,
  Sigmoid,
  Softplus,
  sigmoid,
  step,
  Tanh,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import { attributes, constant, mask, runKernel, saving, sumTo, unary } from './config.js';

// Klambauer et al. 2017, "Self-normalizing neural networks", the constants of tfjs.
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/**
 * Activation functions. Where saturated, 1 - tanh(x)^2 and sigmoid(x) (1 - sigmoid(x)) round to 0 from |x| = 9 and
 * x = 17 on; the products of sigmoids here keep every digit down to float32's smallest normal number, to all orders.
 *
 * At a kink the derivative is the one from the left: Relu, Relu6 and LeakyRelu at 0 have 0, 0 and alpha, Relu6 at 6
 * has 1.
 */
export const activations: GradConfig[] = [
  unary(Sigmoid, (dy, x) => mul(dy, mul(sigmoid(x), sigmoid(neg(x))))),
  // tanh' = 1 / cosh^2 = 4 sigmoid(2x) sigmoid(-2x)
  unary(Tanh, (dy, x) => mul(dy, mul(mul(sigmoid(mul(x, 2)), sigmoid(mul(x, -2))), 4))),
  unary(Softplus, (dy, x) => mul(dy, sigmoid(x))),
  unary(Elu, (dy, x) => mul(dy, exp(minimum(x, 0)))),
  unary(Selu, (dy, x) => mul(dy, mul(seluSlope(x), SELU_SCALE))),
  unary(Relu, (dy, x) =>
    mul(
      dy,
      constant(() => step(x)),
    ),
  ),
  unary(Relu6, (dy, x) =>
    mul(
      dy,
      mask(() => logicalAnd(greater(x, 0), lessEqual(x, 6))),
    ),
  ),
  unary(LeakyRelu, (dy, x, attrs) => {
    const { alpha } = attributes<LeakyReluAttrs>(attrs);
    return where(
      constant(() => greater(x, 0)),
      dy,
      mul(dy, alpha),
    );
  }),
  saving(Prelu, ['x', 'alpha'], (dy, [x, alpha]) => ({
    x: () =>
      where(
        constant(() => greater(x, 0)),
        dy,
        mul(dy, alpha),
      ),
    alpha: () => sumTo(mul(dy, minimum(x, 0)), alpha.shape),
  })),
  // From the output of elu: not used by the gradient above, but by whoever runs the kernel.
  saving(EluGrad, ['dy', 'y'], (ddx, [dy, y]) => ({
    dy: () => runKernel(EluGrad, { dy: ddx, y }, {}),
    y: () =>
      mul(
        mul(ddx, dy),
        mask(() => less(y, 0)),
      ),
  })),
];

/** 1 above zero and alpha e^x below; the minimum keeps e^x, which is then not used, from overflowing to NaN. */
function seluSlope(x: Tensor): Tensor {
  const positive = constant(() => greater(x, 0));
  const exponential = mul(exp(minimum(x, 0)), SELU_ALPHA);
  return where(positive, 1, exponential);
}
