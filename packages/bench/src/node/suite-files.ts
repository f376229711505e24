import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Work } from '../suite/work.js';
import type { TaskOnState } from '../timing/task.js';
import { type TinybenchLike, tinybenchTask } from '../timing/tinybench.js';
import { InputError } from './input-error.js';

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

/** A suite of a file: its cases, ready to be set up on something that was opened. */
export interface SuiteFile {
  /** In the folder of the suites. */
  readonly file: string;
  readonly name: string;
  readonly question: string;
  readonly cases: readonly PreparableCase[];
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

/**
 * Reads the suites of a folder. A suite is a `.js` file that exports `cases` (and `name` and `question`), or whose
 * default export makes a tinybench bench of what was opened.
 *
 * @param ceilingOf - names the probe of a case
 * @throws InputError where the folder holds no suite or a file is none
 */
export async function readSuites(
  folder: string,
  ceilingOf: (benchCase: BenchCase) => string | undefined,
): Promise<SuiteFile[]> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InputError(`bench: expected a folder of suites, found none at ${folder}`);
  const files = readdirSync(folder).filter((file) => /\.m?js$/.test(file) && !isConfiguration(file));
  if (files.length === 0) throw new InputError(`bench: expected suites in ${folder}, found no .js file`);
  return Promise.all(files.sort().map((file) => readSuite(folder, file, ceilingOf)));
}

function isConfiguration(file: string): boolean {
  return file.endsWith('.config.js');
}

/** Reads one suite of a folder. @throws InputError where the file is none */
export async function readSuite(
  folder: string,
  fileName: string,
  ceilingOf: (benchCase: BenchCase) => string | undefined,
): Promise<SuiteFile> {
  const file = path.join(folder, fileName);
  const fallback = fileName.replace(/(\.bench)?\.m?js$/, '');
  const module = await importSuite(file);
  const { name = fallback, question = '', cases, default: makeBench } = module;
  const head = { file: fileName, name: String(name), question: String(question) };
  if (Array.isArray(cases))
    return { ...head, cases: (cases as BenchCase[]).map((item) => fromCase(item, ceilingOf)) };
  if (typeof makeBench === 'function')
    return { ...head, cases: await fromBench(makeBench as MakeBench, file) };
  throw new InputError(`bench: expected cases, or a default export that makes a bench, in ${file}`);
}

interface CaseCalls {
  readonly setup?: (opened: unknown) => unknown;
  readonly run?: (opened: unknown, state: unknown) => unknown;
  readonly sample?: (opened: unknown, state: unknown, calls: number) => number | Promise<number>;
  readonly size?: (opened: unknown) => number | Promise<number>;
}

async function importSuite(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new InputError(
      `bench: expected the suite ${file} to load, got ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** A case of a suite file as something to be prepared. */
export function fromCase(
  benchCase: BenchCase,
  ceilingOf: (benchCase: BenchCase) => string | undefined,
): PreparableCase {
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
