import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DataError } from '@hebblab/data';
import { readFileWhole } from '@hebblab/data/files';
import type { ModelConfig, RunConfig } from './config.js';
import { type Manifest, readManifest } from './manifest.js';
import { type RunFolder, runFolder } from './run-folder.js';
import { nameWithSeed, seedsOf } from './seeds.js';

/** A model that was taken from another run rather than trained. */
export interface ReusedModel {
  /** Name of the folder that it came from. */
  readonly from: string;
  /** Of the version and commit that trained it. */
  readonly version: string;
  readonly commit: string;
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** The bytes of trained models in the folders of other runs. */
export interface ReusableModels {
  /** Those of a model with exactly these settings, where there are any. */
  find(model: string, config: ModelConfig, seed: number): Promise<FoundModel | undefined>;
}

/** A model of another run, with its name there. */
interface FoundModel {
  readonly bytes: Uint8Array;
  readonly origin: ReusedModel;
  readonly folder: RunFolder;
  readonly name: string;
}

/**
 * Looks for trained models in the folders of other runs. A model is taken where it has the same name and settings,
 * seed, images and normalisation, and was computed by the same variant: the same bits would come out again. One that
 * takes something from an extension is not, whose code may have changed under its name.
 *
 * @throws DataError where a folder holds no run
 */
export async function reusableModels(
  folders: readonly string[],
  wanted: Pick<Manifest, 'dataset' | 'imageShape' | 'variant'> & Pick<RunConfig, 'normalisation'>,
): Promise<ReusableModels> {
  const runs = await Promise.all(
    folders.map(async (root) => ({ root, manifest: await readManifest(runFolder(root)) })),
  );
  for (const { root, manifest } of runs) {
    if (manifest.dataset.sha256 !== wanted.dataset.sha256)
      throw new DataError(
        `run --reuse: expected runs on the images of ${wanted.dataset.name}, got other images in ${root}`,
      );
  }
  const fitting = runs.filter(
    ({ manifest }) =>
      manifest.variant === wanted.variant &&
      isDeepStrictEqual(manifest.settings.normalisation, wanted.normalisation),
  );
  return {
    async find(model, config, seed) {
      if (usesExtension(config)) return undefined;
      for (const { root, manifest } of fitting) {
        const folder = runFolder(root);
        const name = nameOf(folder, manifest, model, config, seed);
        if (name === undefined) continue;
        const bytes = await readFileWhole(folder.model(name));
        const { version, commit } = manifest.environment;
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const origin = { from: path.basename(path.resolve(root)), version, commit, sha256 };
        return { bytes, origin, folder, name };
      }
      return undefined;
    },
  };
}

function usesExtension(config: ModelConfig): boolean {
  switch (config.kind) {
    case 'custom':
      return true;
    case 'local-learning':
      return config.rule.kind === 'custom';
    case 'backpropagation':
      return config.penalties.some(({ kind }) => kind === 'custom');
    case 'initialised':
    case 'network':
      return false;
  }
}

function nameOf(
  folder: RunFolder,
  { settings }: Manifest,
  model: string,
  config: ModelConfig,
  seed: number,
): string | undefined {
  // A run of an earlier version, which had one seed.
  const seeds = settings.seeds ?? 1;
  if (!isDeepStrictEqual(settings.models[model], JSON.parse(JSON.stringify(config)))) return undefined;
  if (!seedsOf({ seed: settings.seed, seeds }).includes(seed)) return undefined;
  const name = nameWithSeed({ seeds }, model, seed);
  return existsSync(folder.model(name)) ? name : undefined;
}
