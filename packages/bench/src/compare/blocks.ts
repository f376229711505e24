import { type Random, shuffled } from '../statistics/random.js';
import type { Prepared } from '../timing/task.js';

/** The three things that a block times: the first task, the second, and the first once more. */
export interface Trio {
  readonly first: Prepared;
  readonly second: Prepared;
  readonly again: Prepared;
}

type Role = keyof Trio;

/** Calls in one sample of each. */
export type Calls = Readonly<Record<Role, number>>;

/** Logarithms of the milliseconds of one call, the mean of the quicker samples of a block. */
export type Block = Readonly<Record<Role, number>>;

/** Two sets of orders in which each task is as often at the edge, between the others and in the middle of a pass. */
const orderSets: readonly (readonly (readonly Role[])[])[] = [
  [
    ['first', 'second', 'again'],
    ['second', 'again', 'first'],
    ['again', 'first', 'second'],
  ],
  [
    ['first', 'again', 'second'],
    ['second', 'first', 'again'],
    ['again', 'second', 'first'],
  ],
];

/**
 * Times the three in three passes that go forwards and backwards, such as A B C C B A, B C A A C B, C A B B A C:
 * what drifts evenly meanwhile falls on all alike, and so does what a task gains or loses by its place or by what ran
 * before. Which passes and in what order is drawn. Tasks of long calls have one pass in a block: what depends on the
 * place is small beside them, and cancels over blocks.
 *
 * Of the six samples of each, the two slowest are left out: what interrupts only ever adds time.
 */
export async function timeBlock(
  trio: Trio,
  calls: Calls,
  random: Random,
  now: () => number,
  passes: 1 | 3,
): Promise<Block> {
  const logarithms: Record<Role, number[]> = { first: [], second: [], again: [] };
  const orders = shuffled(orderSets[random.below(orderSets.length)] ?? [], random);
  for (const order of orders.slice(0, passes)) {
    for (const role of [...order, ...order.toReversed()])
      logarithms[role].push(Math.log((await trio[role].sample(calls[role], now)) / calls[role]));
  }
  // With one pass both samples of each count, so that a drift cancels.
  const kept = passes === 1 ? 2 : 4;
  return {
    first: meanOfLowest(logarithms.first, kept),
    second: meanOfLowest(logarithms.second, kept),
    again: meanOfLowest(logarithms.again, kept),
  };
}

function meanOfLowest(values: readonly number[], count: number): number {
  const lowest = values.toSorted((first, second) => first - second).slice(0, count);
  return lowest.reduce((sum, value) => sum + value, 0) / count;
}

/** The logarithm of the second task's time over that of the first, which was timed twice as often. */
export function logRatio({ first, second, again }: Block): number {
  return second - (first + again) / 2;
}

/** The logarithm of the first task's time over its own. */
export function logNoise({ first, again }: Block): number {
  return again - first;
}
