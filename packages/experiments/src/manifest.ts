import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { DataError } from '@hebblab/data';
import { writeFileAtomically } from '@hebblab/data/files';
import type { Kernels } from '@hebblab/wasm';
import type { RunConfig } from './config.js';
import { readJson } from './read-json.js';
import type { RunFolder } from './run-folder.js';

/** What the machine and the program are; given by the caller, who may run anywhere. */
export interface Environment {
  /** Version of the program. */
  readonly version: string;
  /** Commit that it was built from, or 'unknown'. */
  readonly commit: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
}

/** The content of manifest.json: what determines a run, and what it ran on. */
export interface Manifest {
  readonly schema: 1;
  readonly settings: RunConfig;
  readonly dataset: {
    readonly name: string;
    readonly origin: string;
    readonly train: number;
    readonly test: number;
  };
  /** [height, width, channels] */
  readonly imageShape: readonly [number, number, number];
  readonly variant: string;
  readonly threads: number;
  readonly environment: Environment;
}

export async function writeManifest(folder: RunFolder, manifest: Manifest): Promise<void> {
  await writeFileAtomically(folder.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * The manifest of a run's folder.
 *
 * @throws DataError where there is none or it is no JSON
 * @example
 * const { settings, variant } = await readManifest(runFolder('runs/quick'));
 */
export async function readManifest(folder: RunFolder): Promise<Manifest> {
  if (!existsSync(folder.manifest)) {
    throw new DataError(`readManifest: expected the folder of a run, got no manifest.json in ${folder.root}`);
  }
  return (await readJson('readManifest', folder.manifest)) as Manifest;
}

/** A run goes on only as what it began as: other settings or another variant would give other bits. */
export function expectSameRun(begun: Manifest, settings: RunConfig, kernels: Kernels): void {
  if (!isDeepStrictEqual(begun.settings, JSON.parse(JSON.stringify(settings)))) {
    throw new DataError('run --resume: expected the settings that the run began with, got other ones');
  }
  if (begun.variant !== kernels.variant) {
    throw new DataError(
      `run --resume: expected the variant ${begun.variant} that the run began with, got ${kernels.variant}`,
    );
  }
}
