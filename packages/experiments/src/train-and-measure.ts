import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import type { Samples } from '@hebblab/models';
import type { NetworkModel } from '@hebblab/models/networks';
import type { ModelConfig, RunConfig } from './config.js';
import { type Manifest, readManifest, writeManifest } from './manifest.js';
import { measureModel } from './measure-model.js';
import { type MeasureContext, measuringBatch } from './measurements/context.js';
import { takeMetrics } from './metrics.js';
import { openStoredModel } from './open-stored-model.js';
import { overSeeds } from './over-seeds.js';
import { readJson } from './read-json.js';
import type { LayerResult, ModelResult, RunResults } from './results.js';
import type { FoundIn, ReusableModels, ReusedModel } from './reuse.js';
import type { RunFolder } from './run-folder.js';
import type { RunOptions } from './run-options.js';
import { nameWithSeed, seedsOf } from './seeds.js';
import { type TrainModelContext, trainModel } from './train-model.js';
import { twinOf } from './twins.js';

/** What the models of a run are trained and measured on, and what there is of them already. */
export interface RunMaterial {
  readonly train: Samples;
  readonly test: Samples;
  readonly reusable: ReusableModels;
}

/** The results of each model of a run, of several seeds their means; what is in the folder already is kept. */
export async function trainAndMeasure(
  options: RunOptions,
  folder: RunFolder,
  material: RunMaterial,
): Promise<RunResults['models']> {
  const { config } = options;
  const models: Record<string, RunResults['models'][string]> = {};
  for (const model of Object.keys(config.models)) {
    const perSeed: ModelResult[] = [];
    for (const seed of seedsOf(config))
      perSeed.push(await resultOf({ options, folder, material }, seededModel(config, model, seed)));
    models[model] = perSeed.length === 1 ? (perSeed[0] as ModelResult) : overSeeds(perSeed);
  }
  return models;
}

/** What a run that goes on has taken from others. A model that was noted, but not written yet, may be trained now. */
export function reusedSoFar(begun: Manifest | undefined, folder: RunFolder): Pick<Manifest, 'reused'> {
  const taken = Object.entries(begun?.reused ?? {}).filter(
    ([name]) => existsSync(folder.model(name)) || existsSync(folder.measurement(name)),
  );
  return taken.length === 0 ? {} : { reused: Object.fromEntries(taken) };
}

interface Run {
  readonly options: RunOptions;
  readonly folder: RunFolder;
  readonly material: RunMaterial;
}

/** One model with one seed, and what it is called in files. */
interface SeededModel {
  /** Its name in the configuration. */
  readonly model: string;
  readonly name: string;
  readonly seed: number;
  readonly config: ModelConfig;
}

function seededModel(config: RunConfig, model: string, seed: number): SeededModel {
  return {
    model,
    name: nameWithSeed(config, model, seed),
    seed,
    config: config.models[model] as ModelConfig,
  };
}

async function resultOf(run: Run, seeded: SeededModel): Promise<ModelResult> {
  const file = run.folder.measurement(seeded.name);
  await takeModel(run, seeded);
  if (!existsSync(run.folder.model(seeded.name)) && (await needsModel(run, seeded))) await train(run, seeded);
  if (!existsSync(file)) {
    const result = (await takeMeasured(run, seeded)) ?? (await measureStored(run, seeded));
    await writeFileAtomically(file, JSON.stringify(result));
  }
  return (await readJson('run', file)) as ModelResult;
}

/** Where another run has kept the model. */
async function takeModel(
  { options, folder, material }: Run,
  { model, name, seed, config }: SeededModel,
): Promise<void> {
  const file = folder.model(name);
  if (existsSync(file)) return;
  const found = await material.reusable.findModel(model, config, seed);
  if (found === undefined) return;
  options.onProgress?.({ kind: 'note', text: `${name}: taken from ${found.origin.from}` });
  await noteReuse(folder, name, found);
  await writeFileAtomically(file, found.bytes);
}

/** For its own results, or as the twin from which the audit of another model transfers attacks. */
async function needsModel(run: Run, seeded: SeededModel): Promise<boolean> {
  if (!(await hasResult(run, seeded))) return true;
  const { config } = run.options;
  for (const other of Object.keys(config.models)) {
    if (twinOf(config, other) !== seeded.model) continue;
    if (!(await hasResult(run, seededModel(config, other, seeded.seed)))) return true;
  }
  return false;
}

/** Whether its results are here or in another run, which need not have kept the model. */
async function hasResult(
  { options, folder, material }: Run,
  { model, name, seed }: SeededModel,
): Promise<boolean> {
  if (existsSync(folder.measurement(name))) return true;
  return (await material.reusable.findResult(options.config, model, seed)) !== undefined;
}

async function train(
  { options, folder, material }: Run,
  { name, seed, config: modelConfig }: SeededModel,
): Promise<void> {
  const { config, kernels, extensions = {}, checkpointSeconds = 10 } = options;
  const training: TrainModelContext = {
    model: name,
    kernels,
    seed,
    ...listeners(options),
    store: { kind: 'folder', folder, checkpointSeconds },
    train: material.train,
    normalisation: config.normalisation,
    dataset: config.dataset,
    extensions,
  };
  await writeFileAtomically(folder.model(name), await trainModel(training, modelConfig));
}

/** What another run measured of the same bits; undefined where there is no such thing. */
async function takeMeasured(
  { options, folder, material }: Run,
  { model, name, seed }: SeededModel,
): Promise<ModelResult | undefined> {
  const found = await material.reusable.findResult(options.config, model, seed);
  if (found === undefined) return undefined;
  const file = folder.model(name);
  if (!existsSync(file)) await noteReuse(folder, name, found);
  else if (sha256(await readFileWhole(file)) !== found.origin.sha256) return undefined;
  options.onProgress?.({ kind: 'note', text: `${name}: results taken from ${found.origin.from}` });
  return found.result;
}

/** Says in the manifest which models were taken from where, and takes the metrics of their epochs. */
async function noteReuse(folder: RunFolder, name: string, found: FoundIn): Promise<void> {
  const manifest = await readManifest(folder);
  const reused: Record<string, ReusedModel> = { ...manifest.reused, [name]: found.origin };
  await writeManifest(folder, { ...manifest, reused });
  await takeMetrics(folder, name, { folder: found.folder, model: found.name });
}

async function measureStored(
  { options, folder, material: { test } }: Run,
  { model, name, seed, config: modelConfig }: SeededModel,
): Promise<ModelResult> {
  const { config, kernels, extensions = {} } = options;
  const source = folder.model(name);
  const bytes = await readFileWhole(source);
  using stored = await openStoredModel(kernels, bytes, modelConfig, extensions, {
    capacity: measuringBatch,
    source,
  });
  const { spectra, attacks, measurements } = config;
  const context: MeasureContext = {
    kernels,
    model: name,
    configured: model,
    seed,
    ...listeners(options),
    trained: (other) => readTrained(folder, config, other, seed),
    test,
    spectra,
    attacks,
    measurements,
  };
  const measured = await measureModel(context, stored);
  // trainModel wrote it there.
  const layer = modelConfig.kind === 'local-learning' ? { layer: stored.settings.layer as LayerResult } : {};
  return { ...measured, ...layer, sha256: sha256(bytes) };
}

/** A model of the run as a network, where it is trained already and is one. */
async function readTrained(
  folder: RunFolder,
  config: RunConfig,
  model: string,
  seed: number,
): Promise<NetworkModel | undefined> {
  if (config.models[model] === undefined || config.models[model].kind === 'custom') return undefined;
  const file = folder.model(nameWithSeed(config, model, seed));
  const { decodeAnyModel } = await import('@hebblab/models/networks');
  return decodeAnyModel(await readFileWhole(file), file);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function listeners({ onProgress = () => {}, signal = new AbortController().signal }: RunOptions) {
  return { onProgress, signal };
}
