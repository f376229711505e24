import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Work } from '../suite/work.js';
import type { SelfTimedTask } from '../timing/task.js';
import { type TinybenchLike, tinybenchTask } from '../timing/tinybench.js';
import { InputError } from './input-error.js';

/** A case of a suite file, with its work. */
export interface BenchCase extends Work {
  readonly name: string;
  /** Measured only where slow cases are asked for. */
  readonly slow?: boolean;
  /** Makes the state that calls share, of what the configuration opened. Default: that itself. */
  readonly setup?: (opened: never) => unknown;
  /** Every call does the same work. */
  readonly run: (opened: never, state: never) => unknown;
}

/** A suite of a file: its cases, ready to be set up on something that was opened. */
export interface SuiteFile {
  readonly name: string;
  readonly question: string;
  readonly cases: readonly PreparableCase[];
}

export interface PreparableCase {
  readonly name: string;
  readonly work: Work;
  readonly slow: boolean;
  /** Makes the state and gives the function to be timed. */
  prepare(opened: unknown): (() => unknown) | SelfTimedTask;
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
  return Promise.all(files.sort().map((file) => readSuite(path.join(folder, file), ceilingOf)));
}

function isConfiguration(file: string): boolean {
  return file.endsWith('.config.js');
}

async function readSuite(
  file: string,
  ceilingOf: (benchCase: BenchCase) => string | undefined,
): Promise<SuiteFile> {
  const fallback = path.basename(file).replace(/(\.bench)?\.m?js$/, '');
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const { name = fallback, question = '', cases, default: makeBench } = module;
  const head = { name: String(name), question: String(question) };
  if (Array.isArray(cases))
    return { ...head, cases: (cases as BenchCase[]).map((item) => fromCase(item, ceilingOf)) };
  if (typeof makeBench === 'function')
    return { ...head, cases: fromBench(makeBench as (opened: unknown) => TinybenchLike, file) };
  throw new InputError(`bench: expected cases, or a default export that makes a bench, in ${file}`);
}

/** A case of a suite file as something to be prepared. */
export function fromCase(
  benchCase: BenchCase,
  ceilingOf: (benchCase: BenchCase) => string | undefined,
): PreparableCase {
  const { name, flops, bytes, items, slow = false } = benchCase;
  const ceiling = ceilingOf(benchCase);
  // What is opened is known to the configuration and its suites alone.
  const setup = benchCase.setup as ((opened: unknown) => unknown) | undefined;
  const run = benchCase.run as (opened: unknown, state: unknown) => unknown;
  return {
    name,
    slow,
    work: {
      ...(flops !== undefined && { flops }),
      ...(bytes !== undefined && { bytes }),
      ...(items !== undefined && { items }),
      ...(ceiling !== undefined && { ceiling }),
    },
    prepare(opened) {
      const state = setup === undefined ? opened : setup(opened);
      return () => run(opened, state);
    },
  };
}

/** The names of a bench are known once it is made, for which nothing is opened yet: it must do without until it runs. */
function fromBench(makeBench: (opened: unknown) => TinybenchLike, file: string): PreparableCase[] {
  const names = namesOf(makeBench, file);
  return names.map((name) => ({
    name,
    slow: false,
    work: {},
    prepare: (opened) => tinybenchTask(makeBench(opened), name),
  }));
}

function namesOf(makeBench: (opened: unknown) => TinybenchLike, file: string): string[] {
  const bench = makeBench({});
  if (!Array.isArray(bench?.tasks)) throw new InputError(`bench: expected ${file} to make a tinybench bench`);
  return bench.tasks.map(({ name }) => name);
}
