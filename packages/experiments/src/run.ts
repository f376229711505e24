import { existsSync } from 'node:fs';
import { type Dataset, type ImageSet, normalisationScales } from '@hebblab/data';
import { loadDataset, readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import { decodeModel, openModel, type Samples, samplesOf } from '@hebblab/models';
import { type Kernels, randomNormal } from '@hebblab/wasm';
import { expectRunnable } from './check-run.js';
import type { ModelConfig, RunConfig } from './config.js';
import { type Extensions, expectExtensions, extensionNamed } from './extensions.js';
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
import { type MeasureContext, measureModel, measuringBatch } from './measure-model.js';
import type { OnProgress } from './progress.js';
import { readJson } from './read-json.js';
import { drawReport } from './report-run.js';
import { type LayerResult, type ModelResult, type RunResults, readResults } from './results.js';
import {
  expectFreshFolder,
  type RunFolder,
  removeCheckpoints,
  removeUnfinishedFiles,
  runFolder,
} from './run-folder.js';
import { whileLocked } from './run-lock.js';
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
    expectRunnable(config, { inputs: train.inputs, train: train.count, test: test.count });
    const images = describeImages(dataset);
    if (begun !== undefined) expectSameImages(begun, images);
    await writeManifest(folder, {
      schema: 1,
      settings: config,
      ...images,
      variant: kernels.variant,
      threads: kernels.threads,
      environment,
    });
    const results: RunResults = {
      schema: 1,
      models: await trainAndMeasure(options, folder, { train, test }),
      claims: [],
    };
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

async function trainAndMeasure(
  options: RunOptions,
  folder: RunFolder,
  { train, test }: { readonly train: Samples; readonly test: Samples },
): Promise<Record<string, ModelResult>> {
  const { config, kernels, extensions = {}, onProgress = () => {}, checkpointSeconds = 10 } = options;
  const { seed, normalisation, spectra, attacks } = config;
  const { signal = new AbortController().signal } = options;
  const store = { kind: 'folder', folder, checkpointSeconds } as const;
  const models: Record<string, ModelResult> = {};
  for (const [model, modelConfig] of Object.entries(config.models)) {
    const common = { model, kernels, seed, onProgress, signal };
    const training: TrainModelContext = {
      ...common,
      store,
      train,
      normalisation,
      dataset: config.dataset,
      extensions,
    };
    await unlessWritten(folder.model(model), () => trainModel(training, modelConfig));
    const measuring: MeasureContext = { ...common, test, spectra, attacks };
    models[model] = await measureStored(measuring, folder, modelConfig, extensions);
  }
  return models;
}

async function measureStored(
  context: MeasureContext,
  folder: RunFolder,
  config: ModelConfig,
  extensions: Extensions,
): Promise<ModelResult> {
  const { kernels, model } = context;
  const file = folder.measurement(model);
  await unlessWritten(file, async () => {
    const bytes = await readFileWhole(folder.model(model));
    if (config.kind === 'custom') {
      using open = extensionNamed('model', extensions.models, config.name).open(
        kernels,
        bytes,
        measuringBatch,
      );
      return JSON.stringify(await measureModel(context, open));
    }
    const decoded = decodeModel(bytes, folder.model(model));
    using open = openModel(kernels, decoded, measuringBatch);
    const measured = await measureModel(context, open);
    // trainModel wrote it there.
    const layer = config.kind === 'local-learning' ? { layer: decoded.settings.layer as LayerResult } : {};
    return JSON.stringify({ ...measured, ...layer });
  });
  return (await readJson('run', file)) as ModelResult;
}

async function unlessWritten(file: string, make: () => Promise<Uint8Array | string>): Promise<void> {
  if (!existsSync(file)) await writeFileAtomically(file, await make());
}
