import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DataError } from '@hebblab/data';
import { readFileWhole } from '@hebblab/data/files';
import type { ModelConfig, RunConfig } from './config.js';
import { type Manifest, readManifest } from './manifest.js';
import { readJson } from './read-json.js';
import { type ModelResult, readResults } from './results.js';
import { type RunFolder, runFolder } from './run-folder.js';
import { nameWithSeed, seedsOf } from './seeds.js';
import { twinOf } from './twins.js';

/** A model that was taken from another run rather than trained: its weights, or only what was measured of it. */
export interface ReusedModel {
  /** Name of the folder that it came from. */
  readonly from: string;
  /** Of the version and commit that trained it. */
  readonly version: string;
  readonly commit: string;
  /** Of the model file's bytes, whether it was kept or not. */
  readonly sha256: string;
}

/** What the folders of other runs have of trained models. */
export interface ReusableModels {
  /** A model with exactly these settings, where one was kept. */
  findModel(model: string, config: ModelConfig, seed: number): Promise<FoundModel | undefined>;
  /** What was measured of such a model as this run would measure it, whether the model itself was kept or not. */
  findResult(config: RunConfig, model: string, seed: number): Promise<FoundResult | undefined>;
}

/** Where a model of another run was found, and its name there. */
export interface FoundIn {
  readonly origin: ReusedModel;
  readonly folder: RunFolder;
  readonly name: string;
}

interface FoundModel extends FoundIn {
  readonly bytes: Uint8Array;
}

interface FoundResult extends FoundIn {
  readonly result: ModelResult;
}

/** What the other runs must have in common with this one. */
interface Wanted extends Pick<Manifest, 'dataset' | 'variant'>, Pick<RunConfig, 'normalisation'> {
  /** Of the program: results of another version may have been measured otherwise. */
  readonly version: string;
}

/**
 * Looks for trained models, and for what was measured of them, in the folders of other runs. A model is taken where it has
 * the same name and settings, seed, images and normalisation, and was computed by the same variant: the same bits would
 * come out again. One that takes something from an extension is not, whose code may have changed under its name. Results
 * are taken where spectra, attacks, measurements and the version are the same too.
 *
 * @throws DataError where a folder holds no run
 */
export async function reusableModels(folders: readonly string[], wanted: Wanted): Promise<ReusableModels> {
  const runs = await Promise.all(folders.map(openRun));
  for (const { folder, manifest } of runs) {
    if (manifest.dataset.sha256 !== wanted.dataset.sha256)
      throw new DataError(
        `run --reuse: expected runs on the images of ${wanted.dataset.name}, got other images in ${folder.root}`,
      );
  }
  const fitting = runs.filter(
    ({ manifest }) =>
      manifest.variant === wanted.variant &&
      isDeepStrictEqual(manifest.settings.normalisation, wanted.normalisation),
  );
  return {
    async findModel(model, config, seed) {
      for (const run of fitting) {
        const name = nameOf(run, model, config, seed);
        if (name === undefined || !existsSync(run.folder.model(name))) continue;
        const bytes = await readFileWhole(run.folder.model(name));
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return { bytes, origin: originOf(run, sha256), folder: run.folder, name };
      }
      return undefined;
    },
    async findResult(config, model, seed) {
      for (const run of fitting) {
        const name = nameOf(run, model, config.models[model] as ModelConfig, seed);
        if (name === undefined || run.manifest.environment.version !== wanted.version) continue;
        if (!isDeepStrictEqual(whatIsMeasured(run.manifest.settings, model), whatIsMeasured(config, model)))
          continue;
        const result = await run.resultOf(model, seed);
        // Results of earlier versions do not say of which bits they are.
        if (result?.sha256 === undefined) continue;
        return { result, origin: originOf(run, result.sha256), folder: run.folder, name };
      }
      return undefined;
    },
  };
}

interface OtherRun {
  readonly folder: RunFolder;
  readonly manifest: Manifest;
  /** What was measured of a model with a seed, where the run came so far. */
  resultOf(model: string, seed: number): Promise<ModelResult | undefined>;
}

async function openRun(root: string): Promise<OtherRun> {
  const folder = runFolder(root);
  const manifest = await readManifest(folder);
  const { settings } = manifest;
  const results = existsSync(folder.results) ? await readResults(folder) : undefined;
  return {
    folder,
    manifest,
    async resultOf(model, seed) {
      if (results !== undefined) {
        const result = results.models[model];
        return settings.seeds > 1 ? result?.perSeed?.[seed - settings.seed] : result;
      }
      const file = folder.measurement(nameWithSeed(settings, model, seed));
      return existsSync(file) ? ((await readJson('run --reuse', file)) as ModelResult) : undefined;
    },
  };
}

/** The settings on which the results of a model depend, beside its own. */
function whatIsMeasured(config: RunConfig, model: string): unknown {
  const { spectra, attacks, measurements, models } = config;
  const twin = twinOf(config, model);
  const settings = {
    spectra,
    attacks,
    measurements: measurements.map((each) => ({ ...each, twins: [] })),
    twin: twin === undefined ? 'none' : models[twin],
  };
  return JSON.parse(JSON.stringify(settings));
}

function originOf({ folder, manifest }: OtherRun, sha256: string): ReusedModel {
  const { version, commit } = manifest.environment;
  return { from: path.basename(path.resolve(folder.root)), version, commit, sha256 };
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

/** What the model with exactly these settings is called in the files of another run, where it is part of it. */
function nameOf(
  { manifest: { settings } }: OtherRun,
  model: string,
  config: ModelConfig,
  seed: number,
): string | undefined {
  if (usesExtension(config)) return undefined;
  if (!isDeepStrictEqual(settings.models[model], JSON.parse(JSON.stringify(config)))) return undefined;
  return seedsOf(settings).includes(seed) ? nameWithSeed(settings, model, seed) : undefined;
}
