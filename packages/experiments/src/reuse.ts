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
import { sha256Of, sha256OfBytes } from './sha256.js';

/** A model that was taken from another run rather than trained, or of which only the results were taken. */
export interface ReusedModel {
  readonly what: 'model' | 'results';
  /** Name of the folder in which it was trained. */
  readonly from: string;
  /** Of the version and commit that trained it. */
  readonly version: string;
  readonly commit: string;
  /** Of the model file's bytes, whether it was kept or not. */
  readonly sha256: string;
}

/** What the folders of other runs have of trained models. */
export interface ReusableModels {
  /** A model with exactly these settings, where one was kept; with a hash only that with these bytes. */
  findModel(
    model: string,
    config: ModelConfig,
    seed: number,
    sha256?: string,
  ): Promise<FoundModel | undefined>;
  /** What was measured of such a model as this run would measure it, whether the model itself was kept or not. */
  findResult(
    config: RunConfig,
    model: string,
    seed: number,
    bits: KnownBits,
  ): Promise<FoundResult | undefined>;
}

/** The hashes of the model files to which a result must belong, as far as they are known. */
export interface KnownBits {
  readonly sha256?: string;
  /** Of the model from which the audit transfers attacks. */
  readonly twinSha256?: string;
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

export interface FoundResult extends FoundIn {
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
 * @param onMisfit is told why a folder has nothing to take
 * @throws DataError where a folder holds no run, or one on other images
 */
export async function reusableModels(
  folders: readonly string[],
  wanted: Wanted,
  onMisfit: (text: string) => void,
): Promise<ReusableModels> {
  const runs = await Promise.all(
    folders.map(runFolder).map(async (folder) => ({ folder, manifest: await readManifest(folder) })),
  );
  for (const { folder, manifest } of runs) {
    if (manifest.dataset.sha256 !== wanted.dataset.sha256)
      throw new DataError(
        `run --reuse: expected runs on the images of ${wanted.dataset.name}, got other images in ${folder.root}`,
      );
  }
  const fitting = runs.filter((run) => {
    const fault = misfitOf(run.manifest, wanted);
    if (fault !== undefined) onMisfit(`nothing taken from ${run.folder.root}: ${fault}`);
    return fault === undefined;
  });
  return {
    async findModel(model, config, seed, wantedSha256) {
      for (const run of fitting) {
        const name = nameOf(run, model, config, seed);
        if (name === undefined || !existsSync(run.folder.model(name))) continue;
        const bytes = await readFileWhole(run.folder.model(name));
        const sha256 = sha256OfBytes(bytes);
        if (wantedSha256 !== undefined && wantedSha256 !== sha256) continue;
        return { bytes, origin: originOf(run, name, 'model', sha256), folder: run.folder, name };
      }
      return undefined;
    },
    async findResult(config, model, seed, bits) {
      const measured = whatIsMeasured(config, model);
      for (const run of fitting) {
        const name = nameOf(run, model, config.models[model] as ModelConfig, seed);
        if (name === undefined || run.manifest.environment.version !== wanted.version) continue;
        if (!isDeepStrictEqual(whatIsMeasured(run.manifest.settings, model), measured)) continue;
        const result = await readResultOf(run, model, seed);
        if (result === undefined || !isOf(bits, result)) continue;
        const origin = originOf(run, name, 'results', result.sha256);
        return { result, origin, folder: run.folder, name };
      }
      return undefined;
    },
  };
}

/** Why the bits of a run are others; undefined where they may be the same. */
function misfitOf({ variant, settings }: Manifest, wanted: Wanted): string | undefined {
  if (variant !== wanted.variant) return `expected the variant ${wanted.variant}, got ${variant}`;
  const [ours, theirs] = [wanted.normalisation, settings.normalisation].map((each) => JSON.stringify(each));
  if (isDeepStrictEqual(wanted.normalisation, settings.normalisation)) return undefined;
  return `expected the normalisation ${ours}, got ${theirs}`;
}

interface OtherRun {
  readonly folder: RunFolder;
  readonly manifest: Manifest;
}

/** What was measured of a model with a seed, where the run came so far. */
async function readResultOf(
  { folder, manifest: { settings } }: OtherRun,
  model: string,
  seed: number,
): Promise<HashedResult | undefined> {
  const name = nameWithSeed(settings, model, seed);
  const measured = folder.measurement(name);
  if (!existsSync(folder.results))
    return existsSync(measured)
      ? withHash((await readJson('run --reuse', measured)) as ModelResult, folder.model(name))
      : undefined;
  const result = (await readResults(folder)).models[model];
  const own = settings.seeds > 1 ? result?.perSeed?.[seed - settings.seed] : result;
  return own && withHash(own, folder.model(name));
}

type HashedResult = ModelResult & { readonly sha256: string };

/** Results of earlier versions do not say of which bits they are: only those are known whose model file is here. */
async function withHash(result: ModelResult, file: string): Promise<HashedResult | undefined> {
  if (result.sha256 !== undefined) return { ...result, sha256: result.sha256 };
  return existsSync(file) ? { ...result, sha256: await sha256Of(file) } : undefined;
}

function isOf({ sha256, twinSha256 }: KnownBits, result: HashedResult): boolean {
  return (sha256 === undefined || sha256 === result.sha256) && twinSha256 === result.twinSha256;
}

/** The settings on which the results of a model depend, beside its own. The twin's bits are compared by their hash. */
function whatIsMeasured({ spectra, attacks, measurements }: RunConfig, model: string): unknown {
  const own = measurements.map((each) =>
    each.kind === 'audit' ? { ...each, twins: each.twins[model] ?? 'none' } : each,
  );
  return JSON.parse(JSON.stringify({ spectra, attacks, measurements: own }));
}

function originOf(
  { folder, manifest }: OtherRun,
  name: string,
  what: ReusedModel['what'],
  sha256: string,
): ReusedModel {
  const { version, commit } = manifest.environment;
  const from = path.basename(path.resolve(folder.root));
  return { from, version, commit, ...manifest.reused?.[name], what, sha256 };
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
