import {
  allocateFloat32,
  allocateUint32,
  createKrotovHopfieldScreen,
  effectiveWeights,
  type Float32Buffer,
  type KrotovHopfieldRanking,
  type KrotovHopfieldRule,
  krotovHopfieldMinibatchStep,
  rowsOf,
} from '@hebblab/wasm';
import type { LayerInTraining, LearningRule } from './learning-rule.js';
import { buildOwning } from './owned-parts.js';
import { projectSamples } from './projected-samples.js';
import { rankingByCost } from './ranking-choice.js';
import type { Batch } from './samples.js';

/**
 * The minibatch rule of Krotov & Hopfield 2019 as arXiv 2405.00679 uses it; see `krotovHopfieldMinibatchStep`. Winners are
 * found by whichever ranking takes the least time, of large layers also by a sieve: the bits are the same.
 *
 * @param rule p >= 2, 2 <= k <= hidden
 * @param sieveWhen from when on a sieve is tried
 * @throws from the first step, where the rule is out of range or does not fit the layer
 * @example
 * const rule = krotovHopfieldRule({ p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 });
 */
export function krotovHopfieldRule(
  rule: KrotovHopfieldRule,
  sieveWhen: SieveWhen = whenSievesPay,
): LearningRule {
  return {
    name: 'krotov-hopfield',
    start: (layer) =>
      buildOwning((own, dispose) => {
        const { kernels, weights, batchSize } = layer;
        const effective = own(allocateFloat32(kernels, weights.shape));
        const winner = own(allocateUint32(kernels, [batchSize]));
        const rival = own(allocateUint32(kernels, [batchSize]));
        effectiveWeights(kernels, rule.p, weights, effective);
        const screens = own(screensOf(layer, effective, sieveWhen));
        return {
          step(batch, learningRate) {
            const { count, pixels, scales } = batch;
            const { screen, ranking, projected, took } = screens.next(batch);
            const start = performance.now();
            const { touched } = krotovHopfieldMinibatchStep(
              kernels,
              rule,
              learningRate,
              { kind: 'bytes', pixels, scales, ...(projected === undefined ? {} : { projected }) },
              { weights, effective, screen },
              { winner: rowsOf(winner, 0, count), rival: rowsOf(rival, 0, count) },
              ranking,
            );
            took(performance.now() - start, touched);
          },
          dispose,
        };
      }),
  };
}

/**
 * When a sieve may pay: after some steps that take long, since making it takes one or two seconds, and where few units still
 * change, since these are projected anew in every step.
 */
export interface SieveWhen {
  /** At least so many steps before. */
  readonly steps: number;
  /** Steps that took longer than this on average. */
  readonly milliseconds: number;
  /** Less than this share of the units changed in the last step. */
  readonly touchedShare: number;
}

const whenSievesPay: SieveWhen = { steps: 1000, milliseconds: 15, touchedShare: 0.25 };

/** Steps after which that is looked at again. */
const stepsBetweenLooks = 100;

/** The screen of a layer and the ranking for each step; adds a sieve when the layer has learned for a while. */
function screensOf(
  { kernels, batchSize, samples }: LayerInTraining,
  effective: Float32Buffer,
  sieveWhen: SieveWhen,
) {
  let screen = createKrotovHopfieldScreen(kernels, effective);
  let choice = rankingByCost(['screen', 'product']);
  let sieve: ReturnType<typeof projectSamples> | undefined;
  let [steps, milliseconds, lastTouched] = [0, 0, 0];
  const [hidden = 0] = effective.shape;

  function sievePays(): boolean {
    return (
      steps >= sieveWhen.steps &&
      milliseconds > steps * sieveWhen.milliseconds &&
      lastTouched < sieveWhen.touchedShare * hidden
    );
  }

  function addSieve(): void {
    sieve = projectSamples(kernels, samples, batchSize);
    const plain = screen;
    screen = createKrotovHopfieldScreen(kernels, effective, sieve.projection);
    plain.dispose();
    choice = rankingByCost(['screen', 'sieve', 'product']);
  }

  return {
    next({ indices }: Batch) {
      if (sieve === undefined && steps % stepsBetweenLooks === 0 && sievePays()) addSieve();
      const ranking: KrotovHopfieldRanking = choice.next();
      return {
        screen,
        ranking,
        projected: ranking === 'sieve' ? sieve?.batchOf(indices) : undefined,
        took(time: number, touched: number) {
          choice.took(ranking, time);
          milliseconds += time;
          lastTouched = touched;
          steps++;
        },
      };
    },
    dispose() {
      screen.dispose();
      sieve?.dispose();
    },
  };
}
