import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DataError } from '@hebblab/data';
import {
  type Environment,
  type Extensions,
  type RunConfig,
  type RunResults,
  runExperiment,
} from '@hebblab/experiments';
import type { KernelsWanted } from '../kernels.js';
import { openKernelsForTask, type TaskContext } from './task-context.js';

/** A run, as it is told to the thread that carries it out. */
export interface RunTask extends KernelsWanted {
  readonly config: RunConfig;
  readonly folder: string;
  readonly resume: boolean;
  readonly checkpointSeconds: number;
  readonly environment: Environment;
  readonly dataDir?: string;
  /** Folders of other runs. */
  readonly reuse: readonly string[];
  /** File of a module with extensions. */
  readonly plugin?: string;
}

export async function run(task: RunTask, context: TaskContext): Promise<RunResults> {
  const { plugin, variant, threads, ...options } = task;
  const extensions = plugin === undefined ? {} : await importExtensions(plugin);
  const kernels = await openKernelsForTask({ variant, threads }, context);
  return runExperiment({ ...options, ...context, kernels, extensions });
}

/** What a plugin's default export may have. */
const extensionKinds: readonly (keyof Extensions)[] = ['datasets', 'learningRules', 'penalties', 'models'];

async function importExtensions(file: string): Promise<Extensions> {
  if (!existsSync(file)) throw new DataError(`--plugin: expected a module, got nothing at ${file}`);
  const { default: extensions } = await importModule(file);
  if (!isRecord(extensions)) {
    throw new DataError(
      `--plugin: expected a default export with extensions, got ${typeof extensions} in ${file}`,
    );
  }
  for (const [kind, named] of Object.entries(extensions)) {
    if (!extensionKinds.some((known) => known === kind) || !isRecord(named)) {
      throw new DataError(
        `--plugin: expected objects named ${extensionKinds.join(', ')}, got ${isRecord(named) ? '' : `${typeof named} for `}${kind} in ${file}`,
      );
    }
  }
  return extensions;
}

async function importModule(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(path.resolve(file)).href);
  } catch (error) {
    throw new DataError(
      `--plugin: expected a module that loads, got ${error instanceof Error ? `${error.name}: ${error.message}` : error} from ${file}`,
      { cause: error },
    );
  }
}

function isRecord(value: unknown): value is Record<string, object> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
