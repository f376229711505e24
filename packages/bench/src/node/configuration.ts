import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from './input-error.js';
import type { BenchCase } from './suite-files.js';

/** Files that are compared between two commits, and how they are opened. */
export interface Build {
  readonly name: string;
  /** Files or folders, relative to the configuration. The first is the module that is imported. */
  readonly files: readonly string[];
  /** A command for the shell that is run in the unpacked files before; the first file may be what it makes. */
  readonly make: string | undefined;
}

/** What `bench.config.js` says, with what it leaves out filled in. */
export interface BenchConfiguration {
  /** The folder of the configuration; its paths start here. */
  readonly root: string;
  /** The folder of the suites. */
  readonly suites: string;
  readonly builds: readonly Build[];
  /** Cases whose rates are ceilings. */
  readonly probes: readonly BenchCase[];
  /** Makes what cases are given of the module and the folder in which it lies. */
  readonly open: (module: unknown, place: OpenPlace) => unknown;
  /** Bytes of memory that an opened module holds. */
  readonly memoryOf: ((opened: unknown) => number) | undefined;
  /** The folder of the history. */
  readonly history: string;
  /** The name of the probe that is the ceiling of a case. */
  readonly ceilingOf: (benchCase: BenchCase) => string | undefined;
}

/** Where a module was imported from. */
export interface OpenPlace {
  readonly folder: string;
  readonly file: string;
  readonly build: string;
}

const fileName = 'bench.config.js';

/**
 * Reads the configuration at a path, or the nearest `bench.config.js` in a folder or above it.
 *
 * @throws InputError where there is none, or it says something else than is expected
 */
export async function readConfiguration(from: string, given?: string): Promise<BenchConfiguration> {
  const file = given === undefined ? nearest(path.resolve(from)) : path.resolve(from, given);
  if (file === undefined)
    throw new InputError(`bench: expected ${fileName} in ${from} or a folder above it, found none`);
  if (!existsSync(file)) throw new InputError(`bench: expected a configuration, found nothing at ${file}`);
  const { default: content } = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return checked(content, file);
}

function nearest(folder: string): string | undefined {
  const file = path.join(folder, fileName);
  if (existsSync(file)) return file;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : nearest(parent);
}

function checked(content: unknown, file: string): BenchConfiguration {
  const refuse = (expected: string): never => {
    throw new InputError(`bench: expected ${expected} in ${file}`);
  };
  if (!isRecord(content)) return refuse('an object as the default export');
  const {
    suites = 'bench',
    files,
    builds,
    probes = [],
    open,
    ceilingOf,
    memoryOf,
    make,
    history = 'bench/history',
  } = content;
  if (typeof suites !== 'string') return refuse('suites to be the path of a folder');
  if (!Array.isArray(probes)) return refuse('probes to be an array of cases');
  if (open !== undefined && typeof open !== 'function') return refuse('open to be a function');
  if (ceilingOf !== undefined && typeof ceilingOf !== 'function') return refuse('ceilingOf to be a function');
  if (memoryOf !== undefined && typeof memoryOf !== 'function') return refuse('memoryOf to be a function');
  if (make !== undefined && typeof make !== 'string') return refuse('make to be a command');
  if (typeof history !== 'string') return refuse('history to be the path of a folder');
  const named = isRecord(builds) ? builds : { files };
  return {
    root: path.dirname(file),
    suites: path.resolve(path.dirname(file), suites),
    builds: Object.entries(named).map(([name, paths]) =>
      isPaths(paths)
        ? { name, files: paths, make }
        : refuse(`${name} to be an array of at least one path inside the folder`),
    ),
    probes: probes as BenchCase[],
    memoryOf: memoryOf as BenchConfiguration['memoryOf'],
    history: path.resolve(path.dirname(file), history),
    open: (open as BenchConfiguration['open'] | undefined) ?? ((module) => module),
    ceilingOf: (ceilingOf as BenchConfiguration['ceilingOf'] | undefined) ?? (({ ceiling }) => ceiling),
  };
}

function isPaths(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === 'string' && isInside(item))
  );
}

/** Whether a path stays in the folder that it starts from. */
function isInside(relative: string): boolean {
  const normal = path.posix.normalize(relative);
  return normal !== '' && !path.isAbsolute(relative) && normal !== '..' && !normal.startsWith('../');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
