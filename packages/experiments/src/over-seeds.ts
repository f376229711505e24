import { tInterval } from '@hebblab/analysis';
import type { ModelResult, SeveralSeeds } from './results.js';

/**
 * The results of one model over several seeds: each figure the mean over the seeds that have it, with `interval` and
 * `perSeed` beside (see SeveralSeeds).
 *
 * @param perSeed results of two or more seeds, in order
 */
export function overSeeds(perSeed: readonly ModelResult[]): ModelResult & SeveralSeeds {
  const mean = combine(perSeed, meanOf) as ModelResult;
  const interval = combine(perSeed, intervalOf) as Record<string, unknown>;
  return { ...mean, interval, perSeed };
}

/**
 * Applies `ofNumbers` to each number and, element by element, to each list of numbers. What is not a number is kept
 * where all seeds agree, and left out where they do not.
 */
function combine(values: readonly unknown[], ofNumbers: (numbers: number[]) => unknown): unknown {
  const present = values.filter((value) => value !== undefined);
  const [first] = present;
  if (present.every((value) => typeof value === 'number')) return ofNumbers(present);
  if (Array.isArray(first)) {
    const lists = present.filter(Array.isArray);
    // Spectra may end at different places: the common part is what all have.
    const length = Math.min(...lists.map((list) => list.length));
    return Array.from({ length }, (_, index) =>
      combine(
        lists.map((list) => list[index]),
        ofNumbers,
      ),
    );
  }
  if (isRecord(first)) {
    const records = present.filter(isRecord);
    const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
    const entries = keys
      .map(
        (key) =>
          [
            key,
            combine(
              records.map((record) => record[key]),
              ofNumbers,
            ),
          ] as const,
      )
      .filter(([, value]) => value !== undefined);
    return Object.fromEntries(entries);
  }
  return present.every((value) => value === first) ? first : undefined;
}

/** Within the numbers, beyond which rounding would carry it: the mean of thrice 0.1 is 0.1, the epsilon of an attack. */
function meanOf(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return Math.min(Math.max(...numbers), Math.max(Math.min(...numbers), mean));
}

/** The 95 % interval of the mean by Student's t, for seeds as independent draws; `undefined` of one seed. */
function intervalOf(numbers: readonly number[]): [number, number] | undefined {
  if (numbers.length < 2) return undefined;
  const { low, high } = tInterval(numbers, 0.95);
  return [low, high];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
