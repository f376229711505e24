/** What the signed-rank test found. */
export interface SignedRankTest {
  /** Pairs that differ; the others say nothing. */
  readonly pairs: number;
  /** The sum of the ranks of the positive differences, of all differences by magnitude. */
  readonly positiveRanks: number;
  /** Two-sided: how often ranks would be at least as lopsided where differences are symmetric about zero. */
  readonly p: number;
  /** Counted over all signs, or by the normal distribution where there are many pairs or ties. */
  readonly method: 'exact' | 'normal';
}

/** Up to here all distributions of signs are counted, where no magnitudes tie. */
const mostExactPairs = 50;

/**
 * Wilcoxon's signed-rank test of paired differences (Wilcoxon 1945): whether they are symmetric about zero. Zeros are
 * left out, ties have their mean rank. The normal form corrects its variance for ties and makes no correction for
 * continuity, as SciPy does by default.
 *
 * @param differences - finite; none, or zeros alone, gives p 1
 * @throws Error where a difference is not finite
 * @example
 * signedRankTest([6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]).p; // 0.0413
 */
export function signedRankTest(differences: ArrayLike<number>): SignedRankTest {
  const all = Array.from(differences);
  const faulty = all.find((difference) => !Number.isFinite(difference));
  if (faulty !== undefined) throw new Error(`signedRankTest: expected finite differences, got ${faulty}`);
  const ordered = all
    .filter((difference) => difference !== 0)
    .sort((first, second) => Math.abs(first) - Math.abs(second));
  const pairs = ordered.length;
  const { ranks, tieSizes } = meanRanks(ordered.map(Math.abs));
  const positiveRanks = ranks.reduce(
    (sum, rank, index) => ((ordered[index] as number) > 0 ? sum + rank : sum),
    0,
  );
  const exact = pairs <= mostExactPairs && tieSizes.every((size) => size === 1);
  return exact
    ? { pairs, positiveRanks, p: exactP(pairs, positiveRanks), method: 'exact' }
    : { pairs, positiveRanks, p: normalP(pairs, positiveRanks, tieSizes), method: 'normal' };
}

/** Ranks 1, 2, ... of ascending values; equal ones share the mean of theirs. */
function meanRanks(ascending: readonly number[]): { ranks: number[]; tieSizes: number[] } {
  const ranks: number[] = [];
  const tieSizes: number[] = [];
  for (let first = 0; first < ascending.length; ) {
    let end = first + 1;
    while (end < ascending.length && ascending[end] === ascending[first]) end += 1;
    for (let index = first; index < end; index++) ranks.push((first + 1 + end) / 2);
    tieSizes.push(end - first);
    first = end;
  }
  return { ranks, tieSizes };
}

/** Of all 2^pairs signs, the share whose rank sum is at least as far from the middle. */
function exactP(pairs: number, positiveRanks: number): number {
  // shares[sum]: the share of signs with this rank sum, one rank after the other.
  const total = (pairs * (pairs + 1)) / 2;
  const shares = new Float64Array(total + 1);
  shares[0] = 1;
  for (let rank = 1; rank <= pairs; rank++) {
    for (let sum = (rank * (rank + 1)) / 2; sum >= 0; sum--) {
      const without = shares[sum] as number;
      const having = sum >= rank ? (shares[sum - rank] as number) : 0;
      shares[sum] = (without + having) / 2;
    }
  }
  const tail = shares.subarray(0, Math.min(positiveRanks, total - positiveRanks) + 1);
  return Math.min(1, 2 * tail.reduce((sum, share) => sum + share, 0));
}

function normalP(pairs: number, positiveRanks: number, tieSizes: readonly number[]): number {
  const mean = (pairs * (pairs + 1)) / 4;
  const ties = tieSizes.reduce((sum, size) => sum + (size ** 3 - size), 0);
  const variance = (pairs * (pairs + 1) * (2 * pairs + 1)) / 24 - ties / 48;
  return Math.min(1, complementaryErrorFunction(Math.abs(positiveRanks - mean) / Math.sqrt(2 * variance)));
}

/**
 * erfc of x >= 0, to a relative error below 1.2e-7 (Press et al., Numerical Recipes, 2nd edition, 6.2: erfcc).
 */
function complementaryErrorFunction(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
    1.00002368, -1.26551223,
  ];
  return t * Math.exp(-x * x + coefficients.reduce((sum, coefficient) => sum * t + coefficient, 0));
}
