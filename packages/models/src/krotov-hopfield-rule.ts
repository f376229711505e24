import {
  allocateFloat32,
  allocateUint32,
  createKrotovHopfieldScreen,
  effectiveWeights,
  type Float32Buffer,
  type KrotovHopfieldRanking,
  type KrotovHopfieldRule,
  type KrotovHopfieldSieve,
  krotovHopfieldMinibatchStep,
  rowsOf,
} from '@hebblab/wasm';
import type { LayerInTraining, LearningRule } from './learning-rule.js';
import { buildOwning } from './owned-parts.js';
import { projectSamples } from './projected-samples.js';
import { rankingByCost } from './ranking-choice.js';
import type { Batch } from './samples.js';
import type { EpochMetrics } from './training.js';

/**
 * The minibatch rule of Krotov & Hopfield 2019 as arXiv 2405.00679 uses it; see `krotovHopfieldMinibatchStep`. Winners are
 * found by whichever ranking takes the least time, of large layers also by a sieve: the bits are the same.
 *
 * Metrics of an epoch: `winningUnits`, how many units won for at least one sample (those that never do again stay as
 * they are), and `changedUnits`, how many a batch changed on average.
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
        const wins = countWins(weights);
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
            wins.add(winner.view().subarray(0, count), touched);
          },
          takeMetrics: wins.take,
          dispose,
        };
      }),
  };
}

/** Who won, and how many units batches changed. */
function countWins({ shape: [hidden = 0] }: Float32Buffer) {
  const won = new Uint8Array(hidden);
  let [batches, changed] = [0, 0];
  return {
    add(winners: Uint32Array, touched: number): void {
      for (const unit of winners) won[unit] = 1;
      batches++;
      changed += touched;
    },
    take(): EpochMetrics {
      const metrics = {
        winningUnits: won.reduce((sum, each) => sum + each, 0),
        changedUnits: changed / batches,
      };
      won.fill(0);
      [batches, changed] = [0, 0];
      return metrics;
    },
  };
}

/**
 * When a sieve may pay: after some steps that take long, since making it takes some seconds, and where few units still
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

/** The rankings, the sieve by what it projects. */
type Way = 'screen' | 'product' | 'rows' | 'residuals';

/** A trial costs at most a few times the quickest: 2 % of the steps. */
const stepsBetweenTrials = 50;
/** Where the other way needs other derived forms, which take as long as a step or two. */
const stepsBetweenLongTrials = 300;

/** The screen of a layer and the ranking for each step; adds sieves when the layer has learned for a while. */
function screensOf(
  { kernels, batchSize, samples }: LayerInTraining,
  effective: Float32Buffer,
  sieveWhen: SieveWhen,
) {
  let screen = createKrotovHopfieldScreen(kernels, effective);
  let projects: KrotovHopfieldSieve | undefined;
  let choice = rankingByCost<Way>(['screen', 'product'], stepsBetweenTrials);
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

  function addSieves(): void {
    sieve = projectSamples(kernels, samples, batchSize);
    // Products of bytes are quick in `relaxed` alone.
    const sieves: Way[] = kernels.variant === 'relaxed' ? ['rows', 'residuals'] : ['rows'];
    // Steps are long: the whole product is not the quickest.
    choice = rankingByCost<Way>([...sieves, 'screen'], stepsBetweenLongTrials);
  }

  /** Derived forms are kept true in every step, so that there are none but those that are used. */
  function project(of: KrotovHopfieldSieve | undefined): void {
    if (of === projects) return;
    const before = screen;
    screen = createKrotovHopfieldScreen(kernels, effective, of && sieve?.projection, of);
    before.dispose();
    projects = of;
  }

  return {
    next({ indices }: Batch) {
      if (sieve === undefined && steps % stepsBetweenLooks === 0 && sievePays()) addSieves();
      const way = choice.next();
      const isSieve = way === 'rows' || way === 'residuals';
      project(isSieve ? way : undefined);
      const ranking: KrotovHopfieldRanking = isSieve ? 'sieve' : way;
      return {
        screen,
        ranking,
        projected: isSieve ? sieve?.batchOf(indices) : undefined,
        took(time: number, touched: number) {
          choice.took(way, time);
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
