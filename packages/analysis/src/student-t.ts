import type { Interval } from './interval.js';
import { bisect, incompleteBeta } from './special-functions.js';

/**
 * Interval of a mean over a few runs, by Student's t: mean +- t s / sqrt(n), s with n - 1 in the denominator. It holds for
 * figures that scatter about normally from seed to seed.
 *
 * @param values - one per seed, at least 2, finite
 * @param confidence - in (0, 1)
 * @throws Error where there are fewer than 2 values, one is not finite, or the confidence is out of range.
 *
 * @example
 * tInterval([0.47, 0.46, 0.48, 0.47, 0.47], 0.95); // 0.47 from 0.461 to 0.479
 */
export function tInterval(values: ArrayLike<number>, confidence: number): Interval {
  const { mean, standardError, freedom } = meanAndError('tInterval', values, confidence);
  const reach = standardError === 0 ? 0 : tQuantile((1 + confidence) / 2, freedom) * standardError;
  return { estimate: mean, low: mean - reach, high: mean + reach, confidence };
}

/** Two models over the same seeds, or on the same images. */
export interface PairedComparison {
  /** Of the mean of a - b. */
  readonly difference: Interval;
  /** Two-sided, of Student's t test that the mean difference is 0; 0 where all differences are one number but 0. */
  readonly pValue: number;
  /** How often a is larger, smaller, equal. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
}

/**
 * Compares two models pair by pair, which takes out what the pairs share (the seed's data order, the image's difficulty).
 *
 * @param a - a figure of the first model for each seed, finite
 * @param b - of the second, for the same seeds
 * @param confidence - in (0, 1)
 * @throws Error where the lengths differ, there are fewer than 2 pairs, or a value or the confidence is out of range.
 *
 * @example
 * const { difference, pValue } = pairedComparison(robustnessOfKh, robustnessOfShlp, 0.95);
 */
export function pairedComparison(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  confidence: number,
): PairedComparison {
  if (a.length !== b.length) {
    throw new Error(`pairedComparison: expected pairs, got ${a.length} and ${b.length} values`);
  }
  const differences = Float64Array.from(a, (value, i) => value - (b[i] as number));
  const { mean, standardError, freedom } = meanAndError('pairedComparison', differences, confidence);
  const pValue = standardError === 0 ? (mean === 0 ? 1 : 0) : tTailProbability(mean / standardError, freedom);
  return {
    difference: tInterval(differences, confidence),
    pValue,
    wins: differences.filter((value) => value > 0).length,
    losses: differences.filter((value) => value < 0).length,
    ties: differences.filter((value) => value === 0).length,
  };
}

function meanAndError(operation: string, values: ArrayLike<number>, confidence: number) {
  const sample = Float64Array.from(values);
  if (sample.length < 2) throw new Error(`${operation}: expected at least 2 values, got ${sample.length}`);
  const faulty = sample.find((value) => !Number.isFinite(value));
  if (faulty !== undefined) throw new Error(`${operation}: expected finite values, got ${faulty}`);
  if (!(confidence > 0 && confidence < 1)) {
    throw new Error(`${operation}: expected a confidence in (0, 1), got ${confidence}`);
  }
  // Differences to the first value keep equal ones exactly equal.
  const first = sample[0] as number;
  const mean = first + sample.reduce((sum, value) => sum + (value - first), 0) / sample.length;
  const freedom = sample.length - 1;
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  return { mean, standardError: Math.sqrt(variance / sample.length), freedom };
}

/** P(|T| >= |t|) with the degrees of freedom given. */
function tTailProbability(t: number, freedom: number): number {
  return incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

/** t with P(T <= t) = probability, for a probability above 1/2. */
function tQuantile(probability: number, freedom: number): number {
  const tail = 2 * (1 - probability);
  const logT = bisect(-40, 300, (log) => tail - tTailProbability(Math.exp(log), freedom));
  return Math.exp(logT);
}
