import { interquartileMean, middleStart, quantileOfSorted, sortedFinite } from './quantiles.js';
import { seededRandom } from './random.js';

/** An estimate with its confidence interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The share of such intervals that hold the true value, such as 0.99. */
  readonly confidence: number;
}

export interface BootstrapOptions {
  /** Inside (0, 1). Default 0.95. */
  readonly confidence?: number;
  /** How many times the sample is drawn again. Default 2000. */
  readonly resamples?: number;
  /** The same seed gives the same interval. Default 1. */
  readonly seed?: number;
}

/**
 * The median with its bootstrap percentile interval (Efron & Tibshirani 1993, chapter 13): the sample is drawn again
 * with replacement, as many values as it has, and the interval lies between the quantiles of the medians found. It
 * assumes no distribution, only that the values are independent and alike.
 *
 * @param values - at least one, finite; below about ten the interval is too narrow
 * @throws Error where a value or an option is out of range
 * @example
 * const { estimate, low, high } = medianInterval(seconds, { confidence: 0.99 });
 */
export function medianInterval(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  const sorted = sortedFinite('medianInterval', values);
  const middle = (length: number) => [(length - 1) >> 1, (length >> 1) + 1] as const;
  return interval('medianInterval', sorted, quantileOfSorted(sorted, 0.5), middle, options);
}

/**
 * The mean of the middle half ({@link interquartileMean}) with its bootstrap percentile interval, which is a fifth
 * narrower than the median's where values are normal.
 *
 * @param values - at least one, finite; below about ten the interval is too narrow
 * @throws Error where a value or an option is out of range
 * @example
 * const { estimate, low, high } = interquartileMeanInterval(logarithmicRatios, { confidence: 0.99 });
 */
export function interquartileMeanInterval(
  values: ArrayLike<number>,
  options: BootstrapOptions = {},
): Interval {
  const sorted = sortedFinite('interquartileMeanInterval', values);
  const middle = (length: number) => [middleStart(length), length - middleStart(length)] as const;
  return interval('interquartileMeanInterval', sorted, interquartileMean(sorted), middle, options);
}

/** From the first rank that counts to the one after the last; the statistic is the mean of the values between. */
type Ranks = (length: number) => readonly [number, number];

function interval(
  operation: string,
  sorted: Float64Array,
  estimate: number,
  ranks: Ranks,
  { confidence = 0.95, resamples = 2000, seed = 1 }: BootstrapOptions,
): Interval {
  if (!(confidence > 0 && confidence < 1))
    throw new Error(`${operation}: expected a confidence inside (0, 1), got ${confidence}`);
  if (!(Number.isSafeInteger(resamples) && resamples >= 1))
    throw new Error(`${operation}: expected a whole number of resamples from 1 on, got ${resamples}`);
  const drawn = resampled(sorted, ranks, resamples, seed).sort();
  const tail = (1 - confidence) / 2;
  return {
    estimate,
    low: quantileOfSorted(drawn, tail),
    high: quantileOfSorted(drawn, 1 - tail),
    confidence,
  };
}

/** The values are sorted, so that a resample is a count for each of them and its ranks need no sorting. */
function resampled(sorted: Float64Array, ranks: Ranks, resamples: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const { length } = sorted;
  const counts = new Uint32Array(length);
  const [first, end] = ranks(length);
  return Float64Array.from({ length: resamples }, () => {
    counts.fill(0);
    for (let draw = 0; draw < length; draw++) {
      const drawn = random.below(length);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    return meanOfRanks(sorted, counts, first, end);
  });
}

function meanOfRanks(sorted: Float64Array, counts: Uint32Array, first: number, end: number): number {
  let sum = 0;
  let rank = 0;
  for (let index = 0; rank < end; index++) {
    const next = rank + (counts[index] as number);
    sum += (sorted[index] as number) * Math.max(0, Math.min(next, end) - Math.max(rank, first));
    rank = next;
  }
  return sum / (end - first);
}
