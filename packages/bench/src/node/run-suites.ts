import os from 'node:os';
import { type MeasuredTask, type RunOptions, Suite, type TaskResult } from '../suite/suite.js';
import type { ClockName } from '../timing/clock.js';
import type { BenchConfiguration, Build } from './configuration.js';
import { buildHash, type Checkout, describeCheckout, describeMachine, type Machine } from './machine.js';
import { type Side, unpack } from './sides.js';
import { fromCase, type PreparableCase, type SuiteFile } from './suite-files.js';

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
  readonly builds: readonly { readonly name: string; readonly sha256: string }[];
  readonly results: readonly CaseResult[];
}

/** A task of a suite in a build. */
export type CaseResult = TaskResult & {
  readonly suite: string;
  readonly build: string;
  /** Bytes that what was opened held at the end, where the configuration says. */
  readonly memoryBytes?: number;
};

export interface SuiteRun {
  readonly configuration: BenchConfiguration;
  readonly builds: readonly Build[];
  readonly suites: readonly SuiteFile[];
  readonly options: RunOptions;
  /** Told of each suite before it is run. */
  readonly onSuite?: (suite: string, build: string) => void;
}

/** Measures suites in builds of the working tree, each case in an instance of its own. */
export async function runSuites(wanted: SuiteRun): Promise<RunResult> {
  const { configuration, builds, suites } = wanted;
  const before = os.loadavg()[0] ?? 0;
  const results: CaseResult[] = [];
  let clock: ClockName = 'wall';
  for (const build of builds) {
    const side = unpack(configuration, build, { kind: 'working tree' });
    try {
      for (const suite of suites) {
        wanted.onSuite?.(suite.name, build.name);
        const measured = await runSuite(wanted, suite, side);
        clock = measured.clock;
        results.push(...measured.tasks.map((task) => ({ ...task, suite: suite.name, build: build.name })));
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
    ...describeCheckout(configuration.root),
    load: { before, after: os.loadavg()[0] ?? 0 },
    clock,
    builds: builds.map((build) => ({ name: build.name, sha256: buildHash(configuration, build) })),
    results,
  };
}

async function runSuite(
  { configuration, options }: SuiteRun,
  { name, question, cases }: SuiteFile,
  side: Side,
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
  for (const item of cases) suite.add(item.name, await task(item), item.work);
  const { clock, tasks } = await suite.run(options);
  return { clock, tasks: tasks.map((result) => withMemory(result, configuration, opened.get(result.name))) };
}

function withMemory(result: TaskResult, { memoryOf }: BenchConfiguration, instance: unknown) {
  if (memoryOf === undefined || result.state === 'failed' || result.role === 'probe') return result;
  return { ...result, memoryBytes: memoryOf(instance) };
}

/** The tasks that were measured. */
export function measuredOf<Result extends TaskResult>(results: readonly Result[]) {
  return results.filter((result): result is Result & MeasuredTask => result.state === 'measured');
}
