import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunResults, runExperiment } from '@hebblab/experiments';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallPaperA } from './support/small-paper-a.js';
import { kernels, tinyRun } from './support/tiny-run.js';

const models = [
  'kh',
  'shlp',
  'l2',
  'jacreg-published',
  'jacreg',
  'specreg-published',
  'specreg',
  'initialised',
];

/** The figures of arXiv 2405.00679 by the files of a run, and the tables beside them. */
const figures = {
  1: [
    'synapses-kh-raw',
    'synapses-kh',
    'variances-kh',
    'spectra-pruning-kh-images',
    'spectra-pruning-kh-noise',
  ],
  2: ['random', 'fgsm', 'pgd'].flatMap((attack) => [
    `relative-accuracy-${attack}`,
    `critical-distances-${attack}`,
  ]),
  3: ['robustness-random', 'robustness-fgsm', 'robustness-pgd'],
  4: ['spectra-inputs-images', 'spectra-inputs-noise'],
  5: ['spectra-images', 'spectra-noise'],
  6: ['landscape-jacobian', 'landscape-classes'],
  'sub-populations': ['sub-populations-images', 'sub-populations-noise'],
  'minimal norm': ['critical-distances-minimal', 'robustness-minimal'],
};

describe('paper-a on generated colour images', () => {
  let root = '';
  let results: RunResults;
  let report = '';
  let claims = '';
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'hebblab-paper-a-'));
    results = await runExperiment(tinyRun(root, { config: smallPaperA, checkpointSeconds: 60 }));
    report = await readFile(path.join(root, 'report.html'), 'utf8');
    claims = await readFile(path.join(root, 'claims.html'), 'utf8');
  }, 600_000);
  afterAll(() => rm(root, { recursive: true }));

  it('trains the eight models of the paper', async () => {
    expect(Object.keys(results.models)).toEqual(models);
    expect((await readdir(path.join(root, 'models'))).sort()).toEqual(
      models.map((model) => `${model}.safetensors`).sort(),
    );
  });

  it('prunes some units of the layer, not all', () => {
    const { prunedUnits = 0 } = results.models.kh?.layer ?? {};
    expect(prunedUnits).toBeGreaterThan(0);
    expect(prunedUnits).toBeLessThan(40);
  });

  it.each(models)('attacks %s on the grids, by bisection and by the minimal norm', (model) => {
    const { criticalDistance = {}, bisectedDistance = {} } = results.models[model] ?? {};
    expect(Object.keys(criticalDistance).sort()).toEqual(['fgsm', 'minimal', 'pgd', 'random']);
    expect(Object.keys(bisectedDistance)).toEqual(['fgsm']);
    for (const { found, total, median } of Object.values(criticalDistance)) {
      expect(total).toBeGreaterThan(0);
      expect(found).toBeGreaterThan(0);
      expect(median).toBeGreaterThan(0);
    }
    // Any direction is at least as short as that of a sign.
    expect(criticalDistance.minimal?.median).toBeLessThan(criticalDistance.fgsm?.median ?? 0);
  });

  it.each(models)('measures the geometry of %s', (model) => {
    const { measurements = {} } = results.models[model] ?? {};
    const { jacobian, 'sub-populations': populations } = measurements;
    expect(jacobian?.norm.median).toBeGreaterThan(0);
    expect(jacobian?.singularValues).toHaveLength(10);
    // Of 40 units there are the first 10 and all.
    expect(populations?.images.populations.map(({ units }) => units)).toEqual([10, 40]);
    expect(measurements['cross-validated-spectrum']?.eigenvalues).toHaveLength(40);
    expect(['trustworthy', 'masked', 'inconclusive']).toContain(measurements.audit?.verdict);
  });

  it.each(models)('draws the landscape of %s', (model) => {
    const { jacobianNorm = [], classes = [] } = results.models[model]?.measurements?.landscape ?? {};
    expect([jacobianNorm.length, classes.length]).toEqual([12 * 12, 12 * 12]);
  });

  it('measures the spectra of the inputs once', () => {
    const { images, noise } = results.inputSpectra ?? {};
    // Centring takes one from the rank of 256 test images and of 200 draws.
    expect(images?.eigenvalues).toHaveLength(255);
    expect(noise?.eigenvalues).toHaveLength(199);
    // Their sum is the total variance: 3072 pixels of variance 1, with a standard deviation of sqrt(2 * 3072 / 199) = 5.6.
    const total = noise?.eigenvalues.reduce((sum, value) => sum + value, 0) ?? 0;
    expect(Math.abs(total - 3072)).toBeLessThan(12);
    // Eigenvalues of 200 draws in 3072 dimensions lie within (1 ± sqrt(199 / 3072))^2 of their mean (Marchenko & Pastur),
    // so the participation ratio is that of 199 values nearly alike: 199 / (1 + 199 / 3072) = 187.
    expect(noise?.participationRatio).toBeCloseTo(187, -1);
  });

  it.each(Object.entries(figures))('draws figure %s, on the page and as files', async (_, files) => {
    const drawn = await readdir(path.join(root, 'figures'));
    for (const file of files) {
      expect(drawn).toContain(`${file}.svg`);
      const svg = await readFile(path.join(root, 'figures', `${file}.svg`), 'utf8');
      const title = /<title[^>]*>([^<]*)/.exec(svg)?.[1] ?? 'no title';
      expect(report).toContain(title);
    }
  });

  it('tells in tables the Jacobians, the bisection, the minimal norm and the dimensions', () => {
    for (const caption of [
      'Jacobian of the logits by the inputs',
      'Critical distances by bisection',
      'beside the shortest perturbation in any direction',
      'Dimensions of the spectra',
    ])
      expect(report).toContain(caption);
  });

  it('judges every claim on the page and on one of its own, beside both references', () => {
    expect(results.claims).toHaveLength(8);
    for (const page of [report, claims]) {
      for (const { verdict } of results.claims) expect(page).toContain(verdict);
      expect(page).toContain('Robustness to random noise: kh &gt; l2');
      expect(page).toContain('this run − published');
      expect(page).toContain('this run − independent run');
    }
  });

  it('draws the same pages again from the folder', async () => {
    await runExperiment(tinyRun(root, { config: smallPaperA, resume: true, kernels }));
    expect(await readFile(path.join(root, 'report.html'), 'utf8')).toBe(report);
    expect(await readFile(path.join(root, 'claims.html'), 'utf8')).toBe(claims);
  });
});
