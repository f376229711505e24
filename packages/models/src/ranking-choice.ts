import type { KrotovHopfieldRanking } from '@hebblab/wasm';

/** Chooses how a training finds its winners: by what that costs. */
export interface RankingChoice {
  /** For the next step. */
  next(): KrotovHopfieldRanking;
  /** What a step of a ranking took. */
  took(ranking: KrotovHopfieldRanking, milliseconds: number): void;
}

/**
 * The ranking that was quickest of late; now and then another, in turn, since layers change as they learn. The bits of a
 * training do not depend on it.
 */
export function rankingByCost(rankings: readonly KrotovHopfieldRanking[]): RankingChoice {
  const costs = new Map(rankings.map((ranking) => [ranking, 0]));
  let steps = 0;
  return {
    next() {
      const [quickest] = [...costs].reduce((best, other) => (other[1] < best[1] ? other : best));
      steps++;
      if (steps % stepsBetweenTrials !== 0) return quickest;
      const others = rankings.filter((ranking) => ranking !== quickest);
      return others[(steps / stepsBetweenTrials) % others.length] ?? quickest;
    },
    took(ranking, milliseconds) {
      const before = costs.get(ranking) ?? 0;
      costs.set(ranking, before === 0 ? milliseconds : before + weightOfLast * (milliseconds - before));
    },
  };
}

/** 2 % of the steps; a trial costs at most a few times the quickest. */
const stepsBetweenTrials = 50;

/** Of the moving average. */
const weightOfLast = 0.3;
