import os from 'node:os';
import { fromCase, type PreparableCase } from '../suite/cases.js';
import {
  type FailedTask,
  type MeasuredTask,
  type RunOptions,
  Suite,
  type TaskResult,
} from '../suite/suite.js';
import type { ClockName } from '../timing/clock.js';
import type { BenchConfiguration, Build } from './configuration.js';
import { buildHash, type Checkout, describeCheckout, describeMachine, type Machine } from './machine.js';
import type { Plan } from './plans.js';
import { type Side, unpack } from './sides.js';
import type { SuiteFile } from './suite-files.js';

/** What `hebblab bench run` measured: the content of its JSON file. */
export interface RunResult extends Checkout {
  readonly schema: 1;
  readonly kind: 'run';
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  /** Mean number of runnable processes in the minute before and at the end (0 on Windows, which counts none). */
  readonly load: { readonly before: number; readonly after: number };
  readonly clock: ClockName;
  readonly builds: readonly BuildOfRun[];
  readonly results: readonly CaseResult[];
}

export interface BuildOfRun {
  readonly name: string;
  readonly sha256: string;
  readonly threads: number;
}

/** A task of a suite in a build. */
export type CaseResult = (TaskResult | SizeResult) & {
  readonly suite: string;
  readonly build: string;
  /** Bytes that what was opened held at the end, where the configuration says: of WebAssembly the high-water mark. */
  readonly memoryBytes?: number;
};

/** A case that is a size. */
export interface SizeResult {
  readonly state: 'sized';
  readonly name: string;
  readonly role: 'task';
  readonly bytes: number;
}

export interface SuiteRun {
  readonly configuration: BenchConfiguration;
  readonly plans: readonly Plan[];
  readonly options: RunOptions;
  /** Told of each suite before it is run. */
  readonly onSuite?: (suite: string, build: string) => void;
}

/** Measures suites in builds of the working tree, each case of a build of files in an instance of its own. */
export async function runSuites(wanted: SuiteRun): Promise<RunResult> {
  const { configuration, plans } = wanted;
  const before = os.loadavg()[0] ?? 0;
  const results: CaseResult[] = [];
  let clock: ClockName = 'wall';
  for (const { build, suites } of plans) {
    const side = sideOf(configuration, build);
    try {
      for (const suite of suites) {
        wanted.onSuite?.(suite.name, build.name);
        const threads = build.kind === 'files' ? build.threads : 1;
        const measured = await runSuite(wanted, suite, side, threads);
        clock = measured.clock;
        const all = [...measured.tasks, ...(await sizesOf(suite, side))];
        results.push(...all.map((task) => ({ ...task, suite: suite.name, build: build.name })));
      }
    } finally {
      side.dispose();
    }
  }
  return {
    schema: 1,
    kind: 'run',
    date: new Date().toISOString(),
    machine: describeMachine(),
    ...describeCheckout(configuration),
    load: { before, after: os.loadavg()[0] ?? 0 },
    clock,
    builds: plans.map(({ build }) => buildOfRun(configuration, build)),
    results,
  };
}

/** What a run says of a build. */
export function buildOfRun(configuration: BenchConfiguration, build: Build): BuildOfRun {
  const threads = build.kind === 'files' ? build.threads : 1;
  return { name: build.name, sha256: buildHash(configuration, build), threads };
}

/** Suites of the whole project have imported what they measure already. */
function sideOf(configuration: BenchConfiguration, build: Build): Side {
  if (build.kind === 'files') return unpack(configuration, build, { kind: 'working tree' });
  return { open: async () => ({}), close: async () => {}, dispose: () => {} };
}

async function runSuite(
  { configuration, options }: SuiteRun,
  { name, question, cases }: SuiteFile,
  side: Side,
  threads: number,
) {
  const suite = new Suite(name, { question });
  const opened = new Map<string, unknown>();
  const task = async (item: PreparableCase) => {
    const instance = await side.open();
    opened.set(item.name, instance);
    return { name: item.name, setup: () => item.prepare(instance) };
  };
  const ceilings = new Set(cases.map(({ work }) => work.ceiling));
  for (const probe of configuration.probes.map((item) => fromCase(item, () => undefined))) {
    if (ceilings.has(probe.name)) suite.probe(probe.name, await task(probe), probe.work);
  }
  for (const item of cases) {
    if (item.size === undefined) suite.add(item.name, await task(item), item.work);
  }
  const { clock, tasks } = await suite.run(options);
  const results = tasks
    .map((result) => ofAllCeilings(result, threads))
    .map((result) => withMemory(result, configuration, opened.get(result.name)));
  for (const instance of opened.values()) await side.close(instance);
  return { clock, tasks: results };
}

async function sizesOf({ cases }: SuiteFile, side: Side): Promise<(SizeResult | FailedTask)[]> {
  const results: (SizeResult | FailedTask)[] = [];
  for (const { name, size } of cases) {
    if (size === undefined) continue;
    const opened = await side.open();
    try {
      results.push({ state: 'sized', name, role: 'task', bytes: await size(opened) });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      results.push({ state: 'failed', name, role: 'task', error: text });
    } finally {
      await side.close(opened);
    }
  }
  return results;
}

/** A peak of arithmetic is one of a thread, and there are as many; memory is shared. */
function ofAllCeilings(result: TaskResult, threads: number): TaskResult {
  if (result.state === 'failed' || result.shareOfCeiling === undefined || result.work.flops === undefined)
    return result;
  return { ...result, shareOfCeiling: result.shareOfCeiling / threads };
}

function withMemory(result: TaskResult, { memoryOf }: BenchConfiguration, instance: unknown) {
  if (memoryOf === undefined || result.state === 'failed' || result.role === 'probe') return result;
  return { ...result, memoryBytes: memoryOf(instance) };
}

/** The tasks that were measured. */
export function measuredOf<Result extends TaskResult | SizeResult>(results: readonly Result[]) {
  return results.filter((result): result is Result & MeasuredTask => result.state === 'measured');
}

/** The sizes that were taken. */
export function sizedOf(results: readonly CaseResult[]) {
  return results.filter((result): result is CaseResult & SizeResult => result.state === 'sized');
}
