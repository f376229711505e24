import type { KrotovHopfieldRanking } from '@hebblab/wasm';

/** Chooses how a training finds its winners: by what that costs. */
export interface RankingChoice {
  /** For the next step. */
  next(): KrotovHopfieldRanking;
  /** What a step of a ranking took. */
  took(ranking: KrotovHopfieldRanking, milliseconds: number): void;
}

/**
 * The ranking that was quicker of late; now and then the other, since layers change as they learn. The bits of a
 * training do not depend on it.
 */
export function rankingByCost(): RankingChoice {
  const costs: Record<KrotovHopfieldRanking, number> = { product: 0, screen: 0 };
  let steps = 0;
  return {
    next() {
      const quicker = costs.screen <= costs.product ? 'screen' : 'product';
      steps++;
      return steps % stepsBetweenTrials === 0 ? other(quicker) : quicker;
    },
    took(ranking, milliseconds) {
      const before = costs[ranking];
      costs[ranking] = before === 0 ? milliseconds : before + weightOfLast * (milliseconds - before);
    },
  };
}

/** 2 % of the steps; a trial costs at most a few times the quicker one. */
const stepsBetweenTrials = 50;

/** Of the moving average. */
const weightOfLast = 0.3;

function other(ranking: KrotovHopfieldRanking): KrotovHopfieldRanking {
  return ranking === 'screen' ? 'product' : 'screen';
}
