import {
  allocateFloat32,
  allocateUint32,
  effectiveWeights,
  type KrotovHopfieldRule,
  krotovHopfieldMinibatchStep,
  rowsOf,
} from '@hebblab/wasm';
import type { LearningRule } from './learning-rule.js';

/**
 * The minibatch rule of Krotov & Hopfield 2019 as arXiv 2405.00679 uses it; see `krotovHopfieldMinibatchStep`.
 *
 * @param rule p >= 2, 2 <= k <= hidden
 * @example
 * const rule = krotovHopfieldRule({ p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 });
 */
export function krotovHopfieldRule(rule: KrotovHopfieldRule): LearningRule {
  return {
    name: 'krotov-hopfield',
    start({ kernels, weights, batchSize }) {
      const effective = allocateFloat32(kernels, weights.shape);
      const winner = allocateUint32(kernels, [batchSize]);
      const rival = allocateUint32(kernels, [batchSize]);
      effectiveWeights(kernels, rule.p, weights, effective);
      return {
        step({ count, pixels, scales }, learningRate) {
          const competition = { winner: rowsOf(winner, 0, count), rival: rowsOf(rival, 0, count) };
          const bytes = { kind: 'bytes', pixels, scales } as const;
          krotovHopfieldMinibatchStep(
            kernels,
            rule,
            learningRate,
            bytes,
            { weights, effective },
            competition,
          );
        },
        dispose() {
          for (const array of [effective, winner, rival]) array.dispose();
        },
      };
    },
  };
}
