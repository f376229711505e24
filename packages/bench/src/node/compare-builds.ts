import {
  type CompareOptions,
  type Comparison,
  compare,
  compareLaunches,
  type Launch,
} from '../compare/compare.js';
import { decide, type Verdict } from '../compare/verdict.js';
import { holm } from '../statistics/holm.js';
import { seededRandom, shuffled } from '../statistics/random.js';
import type { PreparableCase } from '../suite/cases.js';
import type { SelfTimedTask } from '../timing/task.js';
import type { BenchConfiguration, Build } from './configuration.js';
import type { Plan } from './plans.js';
import { type Source, unpack } from './sides.js';
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
            const item = { file: suite.file, benchCase };
            compared.push(await compareOne(subject, item, base, now, wanted.options));
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
  start(item: CaseOfFile, options: CompareOptions): Promise<Started>;
  size(item: CaseOfFile): Promise<number>;
  /** Whether what is started has a process of its own, so that another start is another draw. */
  readonly ownProcesses: boolean;
  dispose(): void;
}

interface CaseOfFile {
  readonly file: string;
  readonly benchCase: PreparableCase;
}

interface Started {
  readonly task: (() => unknown) | SelfTimedTask;
  end(): Promise<void> | void;
}

function startableSide(configuration: BenchConfiguration, build: Build, source: Source): StartableSide {
  if (build.kind === 'whole') {
    const side = prepareWhole(configuration, build, source);
    return {
      ownProcesses: true,
      dispose: side.dispose,
      async start({ file, benchCase }, { clock = 'auto' }) {
        const task = await side.start(file, benchCase.name, clock);
        return { task, end: task.end };
      },
      size: ({ file, benchCase }) => side.size(file, benchCase.name),
    };
  }
  const side = unpack(configuration, build, source);
  return {
    ownProcesses: false,
    dispose: side.dispose,
    async start({ benchCase }) {
      const opened = await side.open();
      return { task: await benchCase.prepare(opened), end: () => side.close(opened) };
    },
    async size({ benchCase }) {
      const opened = await side.open();
      const bytes = await benchCase.size?.(opened);
      await side.close(opened);
      return bytes ?? 0;
    },
  };
}

async function compareCase(
  subject: CaseSubject,
  item: CaseOfFile,
  base: StartableSide,
  now: StartableSide,
  options: CompareOptions,
): Promise<ComparedCase> {
  const started: Started[] = [];
  const start = async (side: StartableSide) => {
    const one = await side.start(item, options);
    started.push(one);
    await callOnce(one.task);
    return one.task;
  };
  try {
    const first = await tried(() => start(base));
    const second = await tried(() => start(now));
    if ('error' in second) return { ...subject, state: 'failed', error: second.error };
    if ('error' in first) return { ...subject, state: 'only now', error: first.error };
    const compared = await tried(async () =>
      base.ownProcesses
        ? compareLaunches(launches(item, base, now, options), options)
        : compareStates(second.value, [first.value, await start(base)], options),
    );
    if ('error' in compared) return { ...subject, state: 'failed', error: compared.error };
    return { ...subject, state: 'compared', comparison: compared.value, verdict: compared.value.verdict };
  } finally {
    for (const one of started) await one.end();
  }
}

function compareStates(
  now: Started['task'],
  [first, again]: readonly [Started['task'], Started['task']],
  options: CompareOptions,
): Promise<Comparison> {
  const states = [again, first];
  return compare(
    { name: 'base', setup: () => states.pop() ?? first },
    { name: 'now', setup: () => now },
    options,
  );
}

/** Launches of three processes, begun in an order that is drawn each time, so that its worth falls on all alike. */
function launches(
  item: CaseOfFile,
  base: StartableSide,
  now: StartableSide,
  options: CompareOptions,
): () => Promise<Launch> {
  const random = seededRandom(options.seed ?? 1);
  return async () => {
    const started: Started[] = [];
    const end = () => {
      for (const one of started) void one.end();
    };
    const start = async (side: StartableSide) => {
      const one = await side.start(item, options);
      started.push(one);
      return one.task;
    };
    try {
      const tasks: Partial<Record<'first' | 'second' | 'again', Started['task']>> = {};
      for (const role of shuffled(['first', 'second', 'again'] as const, random))
        tasks[role] = await start(role === 'second' ? now : base);
      const { first, second, again } = tasks;
      if (first === undefined || second === undefined || again === undefined)
        throw new Error('launches: expected three tasks, got fewer');
      return { first, second, again, end };
    } catch (error) {
      end();
      throw error;
    }
  };
}

async function compareSize(
  subject: CaseSubject,
  item: CaseOfFile,
  base: StartableSide,
  now: StartableSide,
  { threshold = 0.02 }: CompareOptions,
): Promise<ComparedCase> {
  const second = await tried(() => now.size(item));
  if ('error' in second) return { ...subject, state: 'failed', error: second.error };
  const first = await tried(() => base.size(item));
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
