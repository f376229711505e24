import { InputError } from '../node/input-error.js';
import type { TaskOnState } from '../timing/task.js';
import { type TinybenchLike, tinybenchTask } from '../timing/tinybench.js';
import type { Work } from './work.js';

// What a suite's module holds, wherever it was imported: in Node or on a page.

/** A case of a suite file, with its work. */
export interface BenchCase extends Work {
  readonly name: string;
  /** Measured only where slow cases are asked for. */
  readonly slow?: boolean;
  /** Makes the state that calls share, of what the configuration opened; may wait. Default: that itself. */
  readonly setup?: (opened: never) => unknown;
  /** Every call does the same work. A case has this, or times itself, or is a size. */
  readonly run?: (opened: never, state: never) => unknown;
  /** Makes that many calls and returns the milliseconds that they took, by a clock of its own. */
  readonly sample?: (opened: never, state: never, calls: number) => number | Promise<number>;
  /** Bytes of something, which are tracked and compared as times are. */
  readonly size?: (opened: never) => number | Promise<number>;
}

export interface PreparableCase {
  readonly name: string;
  readonly work: Work;
  readonly slow: boolean;
  /** Makes the state and gives the function to be timed. */
  prepare(opened: unknown): Promise<TaskOnState>;
  /** Of a case that is a size and has no time. */
  readonly size: ((opened: unknown) => number | Promise<number>) | undefined;
}

/** The content of a suite's module. */
export interface SuiteContent {
  readonly name: string;
  readonly question: string;
  /** Where it can run; default everywhere. */
  readonly runsIn: readonly string[];
  readonly cases: readonly PreparableCase[];
}

export type CeilingOf = (benchCase: BenchCase) => string | undefined;

/**
 * The cases of a suite's module: it exports `cases` (and `name` and `question`), or its default export makes a tinybench
 * bench of what was opened.
 *
 * @param file - its name, which names the suite where the module does not
 * @throws InputError where it is none
 */
export async function suiteOfModule(
  module: Readonly<Record<string, unknown>>,
  file: string,
  ceilingOf: CeilingOf,
): Promise<SuiteContent> {
  const fallback = file.replace(/(\.bench)?\.m?js$/, '');
  const { name = fallback, question = '', runsIn = ['node', 'browser'], cases, default: makeBench } = module;
  const head = { name: String(name), question: String(question), runsIn: runsIn as readonly string[] };
  if (Array.isArray(cases))
    return { ...head, cases: (cases as BenchCase[]).map((item) => fromCase(item, ceilingOf)) };
  if (typeof makeBench === 'function')
    return { ...head, cases: await fromBench(makeBench as MakeBench, file) };
  throw new InputError(`bench: expected cases, or a default export that makes a bench, in ${file}`);
}

/** A case of a suite file as something to be prepared. */
export function fromCase(benchCase: BenchCase, ceilingOf: CeilingOf): PreparableCase {
  const { name, flops, bytes, items, slow = false } = benchCase;
  const ceiling = ceilingOf(benchCase);
  // What is opened is known to the configuration and its suites alone.
  const { setup, run, sample, size } = benchCase as unknown as CaseCalls;
  if (run === undefined && sample === undefined && size === undefined)
    throw new InputError(`bench: expected run, sample or size in the case ${name}, got none`);
  return {
    name,
    slow,
    work: {
      ...(flops !== undefined && { flops }),
      ...(bytes !== undefined && { bytes }),
      ...(items !== undefined && { items }),
      ...(ceiling !== undefined && { ceiling }),
    },
    async prepare(opened) {
      const state = setup === undefined ? opened : await setup(opened);
      if (run !== undefined) return () => run(opened, state);
      if (sample === undefined) throw new Error(`bench: expected a case with a time, got the size ${name}`);
      return { name, sample: async (calls) => sample(opened, state, calls) };
    },
    size,
  };
}

type MakeBench = (opened: unknown) => TinybenchLike | Promise<TinybenchLike>;

/** The names of a bench are known once it is made, for which nothing is opened yet: it must do without until it runs. */
async function fromBench(makeBench: MakeBench, file: string): Promise<PreparableCase[]> {
  const names = await namesOf(makeBench, file);
  return names.map((name) => ({
    name,
    slow: false,
    work: {},
    prepare: async (opened) => tinybenchTask(await makeBench(opened), name),
    size: undefined,
  }));
}

async function namesOf(makeBench: MakeBench, file: string): Promise<string[]> {
  const bench = await makeBench({});
  if (!Array.isArray(bench?.tasks)) throw new InputError(`bench: expected ${file} to make a tinybench bench`);
  return bench.tasks.map(({ name }) => name);
}

interface CaseCalls {
  readonly setup?: (opened: unknown) => unknown;
  readonly run?: (opened: unknown, state: unknown) => unknown;
  readonly sample?: (opened: unknown, state: unknown, calls: number) => number | Promise<number>;
  readonly size?: (opened: unknown) => number | Promise<number>;
}
