import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { normalisationScales } from '@hebblab/data';
import {
  parseRunConfig,
  presetNamed,
  type RunConfig,
  readResults,
  runExperiment,
  runFolder,
  writeResultsPage,
} from '@hebblab/experiments';
import { normalisedImages, samplesOf } from '@hebblab/models';
import { decodeAnyModel, openNetwork, openTensors } from '@hebblab/models/networks';
import { describe, expect, it } from 'vitest';
import {
  contentOf,
  halves,
  kernels,
  runAndAbort,
  temporaryFolder,
  tinyConfig,
  tinyRun,
} from './support/tiny-run.js';

const short = presetNamed('paper-b-short');

/** The shape of the preset on two classes of 4 x 4 images: narrow layers, two levels. */
const config = tinyPaperB();

function tinyPaperB(): RunConfig {
  const narrow = (model: RunConfig['models'][string] | undefined, depths: number[]) => {
    if (model?.kind !== 'network') throw new Error('expected a network');
    const [hidden] = model.layers;
    const readout = model.layers.at(-1);
    const layers = [
      { ...hidden, units: 8 },
      { ...hidden, units: 8 },
      { ...readout, units: 2 },
    ];
    const levels = [
      { groups: [0, 0], depth: 1 },
      { groups: [0, 1], depth: 2 },
    ];
    return { ...model, layers, epochs: 3, batchSize: 10, levels: depths.length > 0 ? levels : [] };
  };
  const { models } = short;
  return {
    ...tinyConfig,
    normalisation: short.normalisation,
    seeds: 2,
    models: {
      cse: narrow(models.cse, []),
      'beta-1e-1': narrow(models['beta-1e-1'], []),
      hierarchy: narrow(models.hierarchy, [1, 2]),
      flat: narrow(models.flat, []),
    },
    attacks: [],
    measurements: [
      {
        kind: 'fixed-budget',
        images: 20,
        attacks: ['fgsm', 'pgd', 'clean-gradient-pgd'],
        losses: ['cross-entropy', 'with-isometry'],
        steps: 10,
        grid: { startExponent: -3, stopExponent: 0, count: 4 },
      },
      { kind: 'isometry', images: 20, pairs: 40, groups: 2 },
      {
        kind: 'hierarchy',
        levels: [
          [0, 0],
          [0, 1],
        ],
        images: 20,
        pairs: 40,
        points: 10,
      },
    ],
    spectra: { fitImages: [1, 8], fitNoise: [1, 8], noiseSamples: 50 },
    claims: 'paper-b',
  } as unknown as RunConfig;
}

describe('a run of the shape of paper-b', () => {
  it('measures, judges and draws, and ends with the same bytes when it is resumed', async () => {
    const whole = await temporaryFolder();
    const { models, claims } = await runExperiment(tinyRun(whole, { config }));
    const budget = models['beta-1e-1']?.measurements?.['fixed-budget'];
    const isometry = models['beta-1e-1']?.measurements?.isometry;
    const hierarchy = models.hierarchy?.measurements?.hierarchy;
    expect(Object.keys(budget?.curves ?? {})).toEqual(['cross-entropy', 'with-isometry']);
    expect(Object.keys(models.cse?.measurements?.['fixed-budget']?.curves ?? {})).toEqual(['cross-entropy']);
    expect(isometry?.factor).toBe(10);
    expect(isometry?.layers.map(({ layer }) => layer)).toEqual(['hidden 1', 'hidden 2']);
    expect(isometry?.layers[0]?.slope).toBeGreaterThan(0);
    // With the whole set in one group nothing is wrong at the coarse level; 2 x the fine error is the tree distance.
    const accuracy = models.hierarchy?.accuracy ?? Number.NaN;
    expect(hierarchy?.treeDistance.levelErrors[0]).toBe(0);
    expect(hierarchy?.treeDistance.mean).toBeCloseTo(2 * (1 - accuracy), 12);
    expect(hierarchy?.embeddings.map(({ name }) => name)).toEqual([
      'input',
      'after level 1',
      'after level 2',
    ]);
    expect(claims.length).toBeGreaterThan(10);
    const files = Object.keys(await contentOf(whole));
    for (const figure of ['fixed-budget-pgd-with-isometry', 'isometry-cse', 'embedding-hierarchy'])
      expect(files).toContain(`figures/${figure}.svg`);
    await readResults(runFolder(whole));
    const kept = await temporaryFolder();
    await writeResultsPage(runFolder(whole), kept);
    const rows = (await readFile(path.join(kept, 'README.md'), 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('| beta-1e-1 | PGD |'));
    // Of the table of each loss, the accuracy at the first epsilon.
    expect(rows.map((row) => Number.parseFloat(row.split('|')[3] ?? ''))).toEqual(
      Object.values(budget?.curves ?? {}).map(({ pgd }) => Number(pgd?.accuracy[0]?.toFixed(3))),
    );
    // Student's t of one degree of freedom is 12.706, and the standard error of two seeds half of their difference.
    const halves = Object.keys(budget?.curves ?? {}).map((loss) => {
      const [one = Number.NaN, other = Number.NaN] = (models['beta-1e-1']?.perSeed ?? []).map(
        ({ measurements }) => measurements?.['fixed-budget']?.curves[loss]?.pgd?.accuracy[0] ?? Number.NaN,
      );
      return ((12.7062 * Math.abs(one - other)) / 2).toFixed(3);
    });
    expect(rows.map((row) => row.split('|')[3]?.split('±')[1]?.trim())).toEqual(halves);

    const cut = await temporaryFolder();
    await runAndAbort(
      cut,
      (progress) =>
        progress.kind === 'epoch' && progress.model === 'hierarchy-seed-1' && progress.epoch === 2,
      { config },
    );
    await runExperiment(tinyRun(cut, { config, resume: true }));
    expect(await contentOf(cut)).toEqual(await contentOf(whole));
  });

  it('counts images that are wrong from the start as wrong at every epsilon', async () => {
    const folder = await temporaryFolder();
    const few = { ...config, seeds: 1, models: { cse: config.models.cse } } as RunConfig;
    const { models } = await runExperiment(tinyRun(folder, { config: few }));
    const curve = models.cse?.measurements?.['fixed-budget']?.curves['cross-entropy']?.fgsm;
    const { test } = halves();
    const samples = samplesOf(test, normalisationScales(test, few.normalisation));
    await openTensors(kernels);
    const file = runFolder(folder).model('cse');
    using open = openNetwork(kernels, decodeAnyModel(await readFile(file), 'cse'), 20);
    const images = normalisedImages(samples, 20);
    const { labels } = test;
    const expected = curve?.epsilon.map((epsilon) => {
      const gradient = open.lossGradient(images, labels, 20);
      const moved = images.map((value, at) =>
        Math.min(1, Math.max(0, value + epsilon * Math.sign(gradient[at] as number))),
      );
      const rights = (inputs: Float32Array) => {
        const logits = open.logits(inputs, 20);
        return Array.from(labels, (label, image) => {
          const [upper = 0, lower = 0] = logits.subarray(2 * image, 2 * image + 2);
          return (upper >= lower ? 0 : 1) === label;
        });
      };
      const [before, after] = [rights(images), rights(moved)];
      return before.filter((right, image) => right && after[image]).length / 20;
    });
    expect(curve?.accuracy).toEqual(expected);
  });
});

describe('hierarchies in run configurations', () => {
  const hierarchy = short.models.hierarchy;
  const withLevels = (levels: unknown, changes: object = {}) => ({
    ...short,
    models: { hierarchy: { ...hierarchy, levels, ...changes } },
    measurements: [],
  });
  const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const halvesOfDigits = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];

  it.each([
    [
      'a label without a group',
      [
        { groups: halvesOfDigits, depth: 1 },
        { groups: digits.slice(1), depth: 3 },
      ],
      /levels: expected a group for each of 10 labels at level 2, got undefined for label 9/,
    ],
    [
      'a group in two coarser ones',
      [
        { groups: halvesOfDigits, depth: 1 },
        { groups: [0, 1, 2, 3, 4, 0, 5, 6, 7, 8], depth: 3 },
      ],
      /levels: expected each group of level 2 within one group of level 1, got group 0 in 0 and 1/,
    ],
    [
      'a level that is no deeper',
      [
        { groups: halvesOfDigits, depth: 3 },
        { groups: digits, depth: 3 },
      ],
      /levels\.1\.depth: expected a number > 3, got 3/,
    ],
    [
      'a level beyond the network',
      [{ groups: digits, depth: 4 }],
      /levels\.0\.depth: expected at most the 3 hidden layers, got 4/,
    ],
    [
      'layers that no level trains',
      [{ groups: digits, depth: 2 }],
      /expected the last level to end at the last of the 3 hidden layers, got depth 2/,
    ],
    [
      'groups beyond the readout',
      [{ groups: [...digits.slice(1), 12], depth: 3 }],
      /expected groups from 0 to 9, which the readout can name, got 12/,
    ],
  ])('refuses %s in one sentence', (_, levels, fault) => {
    expect(() => parseRunConfig(withLevels(levels), 'test')).toThrow(fault);
    expect(() => parseRunConfig(withLevels(levels), 'test')).toThrow(/got 1 fault:/);
  });

  it('refuses K <= 0, beta < 0 and a penalty on a layer that a level does not have', () => {
    const isometry = { kind: 'isometry', weight: 0.1, factor: 10, layer: 'last', form: 'distances' };
    const faultsOf = (changes: object) =>
      parseRunConfig(
        withLevels(
          [
            { groups: halvesOfDigits, depth: 1 },
            { groups: digits, depth: 3 },
          ],
          {
            penalties: [{ ...isometry, ...changes }],
          },
        ),
        'test',
      );
    expect(() => faultsOf({})).not.toThrow();
    expect(() => faultsOf({ factor: 0 })).toThrow(/factor: expected a number > 0, got 0/);
    expect(() => faultsOf({ weight: -1 })).toThrow(/weight: expected a number >= 0, got -1/);
    expect(() => faultsOf({ layer: 1 })).toThrow(/expected isometry on last or a layer below 1/);
  });

  it('refuses partitions of other classes than those of the data before anything is trained', async () => {
    const folder = `${await temporaryFolder()}/run`;
    const wrong = {
      ...config,
      measurements: [{ kind: 'hierarchy', levels: [[0, 1, 2]], images: 20, pairs: 5, points: 5 }],
    } as RunConfig;
    await expect(runExperiment(tinyRun(folder, { config: wrong }))).rejects.toThrow(
      'run: expected measurements.0.levels.0 to give a group to each of the 2 classes, got 3',
    );
  });
});
