import {
  add,
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  type GradConfig,
  mul,
  neg,
  rsqrt,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { attributes, saving, sumTo } from './config.js';

/**
 * y = (x - mean) rsqrt(variance + epsilon) scale + offset; mean and variance are inputs like the others. Scale and
 * offset have to be given where a gradient is taken: the tape of tfjs-core stops at inputs that are undefined.
 */
export const normalisation: GradConfig[] = [
  saving(FusedBatchNorm, ['x', 'mean', 'variance', 'scale'], (dy, [x, mean, variance, scale], attrs) => {
    const { varianceEpsilon } = attributes<FusedBatchNormAttrs>(attrs);
    const inverse = () => rsqrt(add(variance, varianceEpsilon));
    const forX = () => mul(mul(dy, scale), inverse());
    const normalised = () => mul(sub(x, mean), inverse());
    const forVariance = (): Tensor => {
      const r = inverse();
      return mul(mul(forX(), normalised()), mul(r, -0.5));
    };
    return {
      x: () => sumTo(forX(), x.shape),
      mean: () => neg(sumTo(forX(), mean.shape)),
      variance: () => sumTo(forVariance(), variance.shape),
      scale: () => sumTo(mul(dy, normalised()), mean.shape),
      offset: () => sumTo(dy, mean.shape),
    };
  }),
];
