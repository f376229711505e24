/** Chooses how a training finds its winners: by what that costs. */
export interface RankingChoice<Way extends string> {
  /** For the next step. */
  next(): Way;
  /** What a step of a way took. */
  took(way: Way, milliseconds: number): void;
}

/**
 * The way that was quickest of late; now and then another, in turn, since layers change as they learn. The bits of a
 * training do not depend on it.
 *
 * @param stepsBetweenTrials of another way than the quickest
 */
export function rankingByCost<Way extends string>(
  ways: readonly Way[],
  stepsBetweenTrials: number,
): RankingChoice<Way> {
  const costs = new Map(ways.map((way) => [way, 0]));
  let steps = 0;
  return {
    next() {
      const [quickest] = [...costs].reduce((best, other) => (other[1] < best[1] ? other : best));
      steps++;
      if (steps % stepsBetweenTrials !== 0) return quickest;
      const others = ways.filter((way) => way !== quickest);
      return others[(steps / stepsBetweenTrials) % others.length] ?? quickest;
    },
    took(way, milliseconds) {
      const before = costs.get(way) ?? 0;
      costs.set(way, before === 0 ? milliseconds : before + weightOfLast * (milliseconds - before));
    },
  };
}

/** Of the moving average. */
const weightOfLast = 0.3;
