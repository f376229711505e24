import type { Interval } from './interval.js';
import { normalQuantile } from './normal-distribution.js';

/**
 * Wilson's interval of a share, such as the accuracy on a test set: right near 0 and 1 too, where mean +- error is not.
 *
 * @param successes - 0..count
 * @param count - at least 1
 * @param confidence - in (0, 1)
 * @throws Error where a number is out of range.
 *
 * @example
 * shareInterval(9500, 10_000, 0.95); // 0.95 from 0.9456 to 0.9541
 */
export function shareInterval(successes: number, count: number, confidence: number): Interval {
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`shareInterval: expected a positive count, got ${count}`);
  }
  if (!Number.isInteger(successes) || successes < 0 || successes > count) {
    throw new Error(`shareInterval: expected 0 to ${count} successes, got ${successes}`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new Error(`shareInterval: expected a confidence in (0, 1), got ${confidence}`);
  }
  const z = normalQuantile((1 + confidence) / 2);
  const share = successes / count;
  const middle = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const reach =
    (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return {
    estimate: share,
    low: successes === 0 ? 0 : middle - reach,
    high: successes === count ? 1 : middle + reach,
    confidence,
  };
}
