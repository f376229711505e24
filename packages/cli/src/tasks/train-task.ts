import { normalisationScales } from '@hebblab/data';
import { loadDataset } from '@hebblab/data/files';
import {
  accuracyOf,
  expectRunnable,
  measuringBatch,
  openStoredModel,
  type RunConfig,
  sizesOf,
  trainModel,
} from '@hebblab/experiments';
import { normalisedImages, samplesOf } from '@hebblab/models';
import { randomNormal } from '@hebblab/wasm';
import type { KernelsWanted } from '../kernels.js';
import { openKernelsForTask, type TaskContext } from './task-context.js';

/** The training of one model, as it is told to the thread that carries it out. */
export interface TrainTask extends KernelsWanted {
  /** Its one model is trained. */
  readonly config: RunConfig;
  readonly name: string;
  readonly dataDir?: string;
}

export interface TrainedModel {
  /** The content of the model's file. */
  readonly bytes: Uint8Array;
  /** On the test images. */
  readonly accuracy: number;
  readonly testImages: number;
  /** Statistics of the layer that its file carries; absent where no local rule trained it. */
  readonly layer?: unknown;
}

export async function train(
  { config, name, variant, threads, dataDir }: TrainTask,
  context: TaskContext,
): Promise<TrainedModel> {
  const { onProgress, signal } = context;
  const kernels = await openKernelsForTask({ variant, threads }, context);
  const { seed, normalisation, dataset: datasetName } = config;
  onProgress({ kind: 'note', text: `loading ${datasetName}` });
  const dataset = await loadDataset(datasetName, {
    normals: (stream, first, values) => randomNormal(kernels, { seed, stream, first }, values),
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const train = samplesOf(dataset.train, normalisationScales(dataset.train, normalisation));
  const test = samplesOf(dataset.test, normalisationScales(dataset.test, normalisation));
  expectRunnable({ models: config.models }, sizesOf(train, test));
  const [[, model] = []] = Object.entries(config.models);
  if (model === undefined) throw new Error('train: expected a configuration of one model, got none');
  const bytes = await trainModel(
    {
      model: name,
      store: { kind: 'none' },
      onProgress,
      signal,
      kernels,
      train,
      normalisation,
      dataset: datasetName,
      seed,
      extensions: {},
    },
    model,
  );
  using trained = await openStoredModel(
    kernels,
    bytes,
    model,
    {},
    { capacity: measuringBatch, source: name },
  );
  const accuracy = accuracyOf(trained.open, normalisedImages(test, test.count), test.images.labels);
  return { bytes, accuracy, testImages: test.count, layer: trained.settings.layer };
}
