// What a page runs: the suites that it is told, each imported by its address, and their results as plain data.
import { type BenchCase, fromCase, type PreparableCase, suiteOfModule } from '../suite/cases.js';
import { type RunOptions, Suite, type TaskResult } from '../suite/suite.js';
import type { ClockName } from '../timing/clock.js';

/** A suite for a page. */
export interface PagePlan {
  /** The address of the suite's module. */
  readonly suite: string;
  readonly file: string;
  /** The names of the cases that were asked for. */
  readonly cases: readonly string[];
  readonly build: string;
  /** The address of the build's module; none where suites import what they measure. */
  readonly module: string | undefined;
  /** The address of a module that exports `open`, `probes`, `ceilingOf` and `memoryOf`, as the configuration does. */
  readonly configuration: string | undefined;
  readonly options: RunOptions;
}

export interface PageResult {
  readonly clock: ClockName;
  readonly tasks: readonly (TaskResult & { readonly memoryBytes?: number })[];
}

interface PageConfiguration {
  readonly open?: (module: unknown, place: { readonly url: string; readonly build: string }) => unknown;
  readonly probes?: readonly BenchCase[];
  readonly ceilingOf?: (benchCase: BenchCase) => string | undefined;
  readonly memoryOf?: (opened: unknown) => number | undefined;
}

/** Runs one suite on this page. */
export async function runOnPage(plan: PagePlan): Promise<PageResult> {
  const configuration: PageConfiguration =
    plan.configuration === undefined ? {} : await import(plan.configuration);
  const { open, probes = [], ceilingOf = ({ ceiling }) => ceiling, memoryOf } = configuration;
  const { name, question, cases } = await suiteOfModule(await import(plan.suite), plan.file, ceilingOf);
  const chosen = cases.filter((item) => plan.cases.includes(item.name) && item.size === undefined);
  const opened = new Map<string, unknown>();
  let instances = 0;
  const openBuild = async () => {
    if (plan.module === undefined) return {};
    // An address of its own makes an instance of its own.
    const url = `${plan.module}?instance=${++instances}`;
    const isWasm = plan.module.endsWith('.wasm');
    const module: unknown = isWasm ? await WebAssembly.compileStreaming(fetch(url)) : await import(url);
    if (open !== undefined) return open(module, { url, build: plan.build });
    return module instanceof WebAssembly.Module ? new WebAssembly.Instance(module).exports : module;
  };
  const task = (item: PreparableCase) => ({
    name: item.name,
    async setup() {
      const instance = await openBuild();
      opened.set(item.name, instance);
      return item.prepare(instance);
    },
  });
  const suite = new Suite(name, { question });
  const ceilings = new Set(chosen.map(({ work }) => work.ceiling));
  for (const probe of probes.map((item) => fromCase(item, () => undefined)))
    if (ceilings.has(probe.name)) suite.probe(probe.name, task(probe), probe.work);
  for (const item of chosen) suite.add(item.name, task(item), item.work);
  const { clock, tasks } = await suite.run(plan.options);
  return {
    clock,
    tasks: tasks.map((result) => {
      const memoryBytes = memoryOf?.(opened.get(result.name));
      return memoryBytes === undefined || result.role === 'probe' ? result : { ...result, memoryBytes };
    }),
  };
}
