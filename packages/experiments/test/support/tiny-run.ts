import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createImageSet, type Dataset, type ImageSet } from '@hebblab/data';
import { type Extensions, type RunConfig, type RunOptions, runExperiment } from '@hebblab/experiments';
import { openKernels } from '@hebblab/wasm';
import { onTestFinished } from 'vitest';

export const kernels = await openKernels({ variant: 'simd128' });

/** Three models on 60 images of 4 x 4, trained for a few epochs: under a second. */
export const tinyConfig: RunConfig = {
  schema: 1,
  name: 'tiny',
  dataset: 'halves',
  normalisation: { kind: 'lp', p: 3 },
  seed: 1,
  seeds: 1,
  models: {
    kh: {
      kind: 'local-learning',
      hidden: 12,
      rule: { kind: 'krotov-hopfield', p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 },
      layer: {
        epochs: 5,
        batchSize: 16,
        learningRate: { kind: 'linear', value: 0.05 },
        initialDeviation: 1,
      },
      pruning: { kind: 'threshold', value: 1 },
      readout: { power: 2, epochs: 4, batchSize: 16, learningRate: { kind: 'constant', value: 0.01 } },
    },
    l2: {
      kind: 'backpropagation',
      hidden: 8,
      power: 1,
      epochs: 4,
      batchSize: 16,
      learningRate: { kind: 'constant', value: 0.01 },
      penalties: [{ kind: 'l2', weight: 1e-3 }],
    },
  },
  spectra: { fitImages: [1, 8], fitNoise: [1, 8], noiseSamples: 50 },
  attacks: [
    {
      kind: 'random',
      form: 'grid',
      images: 20,
      chosen: 'first',
      grid: { startExponent: -2, stopExponent: 1, count: 8 },
    },
    {
      kind: 'fgsm',
      form: 'grid',
      images: 20,
      chosen: 'first',
      grid: { startExponent: -3, stopExponent: 0, count: 8 },
    },
  ],
  measurements: [],
  claims: 'none',
};

/** Images whose upper half (class 0) or lower half (class 1) is bright. */
export function halves(): Dataset {
  return {
    name: 'halves',
    origin: 'generated',
    train: halfImages('train', 60),
    test: halfImages('test', 20),
  };
}

export const extensions: Extensions = { datasets: { halves: async () => halves() } };

const environment = { version: '0', commit: 'none', node: 'v0', platform: 'test', processor: 'none' };

/** Options of a run of the tiny configuration, with a checkpoint after every epoch. */
export function tinyRun(folder: string, changes: Partial<RunOptions> = {}): RunOptions {
  return {
    config: tinyConfig,
    kernels,
    folder,
    resume: false,
    environment,
    extensions,
    checkpointSeconds: 0,
    ...changes,
  };
}

/** Runs until `stopAt` says so, as a person who presses Ctrl-C. */
export async function runAndAbort(
  folder: string,
  stopAt: (progress: Parameters<NonNullable<RunOptions['onProgress']>>[0]) => boolean,
  changes: Partial<RunOptions> = {},
): Promise<void> {
  const controller = new AbortController();
  const onProgress: RunOptions['onProgress'] = (progress) => {
    if (stopAt(progress)) controller.abort();
  };
  const run = runExperiment(tinyRun(folder, { ...changes, onProgress, signal: controller.signal }));
  const outcome = await run.then(
    () => 'finished',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
  if (outcome !== 'AbortError') throw new Error(`expected an aborted run, got ${outcome}`);
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hebblab-experiments-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Every file of a folder by its path, those that tell of the machine or the moment left out. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  );
  const entries = files.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [path.relative(folder, file), (await readFile(file)).toString('base64')] as const;
  });
  return Object.fromEntries((await Promise.all(entries)).sort());
}

function halfImages(split: string, count: number): ImageSet {
  const labels = Uint8Array.from({ length: count }, (_, image) => image % 2);
  const offset = split === 'train' ? 0 : 1000;
  const pixels = Uint8Array.from({ length: count * 16 }, (_, at) => {
    const image = Math.floor(at / 16);
    const upper = at % 16 < 8;
    const varied = ((at + offset) * 7919) % 97;
    return upper === (labels[image] === 0) ? 150 + varied : varied;
  });
  return createImageSet({
    name: 'halves',
    split,
    shape: [4, 4, 1],
    pixels,
    labels,
    classNames: ['upper', 'lower'],
  });
}
