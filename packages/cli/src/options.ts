import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '@hebblab/data';
import { parseRunConfig, type RunConfig } from '@hebblab/experiments';
import { mostThreads } from '@hebblab/wasm';
import { Option } from 'commander';
import type { Threads } from './kernels.js';

// Options that several commands have, and the checks of what is given to them.

export function variantOption(): Option {
  return new Option('--variant <name>', 'auto, simd128 (same bits everywhere) or relaxed (faster)').default(
    'auto',
  );
}

export function threadsOption(): Option {
  return new Option('--threads <n|auto>', 'threads of the kernels; the same bits for any number')
    .argParser(parseThreads)
    .default('auto');
}

export function seedOption(): Option {
  return new Option('--seed <n>', 'seed of every random number').argParser(parseWholeNumber('--seed', 0));
}

export function dataDirOption(): Option {
  return new Option('--data-dir <dir>', 'where full data sets are looked for first').argParser(
    parseDataFolder,
  );
}

export function setOption(description: string): Option {
  return new Option('--set <key=value>', `${description}; may be given again`)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none');
}

/** `dataDir` for a function that asks for the key to be absent where there is none. */
export function placesOf({ dataDir }: { readonly dataDir?: string }): { dataDir?: string } {
  return dataDir === undefined ? {} : { dataDir };
}

/** A whole number of an option, from `least` on. */
export function parseWholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new DataError(
        `${option}: expected a whole number from ${least} to ${Number.MAX_SAFE_INTEGER}, got ${text || 'nothing'}`,
      );
    }
    return value;
  };
}

/** Refuses a path at which nothing can be written, before any work is done for it. */
export function expectWritable(option: string, place: string): void {
  if (place === '') throw new DataError(`${option}: expected a path, got an empty one`);
  const existing = nearestExisting(path.resolve(place));
  if (existing !== path.resolve(place) && !statSync(existing).isDirectory()) {
    throw new DataError(
      `${option}: expected a path inside a folder, got ${place}, where ${existing} is a file`,
    );
  }
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    throw new DataError(`${option}: expected a place to write to, got ${place} without the permission`);
  }
}

/** @throws unless it is `auto` or a whole number that the kernels can have */
export function parseThreads(text: string): Threads {
  if (text === 'auto') return text;
  const threads = Number(text);
  if (!/^\d+$/.test(text) || threads < 1 || threads > mostThreads) {
    throw new DataError(
      `--threads: expected auto or a whole number from 1 to ${mostThreads}, got ${text || 'nothing'}`,
    );
  }
  return threads;
}

function nearestExisting(place: string): string {
  return existsSync(place) ? place : nearestExisting(path.dirname(place));
}

function parseDataFolder(place: string): string {
  if (!existsSync(place)) throw new DataError(`--data-dir: expected a folder, got nothing at ${place}`);
  if (!statSync(place).isDirectory())
    throw new DataError(`--data-dir: expected a folder, got a file at ${place}`);
  return place;
}

/** Checks a configuration that `--set` changed; says of a kind that was set alone why it does not fit. */
export function parseChangedConfig(
  config: unknown,
  source: string,
  assignments: readonly string[],
): RunConfig {
  try {
    return parseRunConfig(config, source);
  } catch (error) {
    const [, place, kind] = assignments.map((text) => /^(.+)\.kind=(.*)$/.exec(text)).find(Boolean) ?? [];
    if (!(error instanceof DataError) || place === undefined) throw error;
    throw new DataError(
      `${error.message} (another kind may need other settings: --set '${place}={"kind":"${kind}", ...}' sets all of them)`,
      { cause: error },
    );
  }
}
