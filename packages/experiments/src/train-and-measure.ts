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
import type { FoundIn, FoundResult, ReusableModels, ReusedModel } from './reuse.js';
import type { RunFolder } from './run-folder.js';
import type { RunOptions } from './run-options.js';
import { nameWithSeed, seedsOf } from './seeds.js';
import { sha256Of, sha256OfBytes } from './sha256.js';
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
  const run: Run = { options, folder, material };
  for (const model of Object.keys(config.models)) {
    for (const seed of seedsOf(config)) await provideResult(run, seededModel(config, model, seed));
  }
  // Only now: a model that is trained late, as the twin of another, may be measured again.
  const models: Record<string, RunResults['models'][string]> = {};
  for (const model of Object.keys(config.models)) {
    const perSeed: ModelResult[] = [];
    for (const seed of seedsOf(config))
      perSeed.push(await readResult(run, nameWithSeed(config, model, seed)));
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

async function provideResult(run: Run, seeded: SeededModel): Promise<void> {
  const { options, folder, material } = run;
  const { model, name, seed } = seeded;
  if (existsSync(folder.measurement(name))) return;
  const file = folder.model(name);
  const twin = twinOf(options.config, model);
  const found = await material.reusable.findResult(options.config, model, seed, {
    ...(existsSync(file) ? { sha256: await sha256Of(file) } : {}),
    ...(twin === undefined ? {} : { twinSha256: (await readResultOfTwin(run, twin, seed)).sha256 }),
  });
  if (found === undefined) {
    await provideModel(run, seeded);
    await writeResult(run, name, await measureStored(run, seeded));
    return;
  }
  const isTaken = !existsSync(file) && (await takeModelOfResult(run, seeded, found));
  tell(options, `${name}: ${isTaken ? 'model and results' : 'results'} taken from ${found.origin.from}`);
  await writeResult(run, name, found.result);
}

/** With the same bits as the results are of; whether any of the other runs has kept it. */
async function takeModelOfResult(run: Run, seeded: SeededModel, found: FoundResult): Promise<boolean> {
  const { reusable } = run.material;
  const kept = await reusable.findModel(seeded.model, seeded.config, seeded.seed, found.origin.sha256);
  await noteReuse(run.folder, seeded.name, kept ?? found);
  if (kept === undefined) return false;
  await writeFileAtomically(run.folder.model(seeded.name), kept.bytes);
  return true;
}

/** Takes the model from another run or trains it, where it is not in the folder. */
async function provideModel(run: Run, seeded: SeededModel): Promise<void> {
  const { options, folder, material } = run;
  const { model, name, seed, config } = seeded;
  const file = folder.model(name);
  if (existsSync(file)) return;
  const found = await material.reusable.findModel(model, config, seed);
  if (found === undefined) {
    if ((options.reuse ?? []).length > 0) tell(options, `${name}: trained, since no other run has it`);
    await train(run, seeded);
    return;
  }
  tell(options, `${name}: model taken from ${found.origin.from}`);
  await noteReuse(folder, name, found);
  await writeFileAtomically(file, found.bytes);
}

/**
 * The weights from which an audit transfers attacks. Where only results of the twin were taken, it is trained now; if its bits
 * are others than theirs, it is measured again.
 */
async function provideTwin(run: Run, model: string, seed: number): Promise<NetworkModel | undefined> {
  const { options, folder } = run;
  const seeded = seededModel(options.config, model, seed);
  if (seeded.config.kind === 'custom') return undefined;
  const file = folder.model(seeded.name);
  await provideModel(run, seeded);
  const bytes = await readFileWhole(file);
  if ((await readResult(run, seeded.name)).sha256 !== sha256OfBytes(bytes)) {
    tell(options, `${seeded.name}: measured, since its results are of another model file`);
    await forgetReuse(folder, seeded.name);
    await writeResult(run, seeded.name, await measureStored(run, seeded));
  }
  const { decodeAnyModel } = await import('@hebblab/models/networks');
  return decodeAnyModel(bytes, file);
}

function readResultOfTwin(run: Run, twin: string, seed: number): Promise<ModelResult> {
  return readResult(run, nameWithSeed(run.options.config, twin, seed));
}

async function readResult({ folder }: Run, name: string): Promise<ModelResult> {
  return (await readJson('run', folder.measurement(name))) as ModelResult;
}

async function writeResult({ folder }: Run, name: string, result: ModelResult): Promise<void> {
  await writeFileAtomically(folder.measurement(name), JSON.stringify(result));
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

/** Says in the manifest which models were taken from where, and takes the metrics of their epochs. */
async function noteReuse(folder: RunFolder, name: string, found: FoundIn): Promise<void> {
  const manifest = await readManifest(folder);
  const reused: Record<string, ReusedModel> = { ...manifest.reused, [name]: found.origin };
  await writeManifest(folder, { ...manifest, reused });
  await takeMetrics(folder, name, { folder: found.folder, model: found.name });
}

async function forgetReuse(folder: RunFolder, name: string): Promise<void> {
  const manifest = await readManifest(folder);
  const { [name]: _, ...reused } = manifest.reused ?? {};
  await writeManifest(folder, { ...manifest, reused });
}

async function measureStored(
  run: Run,
  { model, name, seed, config: modelConfig }: SeededModel,
): Promise<ModelResult> {
  const { options, folder, material } = run;
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
    trained: (other) => provideTwin(run, other, seed),
    test: material.test,
    spectra,
    attacks,
    measurements,
  };
  const measured = await measureModel(context, stored);
  // trainModel wrote it there.
  const layer = modelConfig.kind === 'local-learning' ? { layer: stored.settings.layer as LayerResult } : {};
  const twin = twinOf(config, model);
  const twinSha256 = twin === undefined ? undefined : (await readResultOfTwin(run, twin, seed)).sha256;
  return {
    ...measured,
    ...layer,
    sha256: sha256OfBytes(bytes),
    ...(twinSha256 === undefined ? {} : { twinSha256 }),
  };
}

function tell({ onProgress }: RunOptions, text: string): void {
  onProgress?.({ kind: 'note', text });
}

function listeners({ onProgress = () => {}, signal = new AbortController().signal }: RunOptions) {
  return { onProgress, signal };
}
