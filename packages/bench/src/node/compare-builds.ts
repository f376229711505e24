import { type CompareOptions, type Comparison, compare } from '../compare/compare.js';
import { decide, type Verdict } from '../compare/verdict.js';
import { holm } from '../statistics/holm.js';
import type { SelfTimedTask } from '../timing/task.js';
import type { BenchConfiguration, Build } from './configuration.js';
import type { Plan } from './plans.js';
import { type Source, unpack } from './sides.js';
import type { PreparableCase } from './suite-files.js';
import { prepareWhole } from './whole-side.js';

/** A case of one build, compared between two sources. */
export type ComparedCase = CaseSubject &
  (
    | { readonly state: 'compared'; readonly comparison: Comparison; readonly verdict: Verdict }
    | {
        readonly state: 'sized';
        readonly before: number;
        readonly now: number;
        readonly verdict: SizeVerdict;
      }
    /** The base cannot do it: it is new. */
    | { readonly state: 'only now'; readonly error: string }
    | { readonly state: 'failed'; readonly error: string }
  );

/** Whether bytes differ by more than the threshold. */
export interface SizeVerdict {
  readonly kind: 'larger' | 'smaller' | 'same';
}

export interface CaseSubject {
  readonly suite: string;
  readonly name: string;
  readonly build: string;
}

export interface BuildComparison {
  readonly configuration: BenchConfiguration;
  readonly plans: readonly Plan[];
  readonly base: Source;
  readonly now: Source;
  readonly options: CompareOptions;
  /** Told of each case before it is compared. */
  readonly onCase?: (subject: CaseSubject) => void;
}

/**
 * Compares every case between two sources of each build: files side by side in this process, in fresh instances for every
 * case; the whole project in two checkouts, in processes that take turns. Verdicts are given at the end, with the p values
 * corrected for the number of cases.
 */
export async function compareBuilds(wanted: BuildComparison): Promise<ComparedCase[]> {
  const compared: ComparedCase[] = [];
  for (const { build, suites } of wanted.plans) {
    const base = startableSide(wanted.configuration, build, wanted.base);
    try {
      const now = startableSide(wanted.configuration, build, wanted.now);
      try {
        for (const suite of suites) {
          for (const benchCase of suite.cases) {
            const subject = { suite: suite.name, name: benchCase.name, build: build.name };
            wanted.onCase?.(subject);
            const compareOne = benchCase.size === undefined ? compareCase : compareSize;
            compared.push(await compareOne(subject, benchCase, base, now, wanted.options));
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

/** A side of a comparison, in which a case can be started as often as is needed. */
interface StartableSide {
  start(suite: string, benchCase: PreparableCase, options: CompareOptions): Promise<Started>;
  size(suite: string, benchCase: PreparableCase): Promise<number>;
  dispose(): void;
}

interface Started {
  readonly task: (() => unknown) | SelfTimedTask;
  end(): Promise<void> | void;
}

function startableSide(configuration: BenchConfiguration, build: Build, source: Source): StartableSide {
  if (build.kind === 'whole') {
    const side = prepareWhole(configuration, build, source);
    return {
      dispose: side.dispose,
      async start(suite, { name }, { clock = 'auto' }) {
        const task = await side.start(suite, name, clock);
        return { task, end: task.end };
      },
      size: (suite, { name }) => side.size(suite, name),
    };
  }
  const side = unpack(configuration, build, source);
  return {
    dispose: side.dispose,
    async start(_, benchCase) {
      const opened = await side.open();
      return { task: await benchCase.prepare(opened), end: () => side.close(opened) };
    },
    async size(_, benchCase) {
      const opened = await side.open();
      const bytes = await benchCase.size?.(opened);
      await side.close(opened);
      return bytes ?? 0;
    },
  };
}

async function compareCase(
  subject: CaseSubject,
  benchCase: PreparableCase,
  base: StartableSide,
  now: StartableSide,
  options: CompareOptions,
): Promise<ComparedCase> {
  const started: Started[] = [];
  const start = async (side: StartableSide) => {
    const one = await side.start(subject.suite, benchCase, options);
    started.push(one);
    await callOnce(one.task);
    return one.task;
  };
  try {
    const first = await tried(() => start(base));
    const second = await tried(() => start(now));
    if ('error' in second) return { ...subject, state: 'failed', error: second.error };
    if ('error' in first) return { ...subject, state: 'only now', error: first.error };
    const states = [first.value, await start(base)];
    const compared = await tried(() =>
      compare(
        { name: 'base', setup: () => states.shift() as Started['task'] },
        { name: 'now', setup: () => second.value },
        options,
      ),
    );
    if ('error' in compared) return { ...subject, state: 'failed', error: compared.error };
    return { ...subject, state: 'compared', comparison: compared.value, verdict: compared.value.verdict };
  } finally {
    for (const one of started) await one.end();
  }
}

async function compareSize(
  subject: CaseSubject,
  benchCase: PreparableCase,
  base: StartableSide,
  now: StartableSide,
  { threshold = 0.02 }: CompareOptions,
): Promise<ComparedCase> {
  const second = await tried(() => now.size(subject.suite, benchCase));
  if ('error' in second) return { ...subject, state: 'failed', error: second.error };
  const first = await tried(() => base.size(subject.suite, benchCase));
  if ('error' in first) return { ...subject, state: 'only now', error: first.error };
  const [before, after] = [first.value, second.value];
  const kind = sizeVerdict(before, after, threshold);
  return { ...subject, state: 'sized', before, now: after, verdict: { kind } };
}

/** A size is known exactly: the threshold alone decides. */
export function sizeVerdict(before: number, now: number, threshold: number): SizeVerdict['kind'] {
  if (now > before * (1 + threshold)) return 'larger';
  return now < before / (1 + threshold) ? 'smaller' : 'same';
}

async function callOnce(task: Started['task']): Promise<void> {
  if (typeof task === 'function') await task();
  else await task.sample(1);
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
