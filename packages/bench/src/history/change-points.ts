import { seededRandom, shuffled } from '../statistics/random.js';

export interface ChangePointOptions {
  /** The largest share of shuffled series that divide as well. Default 0.01. */
  readonly significance?: number;
  /** Least values between changes. Default 4. */
  readonly leastValues?: number;
  /** Default 499. */
  readonly permutations?: number;
  readonly seed?: number;
}

/** A place at which a series changes. */
export interface ChangePoint {
  /** The first value after the change. */
  readonly index: number;
  /** How many of the permuted series, and the series itself, divide at least as well. */
  readonly p: number;
}

/**
 * Where the distribution of a series changes, by E-divisive (Matteson & James 2014, "A nonparametric approach for
 * multiple change point analysis of multivariate data"): the place that divides a segment best by its energy
 * statistic is a change where few permutations of the segment can be divided as well; then both parts are searched.
 *
 * @param series - finite values in the order of time
 * @throws Error where a value is not finite
 * @example
 * changePoints([1, 1.1, 0.9, 1, 1.1, 2, 2.1, 1.9, 2, 2.1]); // [{ index: 5, p: ... }]
 */
export function changePoints(series: readonly number[], options: ChangePointOptions = {}): ChangePoint[] {
  const faulty = series.find((value) => !Number.isFinite(value));
  if (faulty !== undefined) throw new Error(`changePoints: expected finite values, got ${faulty}`);
  const settings = { significance: 0.01, leastValues: 4, permutations: 499, seed: 1, ...options };
  const random = seededRandom(settings.seed);
  const found: ChangePoint[] = [];
  const search = (from: number, to: number) => {
    const segment = series.slice(from, to);
    const best = bestDivision(segment, settings.leastValues);
    if (best === undefined) return;
    let asGood = 1;
    for (let permutation = 0; permutation < settings.permutations; permutation++) {
      const divided = bestDivision(shuffled(segment, random), settings.leastValues);
      if (divided !== undefined && divided.statistic >= best.statistic) asGood += 1;
    }
    const p = asGood / (settings.permutations + 1);
    if (p > settings.significance) return;
    found.push({ index: from + best.index, p });
    search(from, from + best.index);
    search(from + best.index, to);
  };
  search(0, series.length);
  return found.sort((first, second) => first.index - second.index);
}

/**
 * The division with the largest energy statistic, n m / (n + m) times the mean distance between the parts, twice, less
 * the mean distances within them (equation 5 of the paper, with distances to the power 1).
 */
function bestDivision(
  segment: readonly number[],
  leastValues: number,
): { readonly index: number; readonly statistic: number } | undefined {
  const { length } = segment;
  if (length < 2 * leastValues) return undefined;
  const distances = segment.map((value) => segment.map((other) => Math.abs(value - other)));
  const sumTo = (row: number, from: number, to: number) => {
    let sum = 0;
    for (let column = from; column < to; column++) sum += distances[row]?.[column] ?? 0;
    return sum;
  };
  // One value at a time goes from the right part to the left one.
  let within = 0;
  let behind = 0;
  for (let row = 0; row < length; row++) behind += sumTo(row, row + 1, length);
  let between = 0;
  let best: { index: number; statistic: number } | undefined;
  for (let index = 1; index <= length - leastValues; index++) {
    const toLeft = sumTo(index - 1, 0, index - 1);
    const toRight = sumTo(index - 1, index, length);
    within += toLeft;
    behind -= toRight;
    between += toRight - toLeft;
    if (index < leastValues) continue;
    const [left, right] = [index, length - index];
    const energy =
      (2 * between) / (left * right) -
      (2 * within) / (left * (left - 1)) -
      (2 * behind) / (right * (right - 1));
    const statistic = ((left * right) / (left + right)) * energy;
    if (best === undefined || statistic > best.statistic) best = { index, statistic };
  }
  return best;
}
