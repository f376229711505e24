import { type CompareOptions, type Comparison, compare } from '../compare/compare.js';
import { decide, type Verdict } from '../compare/verdict.js';
import { holm } from '../statistics/holm.js';
import type { BenchConfiguration, Build } from './configuration.js';
import { type Side, type Source, unpack } from './sides.js';
import type { PreparableCase, SuiteFile } from './suite-files.js';

/** A case of one build, compared between two sources. */
export type ComparedCase = CaseSubject &
  (
    | { readonly state: 'compared'; readonly comparison: Comparison; readonly verdict: Verdict }
    /** The base cannot do it: it is new. */
    | { readonly state: 'only now'; readonly error: string }
    | { readonly state: 'failed'; readonly error: string }
  );

export interface CaseSubject {
  readonly suite: string;
  readonly name: string;
  readonly build: string;
}

export interface BuildComparison {
  readonly configuration: BenchConfiguration;
  readonly builds: readonly Build[];
  readonly suites: readonly SuiteFile[];
  readonly base: Source;
  readonly now: Source;
  readonly options: CompareOptions;
  /** Told of each case before it is compared. */
  readonly onCase?: (subject: CaseSubject) => void;
}

/**
 * Compares every case between two sources of each build, side by side in this process, in fresh instances for every
 * case. Verdicts are given at the end, with the p values corrected for the number of cases.
 */
export async function compareBuilds(wanted: BuildComparison): Promise<ComparedCase[]> {
  const compared: ComparedCase[] = [];
  for (const build of wanted.builds) {
    const base = unpack(wanted.configuration, build, wanted.base);
    try {
      const now = unpack(wanted.configuration, build, wanted.now);
      try {
        for (const suite of wanted.suites) {
          for (const benchCase of suite.cases) {
            const subject = { suite: suite.name, name: benchCase.name, build: build.name };
            wanted.onCase?.(subject);
            compared.push(await compareCase(subject, benchCase, base, now, wanted.options));
          }
        }
      } finally {
        now.dispose();
      }
    } finally {
      base.dispose();
    }
  }
  return corrected(compared, wanted.options);
}

async function compareCase(
  subject: CaseSubject,
  benchCase: PreparableCase,
  base: Side,
  now: Side,
  options: CompareOptions,
): Promise<ComparedCase> {
  const first = await tried(async () => {
    const states = [benchCase.prepare(await base.open()), benchCase.prepare(await base.open())];
    await callOnce(states[0]);
    return states;
  });
  const second = await tried(async () => {
    const state = benchCase.prepare(await now.open());
    await callOnce(state);
    return state;
  });
  if ('error' in second) return { ...subject, state: 'failed', error: second.error };
  if ('error' in first) return { ...subject, state: 'only now', error: first.error };
  const states = [...first.value];
  const comparison = await compare(
    { name: 'base', setup: () => states.shift() as (typeof states)[0] },
    { name: 'now', setup: () => second.value },
    options,
  );
  return { ...subject, state: 'compared', comparison, verdict: comparison.verdict };
}

async function callOnce(task: ReturnType<PreparableCase['prepare']> | undefined): Promise<void> {
  if (typeof task === 'function') await task();
  else await task?.sample(1);
}

async function tried<Value>(
  action: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly error: string }> {
  try {
    return { value: await action() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function corrected(cases: readonly ComparedCase[], options: CompareOptions): ComparedCase[] {
  const { threshold = 0.02, alpha = 0.01 } = options;
  const values = holm(cases.flatMap((item) => (item.state === 'compared' ? [item.comparison.p] : [])));
  return cases.map((item) => {
    if (item.state !== 'compared') return item;
    const p = values.shift() ?? 1;
    const { ratio, noiseFloor, blocks } = item.comparison;
    return { ...item, verdict: decide({ ratio, noiseFloor, p, blocks }, { threshold, alpha }) };
  });
}
