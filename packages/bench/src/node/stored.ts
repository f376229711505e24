import { existsSync, readFileSync } from 'node:fs';
import { decide, type Verdict } from '../compare/verdict.js';
import type { Interval } from '../statistics/bootstrap.js';
import { type ComparedCase, sizeVerdict } from './compare-builds.js';
import { InputError } from './input-error.js';
import { machineDifferences } from './machine.js';
import { type CaseResult, measuredOf, type RunResult, sizedOf } from './run-suites.js';

/** A case now beside a stored result. The two were not interleaved, so that drift does not cancel. */
export interface StoredComparison {
  readonly suite: string;
  readonly name: string;
  readonly build: string;
  readonly before: Interval;
  readonly now: Interval;
  /** Now over before; its interval holds every ratio of values of the two. */
  readonly ratio: Interval;
  readonly verdict: Verdict;
}

/**
 * Reads the JSON file of a run.
 *
 * @throws InputError where it is none
 */
export function readRun(file: string): RunResult {
  if (!existsSync(file)) throw new InputError(`bench: expected a stored result, found nothing at ${file}`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new InputError(`bench: expected JSON in ${file}`);
  }
  if (!isRun(content))
    throw new InputError(`bench: expected the result of a bench run, schema 1, in ${file}`);
  return content;
}

function isRun(content: unknown): content is RunResult {
  if (typeof content !== 'object' || content === null) return false;
  const { schema, kind, machine, results } = content as Partial<Record<string, unknown>>;
  return schema === 1 && kind === 'run' && typeof machine === 'object' && Array.isArray(results);
}

/** Why figures of two runs say little about each other; nothing where they were made alike. */
export function runDifferences(before: RunResult, now: RunResult): string[] {
  const clocks = before.clock === now.clock ? [] : [`clock ${before.clock} and ${now.clock}`];
  return [...machineDifferences(before.machine, now.machine), ...clocks];
}

/** Compares the tasks that both runs measured. */
export function compareRuns(before: RunResult, now: RunResult, threshold: number): StoredComparison[] {
  const isSame = (first: CaseResult) => (second: CaseResult) =>
    first.suite === second.suite && first.name === second.name && first.build === second.build;
  return measuredOf(now.results)
    .filter(({ role }) => role === 'task')
    .flatMap((task) => {
      const earlier = measuredOf(before.results).find(isSame(task));
      return earlier === undefined ? [] : [compareStored(earlier, task, threshold)];
    });
}

/** Compares the sizes that both runs have. */
export function compareSizes(before: RunResult, now: RunResult, threshold: number): ComparedCase[] {
  return sizedOf(now.results).flatMap(({ suite, name, build, bytes }) => {
    const earlier = sizedOf(before.results).find(
      (one) => one.suite === suite && one.name === name && one.build === build,
    );
    if (earlier === undefined) return [];
    const verdict = { kind: sizeVerdict(earlier.bytes, bytes, threshold) };
    return [{ suite, name, build, state: 'sized' as const, before: earlier.bytes, now: bytes, verdict }];
  });
}

type Measured = ReturnType<typeof measuredOf<CaseResult>>[number];

function compareStored(before: Measured, now: Measured, threshold: number): StoredComparison {
  const [first, second] = [before.milliseconds, now.milliseconds];
  const ratio = {
    estimate: second.estimate / first.estimate,
    low: second.low / first.high,
    high: second.high / first.low,
    confidence: Math.min(first.confidence, second.confidence),
  };
  const noiseFloor = {
    estimate: 1,
    low: first.low / first.high,
    high: first.high / first.low,
    confidence: 1,
  };
  const blocks = Math.min(before.samples, now.samples);
  // There are no pairs to rank: the intervals alone decide.
  const verdict = decide({ ratio, noiseFloor, p: 0, blocks }, { threshold, alpha: 1 });
  const { suite, name, build } = now;
  return { suite, name, build, before: first, now: second, ratio, verdict };
}
