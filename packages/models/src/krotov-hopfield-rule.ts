import {
  allocateFloat32,
  allocateUint32,
  createKrotovHopfieldScreen,
  effectiveWeights,
  type KrotovHopfieldRule,
  krotovHopfieldMinibatchStep,
  rowsOf,
} from '@hebblab/wasm';
import type { LearningRule } from './learning-rule.js';
import { buildOwning } from './owned-parts.js';
import { rankingByCost } from './ranking-choice.js';

/**
 * The minibatch rule of Krotov & Hopfield 2019 as arXiv 2405.00679 uses it; see `krotovHopfieldMinibatchStep`. Winners are
 * found by the screen or by the whole product, whichever takes less time: the bits are the same.
 *
 * @param rule p >= 2, 2 <= k <= hidden
 * @throws from the first step, where the rule is out of range or does not fit the layer
 * @example
 * const rule = krotovHopfieldRule({ p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 });
 */
export function krotovHopfieldRule(rule: KrotovHopfieldRule): LearningRule {
  return {
    name: 'krotov-hopfield',
    start: ({ kernels, weights, batchSize }) =>
      buildOwning((own, dispose) => {
        const effective = own(allocateFloat32(kernels, weights.shape));
        const winner = own(allocateUint32(kernels, [batchSize]));
        const rival = own(allocateUint32(kernels, [batchSize]));
        effectiveWeights(kernels, rule.p, weights, effective);
        const screen = own(createKrotovHopfieldScreen(kernels, effective));
        const state = { weights, effective, screen };
        const choice = rankingByCost(['screen', 'product']);
        return {
          step({ count, pixels, scales }, learningRate) {
            const batch = { kind: 'bytes', pixels, scales } as const;
            const competition = { winner: rowsOf(winner, 0, count), rival: rowsOf(rival, 0, count) };
            const ranking = choice.next();
            const start = performance.now();
            krotovHopfieldMinibatchStep(kernels, rule, learningRate, batch, state, competition, ranking);
            choice.took(ranking, performance.now() - start);
          },
          dispose,
        };
      }),
  };
}
