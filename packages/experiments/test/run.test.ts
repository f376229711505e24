import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataError } from '@hebblab/data';
import {
  type ModelExtension,
  type RunConfig,
  type RunResults,
  readManifest,
  readResults,
  runExperiment,
  runFolder,
  summaryTable,
  writeResultsPage,
} from '@hebblab/experiments';
import { decodeModel } from '@hebblab/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOf, extensions, kernels, temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

describe('a run', () => {
  let root = '';
  let results: RunResults;
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'hebblab-run-'));
    results = await runExperiment(tinyRun(root));
  });
  afterAll(() => rm(root, { recursive: true }));

  it('leaves manifest, metrics, results, models, figures and report, and nothing else', async () => {
    const files = await readdir(root);
    expect(files.sort()).toEqual([
      'figures',
      'manifest.json',
      'metrics.jsonl',
      'models',
      'report.html',
      'results.json',
    ]);
    expect((await readdir(path.join(root, 'models'))).sort()).toEqual(['kh.safetensors', 'l2.safetensors']);
  });

  it('tells in the manifest what it was of and what it ran on', async () => {
    expect(await readManifest(runFolder(root))).toMatchObject({
      schema: 1,
      settings: tinyConfig,
      dataset: { name: 'halves', origin: 'generated', train: 60, test: 20 },
      imageShape: [4, 4, 1],
      variant: 'simd128',
      threads: 1,
      environment: { version: '0' },
    });
  });

  it('has a row of metrics for each epoch of each stage, in order', async () => {
    const lines = (await readFile(path.join(root, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line));
    const stages = (model: string, stage: string, epochs: number) =>
      Array.from({ length: epochs }, (_, index) => ({ model, stage, epoch: index + 1 }));
    expect(rows.map(({ model, stage, epoch }) => ({ model, stage, epoch }))).toEqual([
      ...stages('kh', 'layer', 4),
      ...stages('kh', 'readout', 4),
      ...stages('l2', 'network', 4),
    ]);
    expect(Object.keys(rows[0])).toEqual([
      'model',
      'stage',
      'epoch',
      'learningRate',
      'convergedShare',
      'medianNorm',
      'winningUnits',
      'changedUnits',
    ]);
    expect(Object.keys(rows.at(-1))).toEqual([
      'model',
      'stage',
      'epoch',
      'learningRate',
      'loss',
      'accuracy',
      'l2',
    ]);
  });

  it('has results of the published shape, which are those that are returned', async () => {
    const stored = JSON.parse(await readFile(path.join(root, 'results.json'), 'utf8'));
    expect(stored).toEqual(results);
    expect(stored).toEqual(await readResults(runFolder(root)));
    expect(Object.keys(stored)).toEqual(['schema', 'models', 'claims']);
    expect(Object.keys(stored.models)).toEqual(['kh', 'l2']);
    for (const model of Object.values<RunResults['models'][string]>(stored.models)) {
      expect(model.accuracy).toBeGreaterThanOrEqual(0);
      expect(model.accuracy).toBeLessThanOrEqual(1);
      for (const attack of ['random', 'fgsm']) {
        const distance = model.criticalDistance[attack];
        expect(distance).toMatchObject({
          found: expect.any(Number),
          total: Math.round(20 * model.accuracy),
          unverified: 0,
        });
        const curve = model.relativeAccuracy[attack];
        expect(curve?.epsilon).toHaveLength(8);
        expect(curve?.accuracy).toHaveLength(8);
        expect(curve?.accuracy.every((share) => share >= 0 && share <= 1)).toBe(true);
      }
      for (const spectrum of [model.spectrum.images, model.spectrum.noise]) {
        const { eigenvalues } = spectrum;
        expect(eigenvalues).toEqual([...eigenvalues].sort((a, b) => b - a));
        expect(spectrum.fit[0]).toBe(1);
      }
    }
    expect(stored.models.kh.layer.variances).toHaveLength(12);
    expect(stored.models.l2.layer).toBeUndefined();
  });

  it('sets the pruned units to 0 in the model and counts them', async () => {
    const model = decodeModel(await readFile(runFolder(root).model('kh')), 'kh');
    const zeroUnits = Array.from({ length: 12 }, (_, unit) =>
      model.hiddenLayer.weights.subarray(unit * 16, (unit + 1) * 16).every((weight) => weight === 0),
    ).filter(Boolean).length;
    const { variances = [], prunedUnits } = results.models.kh?.layer ?? {};
    expect(prunedUnits).toBe(variances.filter((variance) => variance >= 1).length);
    expect(zeroUnits).toBe(prunedUnits);
    expect(zeroUnits).toBeGreaterThan(0);
    expect(zeroUnits).toBeLessThan(12);
  });

  it('keeps with each model how it was made', async () => {
    const { settings } = decodeModel(await readFile(runFolder(root).model('l2')), 'l2');
    expect(settings).toMatchObject({
      dataset: 'halves',
      normalisation: tinyConfig.normalisation,
      seed: 1,
      config: tinyConfig.models.l2,
    });
  });

  it('has a report that needs nothing beside it', async () => {
    const html = await readFile(path.join(root, 'report.html'), 'utf8');
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).toContain('hebblab: tiny');
    for (const heading of [
      'What the layer learned',
      'Spectra of the representation',
      'Accuracy and robustness',
    ])
      expect(html).toContain(heading);
    expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=/i);
    expect(html).not.toMatch(/url\((?!#|["']?data:)|@import/i);
    const figures = (await readdir(path.join(root, 'figures'))).sort();
    expect(figures.filter((file) => file.endsWith('.svg'))).toHaveLength(
      (html.match(/<figure/g) ?? []).length,
    );
    expect(figures).toContain('synapses-kh.svg');
    expect(figures).toContain('spectra-images.csv');
  });

  it('ends with a table that has a row a model', () => {
    const { columns, rows } = summaryTable(results);
    expect(columns).toEqual([
      'model',
      'test accuracy',
      'alpha images',
      'alpha noise',
      'median critical L2, random noise',
      'median critical L2, FGSM',
      'converged units',
      'pruned units',
    ]);
    expect(rows.map(([name]) => name)).toEqual(['kh', 'l2']);
    expect(rows[1]?.slice(-2)).toEqual([null, null]);
  });

  it('tells how many seeds have which verdict of the audit, and what stands at each epsilon but the full range', () => {
    const { l2 } = results.models;
    if (l2 === undefined) throw new Error('expected the model l2');
    const at = (epsilon: number, accuracy: number) => ({ epsilon, whiteBoxAccuracy: 1, accuracy });
    const audit = { checks: {}, epsilons: [at(0.1, 0.5), at(0.2, 0.25), at(1, 0)], images: 9, correct: 8 };
    const seeds = (['trustworthy', 'masked', 'trustworthy'] as const).map((verdict) => ({
      ...l2,
      measurements: { audit: { ...audit, verdict } },
    }));
    const audited = { ...l2, measurements: { audit }, perSeed: seeds };
    const { columns, rows } = summaryTable({ ...results, models: { audited, l2 } });
    expect(columns.slice(-2)).toEqual(['audit', 'stands after all attacks']);
    expect(rows.map((row) => row.slice(-2))).toEqual([
      ['masked (1 of 3), trustworthy (2 of 3)', '0.500\u00a0at\u00a00.1, 0.250\u00a0at\u00a00.2'],
      [null, null],
    ]);
  });

  it('gives the reasons of the worst seed, and what stands under the white-box attack and under all', async () => {
    const { l2 } = results.models;
    if (l2 === undefined) throw new Error('expected the model l2');
    const folder = await temporaryFolder();
    await cp(root, folder, { recursive: true });
    const epsilons = [
      { epsilon: 0.1, whiteBoxAccuracy: 0.5, accuracy: 0.25 },
      { epsilon: 1, whiteBoxAccuracy: 0, accuracy: 0 },
    ];
    const audited = (verdict: string, status: string, sentence: string) => ({
      ...l2,
      measurements: {
        audit: { verdict, checks: { restarts: { status, sentence } }, epsilons, images: 9, correct: 8 },
      },
    });
    const perSeed = [audited('inconclusive', 'warn', 'A doubt.'), audited('masked', 'fail', 'A failure.')];
    const models = { ...results.models, l2: { ...perSeed[0], interval: {}, perSeed } };
    await writeFile(runFolder(folder).results, JSON.stringify({ ...results, models }));
    const target = await temporaryFolder();
    await writeResultsPage(runFolder(folder), target);
    const page = await readFile(path.join(target, 'README.md'), 'utf8');
    expect(page).toContain('| model | verdict | white box at 0.1 | all attacks at 0.1 | why |');
    expect(page).toContain(
      '| l2 | masked (1 of 2), inconclusive (1 of 2) | 0.500 | 0.250 | restarts: A failure. |',
    );
  });

  it('draws the units of a layer on a scale that a few large ones do not set', async () => {
    const svg = await readFile(path.join(root, 'figures', 'synapses-kh.svg'), 'utf8');
    const limit = Number(/One scale for all units, from \S+ to ([\d.]+),/.exec(svg)?.[1]);
    const {
      inputs,
      hidden,
      unprunedWeights = new Float32Array(),
    } = decodeModel(await readFile(runFolder(root).model('kh')), 'kh');
    const largest = Array.from({ length: hidden }, (_, unit) =>
      Math.max(...unprunedWeights.subarray(unit * inputs, (unit + 1) * inputs).map(Math.abs)),
    );
    // Of n numbers more than 8 n / 10 and fewer than all are at most their 90 % quantile.
    const within = largest.filter((each) => each <= limit * 1.01).length;
    expect(within).toBeGreaterThan(0.8 * hidden);
    expect(within).toBeLessThan(hidden);
  });

  it('has no columns of units where no model has a layer of the Krotov-Hopfield rule', () => {
    const { l2 } = results.models;
    if (l2 === undefined) throw new Error('expected the model l2');
    const { columns, rows } = summaryTable({ ...results, models: { l2 } });
    expect(columns.slice(-1)).toEqual(['median critical L2, FGSM']);
    expect(rows[0]).toHaveLength(columns.length);
  });

  it('gives the same bytes again with the same seed, and other models with another', async () => {
    const again = await temporaryFolder();
    await runExperiment(tinyRun(again));
    expect(await contentOf(again)).toEqual(await contentOf(root));
    const other = await temporaryFolder();
    await runExperiment(tinyRun(other, { config: { ...tinyConfig, seed: 2 } }));
    const [mine, others] = [await contentOf(root), await contentOf(other)];
    expect(others['models/kh.safetensors']).not.toBe(mine['models/kh.safetensors']);
    expect(others['results.json']).not.toBe(mine['results.json']);
  });

  it('refuses a folder with a run or anything else in it, and leaves it as it is', async () => {
    const before = await contentOf(root);
    await expect(runExperiment(tinyRun(root))).rejects.toThrow(
      `run: expected an empty folder or --resume, got ${root} with a run in it`,
    );
    expect(await contentOf(root)).toEqual(before);
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    await expect(runExperiment(tinyRun(folder))).rejects.toThrow(`got ${folder} with notes.txt in it`);
    await expect(runExperiment(tinyRun(folder, { resume: true }))).rejects.toThrow(DataError);
    const file = path.join(folder, 'notes.txt');
    await expect(runExperiment(tinyRun(file))).rejects.toThrow(
      `run: expected a folder or nothing at ${file}, got a file`,
    );
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  it('makes no folder where data or an extension is missing', async () => {
    const folder = path.join(await temporaryFolder(), 'run');
    const { l2 } = tinyConfig.models;
    if (l2?.kind !== 'backpropagation') throw new Error('expected a backpropagation model');
    const withPenalty = { ...l2, penalties: [{ kind: 'custom', name: 'mine' } as const] };
    const config = { ...tinyConfig, models: { ...tinyConfig.models, l2: withPenalty } };
    await expect(runExperiment(tinyRun(folder, { config }))).rejects.toThrow(
      'run: expected an extension for the penalty mine, got none',
    );
    const unknown = { ...tinyConfig, dataset: 'quarters' };
    await expect(runExperiment(tinyRun(folder, { config: unknown }))).rejects.toThrow(DataError);
    expect(existsSync(folder)).toBe(false);
  });

  it('ends with results also where a model gets none of the attacked images right', async () => {
    // The first image is of class 0.
    const always1: ModelExtension = {
      train: async () => new Uint8Array(),
      open: () => ({
        inputs: 16,
        hidden: 2,
        classes: 2,
        preactivations: (_, count) => new Float32Array(2 * count),
        logits: (_, count) => Float32Array.from({ length: 2 * count }, (_, index) => index % 2),
        lossGradient: (_inputs, _labels, count) => new Float32Array(16 * count),
        dispose: () => {},
        [Symbol.dispose]: () => {},
      }),
    };
    const config: RunConfig = {
      ...tinyConfig,
      models: { wrong: { kind: 'custom', name: 'always1', settings: {} } },
      attacks: tinyConfig.attacks.map((attack) => ({ ...attack, images: 1 })),
    };
    const { models } = await runExperiment(
      tinyRun(await temporaryFolder(), {
        config,
        extensions: { ...extensions, models: { always1 } },
      }),
    );
    expect(models.wrong).toMatchObject({
      accuracy: 0.5,
      criticalDistance: { random: { found: 0, total: 0 }, fgsm: { found: 0, total: 0 } },
      relativeAccuracy: {},
    });
  });

  it('gives back the memory of the kernels', async () => {
    const before = kernels.liveArrays.count;
    await runExperiment(tinyRun(await temporaryFolder()));
    expect(kernels.liveArrays.count).toBe(before);
  });
});
