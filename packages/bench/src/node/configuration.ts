import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchCase } from '../suite/cases.js';
import { InputError } from './input-error.js';

/** What is measured and compared: files that are opened side by side, or the whole project. */
export type Build = FilesBuild | WholeBuild;

/** Files that are compared between two commits, opened side by side in one process. */
export interface FilesBuild {
  readonly kind: 'files';
  readonly name: string;
  /** The folder of its suites. */
  readonly suites: string;
  /** Files or folders, relative to the configuration. The first is the module that is imported. */
  readonly files: readonly string[];
  /** A command for the shell that is run in the unpacked files before; the first file may be what it makes. */
  readonly make: string | undefined;
  /** Threads that it is opened with. */
  readonly threads: number;
}

/** The project itself: its suites import what they measure. Two commits are two checkouts, each with processes of its own. */
export interface WholeBuild {
  readonly kind: 'whole';
  readonly name: string;
  readonly suites: string;
  /** A command for the shell that is run in each checkout before. */
  readonly make: string | undefined;
}

/** What `bench.config.js` says, with what it leaves out filled in. */
export interface BenchConfiguration {
  /** The folder of the configuration; its paths start here. */
  readonly root: string;
  readonly builds: readonly Build[];
  /** Files of builds that are opened with several threads, by the names of those for one; the same where there are none. */
  readonly threadedFiles: Readonly<Record<string, readonly string[]>>;
  /** Cases whose rates are ceilings. */
  readonly probes: readonly BenchCase[];
  /** Makes what cases are given of the module (of a .wasm file a WebAssembly.Module) and the folder in which it lies. */
  readonly open: (module: unknown, place: OpenPlace) => unknown;
  /** Ends what was opened, such as its threads. */
  readonly close: ((opened: unknown) => unknown) | undefined;
  /** The file of a module that exports `open`, `probes`, `ceilingOf` and `memoryOf` for pages. */
  readonly browser: string | undefined;
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
  readonly threads: number;
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
  const root = path.dirname(file);
  const refuse = (expected: string): never => {
    throw new InputError(`bench: expected ${expected} in ${file}`);
  };
  if (!isRecord(content)) return refuse('an object as the default export');
  const text = (value: unknown, what: string): string =>
    typeof value === 'string' ? value : refuse(`${what}`);
  const command = (value: unknown) => (value === undefined ? undefined : text(value, 'make to be a command'));
  const call = <Call>(name: string): Call | undefined => {
    const value = content[name];
    if (value !== undefined && typeof value !== 'function') return refuse(`${name} to be a function`);
    return value as Call | undefined;
  };
  const folder = (value: unknown) => path.resolve(root, text(value, 'suites to be the path of a folder'));
  const paths = (name: string, value: unknown): readonly string[] =>
    isPaths(value) ? value : refuse(`${name} to be an array of at least one path inside the folder`);
  const {
    suites = 'bench',
    files,
    builds,
    threadedBuilds = {},
    whole,
    probes = [],
    browser,
    history = 'bench/history',
  } = content;
  if (!Array.isArray(probes)) return refuse('probes to be an array of cases');
  if (!isRecord(threadedBuilds)) return refuse('threadedBuilds to be builds by name');
  if (whole !== undefined && !isRecord(whole)) return refuse('whole to be an object with suites');
  const make = command(content.make);
  const named = isRecord(builds) ? builds : files === undefined ? {} : { files };
  const ofFiles = Object.entries(named).map(
    ([name, value]): Build => ({
      kind: 'files',
      name,
      suites: folder(suites),
      files: paths(name, value),
      make,
      threads: 1,
    }),
  );
  const ofAll = ofFiles.length === 0 ? { suites, make: content.make } : whole;
  const wholeBuild = (fields: Record<string, unknown>): Build => ({
    kind: 'whole',
    name: 'whole',
    suites: folder(fields.suites),
    make: command(fields.make),
  });
  return {
    root,
    builds: [...ofFiles, ...(ofAll === undefined ? [] : [wholeBuild(ofAll)])],
    threadedFiles: Object.fromEntries(
      Object.entries(threadedBuilds).map(([name, value]) => [name, paths(name, value)]),
    ),
    probes: probes as BenchCase[],
    browser:
      browser === undefined
        ? undefined
        : path.resolve(root, text(browser, 'browser to be the path of a module')),
    memoryOf: call('memoryOf'),
    history: path.resolve(root, text(history, 'history to be the path of a folder')),
    open: call<BenchConfiguration['open']>('open') ?? openByItself,
    close: call('close'),
    ceilingOf: call<BenchConfiguration['ceilingOf']>('ceilingOf') ?? (({ ceiling }) => ceiling),
  };
}

/** A module in JavaScript is what its exports are; one in WebAssembly that wants no imports, the exports of an instance. */
function openByItself(module: unknown): unknown {
  return module instanceof WebAssembly.Module ? new WebAssembly.Instance(module).exports : module;
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
