import { existsSync } from 'node:fs';
import { type Dataset, type ImageSet, normalisationScales } from '@hebblab/data';
import { loadDataset, readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import { type Samples, samplesOf } from '@hebblab/models';
import type { NetworkModel } from '@hebblab/models/networks';
import { type Kernels, randomNormal } from '@hebblab/wasm';
import { expectRunnable, sizesOf } from './check-run.js';
import { claimsOn } from './claims/claims.js';
import type { ModelConfig, RunConfig } from './config.js';
import { type Extensions, expectExtensions, extensionNamed } from './extensions.js';
import { runExperiments } from './linear-kurtosis.js';
import {
  describeImages,
  type Environment,
  expectSameImages,
  expectSameRun,
  expectSameVersion,
  type Manifest,
  readManifest,
  writeManifest,
} from './manifest.js';
import { measureModel } from './measure-model.js';
import { type MeasureContext, measuringBatch } from './measurements/context.js';
import { measureInputSpectra } from './measurements/inputs.js';
import { takeMetrics } from './metrics.js';
import { openStoredModel } from './open-stored-model.js';
import { overSeeds } from './over-seeds.js';
import type { OnProgress } from './progress.js';
import { readJson } from './read-json.js';
import { drawReport } from './report/draw-report.js';
import { type LayerResult, type ModelResult, type RunResults, readResults } from './results.js';
import { type ReusableModels, type ReusedModel, reusableModels } from './reuse.js';
import {
  expectFreshFolder,
  type RunFolder,
  removeCheckpoints,
  removeUnfinishedFiles,
  runFolder,
} from './run-folder.js';
import { whileLocked } from './run-lock.js';
import { nameWithSeed, seedsOf } from './seeds.js';
import { type TrainModelContext, trainModel } from './train-model.js';

/** What a run is made of, and where it goes. */
export interface RunOptions {
  readonly config: RunConfig;
  readonly kernels: Kernels;
  /** The run's folder: empty or not there, or with `resume` one of the same settings. */
  readonly folder: string;
  readonly resume: boolean;
  readonly environment: Environment;
  /** Where full data sets are looked for first. */
  readonly dataDir?: string;
  readonly extensions?: Extensions;
  /** Folders of other runs whose trained models are taken where they are the same. */
  readonly reuse?: readonly string[];
  /** At least this long between two checkpoints of a training. Default 10. */
  readonly checkpointSeconds?: number;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Carries out a run configuration: trains each model, measures it, draws the report. A run that was killed at any
 * moment and is called again with `resume` ends with the same bytes of models, metrics and results; of a finished one
 * the report is drawn again.
 *
 * @throws DataError for a folder, data set or extension that does not fit; the signal's reason where it aborts, after
 * a checkpoint
 * @example
 * const results = await runExperiment({ config: presetNamed('quick'), kernels, folder: 'runs/quick', resume: false, environment });
 */
export async function runExperiment(options: RunOptions): Promise<RunResults> {
  const folder = runFolder(options.folder);
  expectExtensions(options.config, options.extensions ?? {});
  await beginOrResume(options, folder);
  return whileLocked(folder, () => runInFolder(options, folder));
}

/** The manifest that a run goes on from; undefined where it begins. */
async function beginOrResume(
  { resume, config, kernels, environment }: RunOptions,
  folder: RunFolder,
): Promise<Manifest | undefined> {
  if (!resume || !existsSync(folder.manifest)) {
    await expectFreshFolder(folder);
    return undefined;
  }
  const begun = await readManifest(folder);
  expectSameRun(begun, { settings: config, variant: kernels.variant });
  // Of a finished run nothing but the report is made, which any version may.
  if (!existsSync(folder.results)) expectSameVersion(begun, environment);
  return begun;
}

async function runInFolder(options: RunOptions, folder: RunFolder): Promise<RunResults> {
  const { config, kernels, environment } = options;
  // What was there may have changed before the folder was locked.
  const begun = await beginOrResume(options, folder);
  await removeUnfinishedFiles(folder);

  if (!existsSync(folder.results)) {
    options.onProgress?.({
      kind: 'note',
      text: `loading ${config.dataset}; seed ${config.seed}, variant ${kernels.variant}`,
    });
    const dataset = await loadNamedDataset(options);
    const normalise = (images: ImageSet) =>
      samplesOf(images, normalisationScales(images, config.normalisation));
    const [train, test] = [normalise(dataset.train), normalise(dataset.test)];
    const { networkFaults } = await import('./train-network.js');
    const ofNetworks = await networkFaults({ kernels, train, seed: config.seed }, config.models);
    expectRunnable(config, sizesOf(train, test), ofNetworks);
    const images = describeImages(dataset);
    const { variant } = kernels;
    const { normalisation } = config;
    const reusable = await reusableModels(options.reuse ?? [], { ...images, variant, normalisation });
    if (begun !== undefined) expectSameImages(begun, images);
    await writeManifest(folder, {
      schema: 1,
      settings: config,
      ...images,
      classNames: dataset.test.classNames,
      variant: kernels.variant,
      threads: kernels.threads,
      environment,
      ...reusedSoFar(begun, folder),
    });
    const models = await trainAndMeasure(options, folder, { train, test, reusable });
    const inputs = await measureInputs(options, folder, test);
    const experiments = runExperiments(kernels, config.seed, config.experiments ?? []);
    const claims = claimsOn(config, { models, testImages: test.count, experiments });
    const measured = config.experiments === undefined ? {} : { experiments };
    const results: RunResults = { schema: 1, models, ...measured, ...inputs, claims };
    await writeFileAtomically(folder.results, `${JSON.stringify(results, null, 1)}\n`);
  }
  await drawReport(folder);
  await removeCheckpoints(folder);
  return readResults(folder);
}

async function loadNamedDataset({ config, kernels, dataDir, extensions }: RunOptions): Promise<Dataset> {
  const { dataset, seed } = config;
  const own = extensions?.datasets;
  if (own !== undefined && Object.hasOwn(own, dataset)) return extensionNamed('data set', own, dataset)();
  return loadDataset(dataset, {
    ...(dataDir === undefined ? {} : { dataDir }),
    normals: (stream, first, out) => randomNormal(kernels, { seed, stream, first }, out),
  });
}

interface RunMaterial {
  readonly train: Samples;
  readonly test: Samples;
  readonly reusable: ReusableModels;
}

async function trainAndMeasure(
  options: RunOptions,
  folder: RunFolder,
  material: RunMaterial,
): Promise<RunResults['models']> {
  const { config } = options;
  const seeds = seedsOf(config);
  const models: Record<string, RunResults['models'][string]> = {};
  for (const [model, modelConfig] of Object.entries(config.models)) {
    const perSeed: ModelResult[] = [];
    for (const seed of seeds) {
      const name = nameWithSeed(config, model, seed);
      await takeOrTrain(options, folder, material, { model, name, seed, config: modelConfig });
      perSeed.push(
        await measureStored(options, folder, material, { model, name, seed, config: modelConfig }),
      );
    }
    models[model] = seeds.length === 1 ? (perSeed[0] as ModelResult) : overSeeds(perSeed);
  }
  return models;
}

/** The spectra of the inputs belong to those of sub-populations. */
async function measureInputs(
  options: RunOptions,
  folder: RunFolder,
  test: Samples,
): Promise<Pick<RunResults, 'inputSpectra'>> {
  const { config, kernels } = options;
  if (!config.measurements.some(({ kind }) => kind === 'sub-populations')) return {};
  const file = folder.inputSpectra;
  if (!existsSync(file)) {
    options.onProgress?.({ kind: 'note', text: 'measuring spectra of the inputs' });
    await writeFileAtomically(file, JSON.stringify(measureInputSpectra(kernels, test, config)));
  }
  return { inputSpectra: (await readJson('run', file)) as NonNullable<RunResults['inputSpectra']> };
}

/** One model with one seed, and what it is called in files. */
interface SeededModel {
  /** Its name in the configuration. */
  readonly model: string;
  readonly name: string;
  readonly seed: number;
  readonly config: ModelConfig;
}

async function takeOrTrain(
  options: RunOptions,
  folder: RunFolder,
  { train, reusable }: RunMaterial,
  { model, name, seed, config: modelConfig }: SeededModel,
): Promise<void> {
  const { config, kernels, extensions = {}, checkpointSeconds = 10 } = options;
  const file = folder.model(name);
  if (existsSync(file)) return;
  const reused = await reusable.find(model, modelConfig, seed);
  if (reused !== undefined) {
    options.onProgress?.({ kind: 'note', text: `${name}: taken from ${reused.origin.from}` });
    await noteReuse(folder, name, reused.origin);
    await takeMetrics(folder, name, { folder: reused.folder, model: reused.name });
    await writeFileAtomically(file, reused.bytes);
    return;
  }
  const training: TrainModelContext = {
    model: name,
    kernels,
    seed,
    ...listeners(options),
    store: { kind: 'folder', folder, checkpointSeconds },
    train,
    normalisation: config.normalisation,
    dataset: config.dataset,
    extensions,
  };
  await writeFileAtomically(file, await trainModel(training, modelConfig));
}

/** What a run that goes on has taken from others. A model that was noted, but not written yet, may be trained now. */
function reusedSoFar(begun: Manifest | undefined, folder: RunFolder): Pick<Manifest, 'reused'> {
  const taken = Object.entries(begun?.reused ?? {}).filter(([name]) => existsSync(folder.model(name)));
  return taken.length === 0 ? {} : { reused: Object.fromEntries(taken) };
}

/** Says in the manifest which models were taken from where. */
async function noteReuse(folder: RunFolder, name: string, origin: ReusedModel): Promise<void> {
  const manifest = await readManifest(folder);
  await writeManifest(folder, { ...manifest, reused: { ...manifest.reused, [name]: origin } });
}

async function measureStored(
  options: RunOptions,
  folder: RunFolder,
  { test }: RunMaterial,
  { model, name, seed, config: modelConfig }: SeededModel,
): Promise<ModelResult> {
  const { config, kernels, extensions = {} } = options;
  const file = folder.measurement(name);
  if (!existsSync(file)) {
    const bytes = await readFileWhole(folder.model(name));
    const source = folder.model(name);
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
    const layer =
      modelConfig.kind === 'local-learning' ? { layer: stored.settings.layer as LayerResult } : {};
    await writeFileAtomically(file, JSON.stringify({ ...measured, ...layer }));
  }
  return (await readJson('run', file)) as ModelResult;
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

function listeners({ onProgress = () => {}, signal = new AbortController().signal }: RunOptions) {
  return { onProgress, signal };
}
