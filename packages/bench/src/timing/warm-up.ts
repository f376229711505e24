import { median } from '../statistics/quantiles.js';
import type { Clock } from './clock.js';
import type { Prepared } from './task.js';

/** How a warm-up ended, and what a call took at its end. */
export interface WarmUp {
  /**
   * `still falling`: the time for it was over before calls stopped becoming quicker; `too short to tell`: before there
   * were calls enough to see that.
   */
  readonly state: 'settled' | 'still falling' | 'too short to tell';
  readonly millisecondsPerCall: number;
}

/**
 * Calls a task until its calls no longer become quicker: the median of five windows is less than 1 % below that of
 * the five windows before. An engine compiles hot code in the background, so that at least `leastMilliseconds` pass.
 */
export async function warmUp(task: Prepared, clock: Clock, mostMilliseconds: number): Promise<WarmUp> {
  const start = performance.now();
  const perCall: number[] = [];
  let calls = 1;
  for (;;) {
    const time = await task.sample(calls, clock.now);
    perCall.push(time / calls);
    const spent = performance.now() - start;
    if (spent >= leastMilliseconds && isSettled(perCall))
      return { state: 'settled', millisecondsPerCall: lastOf(perCall) };
    if (spent >= mostMilliseconds) {
      const state = perCall.length < 2 * windows ? 'too short to tell' : 'still falling';
      return { state, millisecondsPerCall: lastOf(perCall) };
    }
    if (time < windowMilliseconds || time < ticksInWindow * clock.tick) {
      calls *= 2;
      perCall.length = 0;
    }
  }
}

const leastMilliseconds = 20;
const windowMilliseconds = 1;
const ticksInWindow = 20;
const windows = 5;
const leastFall = 0.01;

function isSettled(perCall: readonly number[]): boolean {
  if (perCall.length < 2 * windows) return false;
  const before = median(perCall.slice(-2 * windows, -windows));
  return median(perCall.slice(-windows)) > before * (1 - leastFall);
}

function lastOf(perCall: readonly number[]): number {
  return perCall.length === 0 ? 0 : median(perCall.slice(-windows));
}
