import { quantileOfSorted, sortedFinite } from './quantiles.js';
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
  const { confidence = 0.95, resamples = 2000, seed = 1 } = options;
  const sorted = sortedFinite('medianInterval', values);
  if (!(confidence > 0 && confidence < 1))
    throw new Error(`medianInterval: expected a confidence inside (0, 1), got ${confidence}`);
  if (!(Number.isSafeInteger(resamples) && resamples >= 1))
    throw new Error(`medianInterval: expected a whole number of resamples from 1 on, got ${resamples}`);
  const medians = resampledMedians(sorted, resamples, seed).sort();
  const tail = (1 - confidence) / 2;
  return {
    estimate: quantileOfSorted(sorted, 0.5),
    low: quantileOfSorted(medians, tail),
    high: quantileOfSorted(medians, 1 - tail),
    confidence,
  };
}

/** The values are sorted, so that a resample is a count for each of them and its median needs no sorting. */
function resampledMedians(sorted: Float64Array, resamples: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const { length } = sorted;
  const counts = new Uint32Array(length);
  return Float64Array.from({ length: resamples }, () => {
    counts.fill(0);
    for (let draw = 0; draw < length; draw++) {
      const drawn = random.below(length);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    const [lower, upper] = [(length - 1) >> 1, length >> 1];
    return (valueOfRank(sorted, counts, lower) + valueOfRank(sorted, counts, upper)) / 2;
  });
}

function valueOfRank(sorted: Float64Array, counts: Uint32Array, rank: number): number {
  let below = 0;
  let index = 0;
  while (below + (counts[index] as number) <= rank) {
    below += counts[index] as number;
    index += 1;
  }
  return sorted[index] as number;
}
