import type { Interval } from '../statistics/bootstrap.js';

/** What a comparison says of the second task beside the first. */
export type Verdict =
  | { readonly kind: 'faster' | 'slower' | 'same' }
  | { readonly kind: 'not decided'; readonly reason: UndecidedReason };

export type UndecidedReason =
  | 'too few blocks'
  | 'the interval is too wide'
  | 'the first task differs from itself as much'
  | 'the rank test does not confirm it';

/** What a verdict rests on; ratios of times, the second task's over the first's. */
export interface Evidence {
  readonly ratio: Interval;
  /** The first task over itself: where it has two states, one of them over the other. */
  readonly noiseFloor: Interval;
  /** Of the rank test, corrected where several comparisons are judged together. */
  readonly p: number;
  readonly blocks: number;
}

export interface VerdictOptions {
  /** Differences up to this share count as none, such as 0.02. */
  readonly threshold: number;
  /** The largest p value that confirms a difference. */
  readonly alpha: number;
}

/** An interval from fewer blocks is not to be trusted. */
export const fewestBlocks = 8;

/**
 * Judges a comparison. A task is slower, or faster, where the whole interval of the ratio is beyond the threshold and
 * beyond what the first task showed against itself, and the rank test confirms it; it is the same where the whole
 * interval is within the threshold.
 *
 * @example
 * decide({ ratio, noiseFloor, p: 1e-9, blocks: 60 }, { threshold: 0.02, alpha: 0.01 }); // { kind: 'slower' }
 */
export function decide(
  { ratio, noiseFloor, p, blocks }: Evidence,
  { threshold, alpha }: VerdictOptions,
): Verdict {
  if (blocks < fewestBlocks) return { kind: 'not decided', reason: 'too few blocks' };
  const allowed = Math.log1p(threshold);
  // Its estimate: how far that could be off is in the interval of the ratio, which the same blocks make as wide.
  const noise = Math.abs(Math.log(noiseFloor.estimate));
  const [low, high] = [Math.log(ratio.low), Math.log(ratio.high)];
  if (low >= -allowed && high <= allowed) return { kind: 'same' };
  if (low <= allowed && high >= -allowed) return { kind: 'not decided', reason: 'the interval is too wide' };
  if (low <= noise && high >= -noise)
    return { kind: 'not decided', reason: 'the first task differs from itself as much' };
  if (p > alpha) return { kind: 'not decided', reason: 'the rank test does not confirm it' };
  return { kind: low > 0 ? 'slower' : 'faster' };
}
