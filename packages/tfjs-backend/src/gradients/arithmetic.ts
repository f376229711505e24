import {
  Add,
  AddN,
  add,
  clone,
  div,
  equal,
  floor,
  type GradConfig,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalAnd,
  Maximum,
  Minimum,
  Mod,
  Multiply,
  mul,
  Neg,
  neg,
  onesLike,
  Pow,
  pow,
  RealDiv,
  SquaredDifference,
  Sub,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import { binary, constant, mask, only, unary } from './config.js';

/**
 * Sums, products, quotients and powers, with broadcasting. Where Maximum and Minimum meet two equal numbers, the
 * first gets the whole gradient (as in tfjs).
 */
export const arithmetic: GradConfig[] = [
  binary(
    Add,
    (dy) => dy,
    (dy) => dy,
  ),
  binary(
    Sub,
    (dy) => dy,
    (dy) => neg(dy),
  ),
  binary(
    Multiply,
    (dy, _a, b) => mul(dy, b),
    (dy, a) => mul(dy, a),
  ),
  binary(
    RealDiv,
    (dy, _a, b) => div(dy, b),
    // Never b * b: it leaves float32's range long before the quotient does.
    (dy, a, b) => neg(mul(dy, div(div(a, b), b))),
  ),
  binary(
    Maximum,
    (dy, a, b) =>
      mul(
        dy,
        mask(() => greaterEqual(a, b)),
      ),
    (dy, a, b) =>
      mul(
        dy,
        mask(() => less(a, b)),
      ),
  ),
  binary(
    Minimum,
    (dy, a, b) =>
      mul(
        dy,
        mask(() => lessEqual(a, b)),
      ),
    (dy, a, b) =>
      mul(
        dy,
        mask(() => greater(a, b)),
      ),
  ),
  binary(
    SquaredDifference,
    (dy, a, b) => mul(dy, mul(2, sub(a, b))),
    (dy, a, b) => mul(dy, mul(2, sub(b, a))),
  ),
  binary(
    Mod,
    (dy) => dy,
    (dy, a, b) => neg(mul(dy, floor(div(a, b)))),
  ),
  binary(
    Pow,
    (dy, base, exponent) => mul(dy, powerByBase(base, exponent)),
    (dy, base, exponent) => mul(dy, powerByExponent(base, exponent)),
  ),
  unary(Neg, (dy) => neg(dy)),
  {
    kernelName: AddN,
    saveAllInputs: true,
    gradFunc: (dy, terms) => Object.fromEntries(terms.map((_, index) => [index, () => clone(only(dy))])),
  },
];

/**
 * exponent * base^(exponent - 1), and 0 for 0^0, which is constant in its base: there 0^-1 would make NaN. The
 * exponent moves by one at these points alone, so that derivatives everywhere else stay what they are.
 */
function powerByBase(base: Tensor, exponent: Tensor): Tensor {
  const constantThere = mask(() => logicalAnd(equal(base, 0), equal(exponent, 0)));
  return mul(exponent, pow(base, add(sub(exponent, 1), constantThere)));
}

/** base^exponent * ln base, and 0 where the base is not positive (as in tfjs). */
function powerByExponent(base: Tensor, exponent: Tensor): Tensor {
  const positive = where(
    constant(() => greater(base, 0)),
    base,
    onesLike(base),
  );
  return mul(pow(positive, exponent), log(positive));
}
