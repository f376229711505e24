import { existsSync } from 'node:fs';
import { type Dataset, normalisationScales } from '@hebblab/data';
import { loadDataset, readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import { decodeModel, type OpenModel, openModel, type Samples, samplesOf } from '@hebblab/models';
import { type Kernels, randomNormal } from '@hebblab/wasm';
import { expectRunnable } from './check-run.js';
import type { ModelConfig, RunConfig } from './config.js';
import { type Extensions, extensionNamed } from './extensions.js';
import { type Environment, expectSameRun, readManifest, writeManifest } from './manifest.js';
import { type MeasureContext, measureModel, measuringBatch } from './measure-model.js';
import type { OnProgress } from './progress.js';
import { readResults } from './read-results.js';
import { drawReport } from './report-run.js';
import type { LayerResult, ModelResult, RunResults } from './results.js';
import {
  expectFreshFolder,
  type RunFolder,
  removeCheckpoints,
  removeUnfinishedFiles,
  runFolder,
} from './run-folder.js';
import { trainModel } from './train-model.js';

export interface RunOptions {
  readonly config: RunConfig;
  readonly kernels: Kernels;
  /** The run's folder: empty, or with `resume` one of the same settings. */
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
 * moment and is called again with `resume` ends with the same bytes of models, metrics and results.
 *
 * @throws DataError for a folder, data set or extension that does not fit; an AbortError where the signal aborts,
 * after a checkpoint
 * @example
 * const results = await runExperiment({ config: presetNamed('quick'), kernels, folder: 'runs/quick', resume: false, environment });
 */
export async function runExperiment(options: RunOptions): Promise<RunResults> {
  const { config, kernels, environment, extensions = {}, onProgress = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  const folder = runFolder(options.folder);
  const goesOn = options.resume && existsSync(folder.manifest);
  if (goesOn) expectSameRun(await readManifest(folder), config, kernels);
  else await expectFreshFolder(folder);
  if (goesOn && existsSync(folder.results)) return finish(folder, await readResults(folder));

  onProgress({ kind: 'note', text: `loading ${config.dataset}` });
  const dataset = await loadNamedDataset(options);
  const train = samplesOf(dataset.train, normalisationScales(dataset.train, config.normalisation));
  const test = samplesOf(dataset.test, normalisationScales(dataset.test, config.normalisation));
  expectRunnable(config, train.inputs, extensions);

  const manifest = {
    schema: 1,
    settings: config,
    dataset: {
      name: dataset.name,
      origin: dataset.origin,
      train: dataset.train.count,
      test: dataset.test.count,
    },
    imageShape: dataset.train.shape,
    variant: kernels.variant,
    threads: kernels.threads,
    environment,
  } as const;
  await writeManifest(folder, manifest);
  await removeUnfinishedFiles(folder);

  const models: Record<string, ModelResult> = {};
  for (const [model, modelConfig] of Object.entries(config.models)) {
    const store = { kind: 'folder', folder, checkpointSeconds: options.checkpointSeconds ?? 10 } as const;
    const { seed, normalisation, dataset } = config;
    const training = {
      model,
      store,
      onProgress,
      signal,
      kernels,
      train,
      normalisation,
      dataset,
      seed,
      extensions,
    };
    await unlessWritten(folder.model(model), () => trainModel(training, modelConfig));
    models[model] = await measureStored({ ...training, ...config, test }, folder, modelConfig, extensions);
  }
  const results: RunResults = { schema: 1, models, claims: [] };
  await writeFileAtomically(folder.results, `${JSON.stringify(results, null, 1)}\n`);
  return finish(folder, results);
}

/** What is left to do once the results are written. */
async function finish(folder: RunFolder, results: RunResults): Promise<RunResults> {
  await drawReport(folder);
  await removeUnfinishedFiles(folder);
  await removeCheckpoints(folder);
  return results;
}

async function loadNamedDataset({ config, kernels, dataDir, extensions }: RunOptions): Promise<Dataset> {
  const datasets = extensions?.datasets ?? {};
  const own = Object.hasOwn(datasets, config.dataset) ? datasets[config.dataset] : undefined;
  if (own !== undefined) return own();
  const { seed } = config;
  return loadDataset(config.dataset, {
    ...(dataDir === undefined ? {} : { dataDir }),
    normals: (stream, first, out) => randomNormal(kernels, { seed, stream, first }, out),
  });
}

async function unlessWritten(file: string, make: () => Promise<Uint8Array>): Promise<void> {
  if (!existsSync(file)) await writeFileAtomically(file, await make());
}

async function measureStored(
  context: Omit<MeasureContext, 'model'> & { readonly model: string; readonly test: Samples },
  folder: RunFolder,
  config: ModelConfig,
  extensions: Extensions,
): Promise<ModelResult> {
  const file = folder.measurement(context.model);
  await unlessWritten(file, async () => {
    const bytes = await readFileWhole(folder.model(context.model));
    const { open, layer } = openStored(context.kernels, bytes, context.model, config, extensions);
    using opened = open;
    const measured = await measureModel(context, opened);
    return new TextEncoder().encode(JSON.stringify(layer === undefined ? measured : { ...measured, layer }));
  });
  return JSON.parse(new TextDecoder().decode(await readFileWhole(file)));
}

function openStored(
  kernels: Kernels,
  bytes: Uint8Array,
  name: string,
  config: ModelConfig,
  extensions: Extensions,
): { open: OpenModel; layer?: LayerResult } {
  if (config.kind === 'custom') {
    return {
      open: extensionNamed('model', extensions.models, config.name).open(kernels, bytes, measuringBatch),
    };
  }
  const model = decodeModel(bytes, name);
  const open = openModel(kernels, model, measuringBatch);
  return config.kind === 'local-learning' ? { open, layer: model.settings.layer as LayerResult } : { open };
}
