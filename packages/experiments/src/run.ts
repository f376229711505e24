import { existsSync } from 'node:fs';
import { type Dataset, type ImageSet, normalisationScales } from '@hebblab/data';
import { loadDataset, writeFileAtomically } from '@hebblab/data/files';
import { type Samples, samplesOf } from '@hebblab/models';
import { randomNormal } from '@hebblab/wasm';
import { expectRunnable, sizesOf } from './check-run.js';
import { claimsOn } from './claims/claims.js';
import { expectExtensions, extensionNamed } from './extensions.js';
import { runExperiments } from './linear-kurtosis.js';
import {
  describeImages,
  expectSameImages,
  expectSameRun,
  expectSameVersion,
  type Manifest,
  readManifest,
  writeManifest,
} from './manifest.js';
import { measureInputSpectra } from './measurements/inputs.js';
import { readJson } from './read-json.js';
import { drawReport } from './report/draw-report.js';
import { type RunResults, readResults } from './results.js';
import { reusableModels } from './reuse.js';
import {
  expectFreshFolder,
  type RunFolder,
  removeCheckpoints,
  removeUnfinishedFiles,
  runFolder,
} from './run-folder.js';
import { whileLocked } from './run-lock.js';
import type { RunOptions } from './run-options.js';
import { reusedSoFar, trainAndMeasure } from './train-and-measure.js';

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
    const { version } = environment;
    const reusable = await reusableModels(
      options.reuse ?? [],
      { ...images, variant, normalisation, version },
      (text) => options.onProgress?.({ kind: 'note', text }),
    );
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
