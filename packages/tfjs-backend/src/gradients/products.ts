import { BatchMatMul, type BatchMatMulAttrs, type GradConfig, matMul } from '@tensorflow/tfjs-core';
import { asFloat, attributes, saving, sumTo } from './config.js';

/**
 * Matrix products, with broadcast batches (which tfjs rejects). tf.fused.matMul needs nothing of its own: where a
 * gradient is taken it runs the unfused operations, or, without an activation, a gradient of its own made of them.
 */
export const products: GradConfig[] = [
  saving(BatchMatMul, ['a', 'b'], (dy, [left, right], attrs) => {
    const { transposeA, transposeB } = attributes<BatchMatMulAttrs>(attrs);
    const a = asFloat(left);
    const b = asFloat(right);
    return {
      a: () =>
        sumTo(transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB), a.shape),
      b: () =>
        sumTo(transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false), b.shape),
    };
  }),
];
