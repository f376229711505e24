import { readFile } from 'node:fs/promises';
import {
  type MeasurementConfig,
  parseRunConfig,
  presets,
  type RunConfig,
  runExperiment,
  runFolder,
} from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

const readout = { kind: 'dense', units: 2, bias: true, activation: { kind: 'linear' } } as const;
const sigmoidal = { kind: 'dense', units: 6, bias: true, activation: { kind: 'sigmoid' } } as const;
const plain = {
  kind: 'network',
  layers: [sigmoidal, sigmoidal, readout],
  initialisation: 'glorot-uniform',
  epochs: 20,
  batchSize: 16,
  learningRate: { kind: 'constant', value: 0.05 },
  validationShare: 0.2,
  earlyStop: { kind: 'never' },
  adversarialTraining: { kind: 'none' },
  levels: [],
  penalties: [],
} as unknown as Extract<RunConfig['models'][string], { kind: 'network' }>;

const annealed = {
  kind: 'annealed',
  initial: 0,
  step: 0.1,
  shrink: 0.5,
  largest: 1,
  warmUpEpochs: 4,
  epochsPerStep: 1,
  tolerance: 0.1,
} as const;

const config: RunConfig = {
  ...tinyConfig,
  normalisation: { kind: 'divide', by: 255 },
  seeds: 2,
  models: {
    sigmoid: plain,
    'sigmoid-saturated': { ...plain, penalties: [{ kind: 'saturation', weight: annealed, over: 'mean' }] },
  },
  spectra: { fitImages: [0, 4], fitNoise: [0, 4], noiseSamples: 30 },
  attacks: [],
  measurements: [
    {
      kind: 'adversarial-error',
      epsilons: [0.05, 0.25],
      attacks: [
        { kind: 'fgsm', images: 20 },
        { kind: 'targeted', images: 10, steps: 4, stepShare: 0.5 },
        { kind: 'second-order', images: 10, rounds: 2, steps: 2, stepShare: 0.5 },
      ],
    },
    { kind: 'layer-similarity', imagesPerClass: 5, drawnPerClass: 2 },
    { kind: 'jacobian-paths', pairs: 2, points: 3 },
    { kind: 'activation-saturation', images: 10, bins: 4, tolerance: 0.05 },
    { kind: 'weight-kurtosis' },
    { kind: 'audit', images: 4, epsilons: [0.25], twins: { 'sigmoid-saturated': 'sigmoid' } },
  ],
  experiments: [
    {
      kind: 'linear-kurtosis',
      shapes: [0.5, 2],
      inputs: 400,
      classifiers: 4,
      samples: 500,
      margin: 2,
      linfEpsilon: 0.1,
      l2Epsilon: 1,
    },
  ],
  claims: 'paper-c',
};

describe('a run of saturated networks', () => {
  it('audits and measures each model, judges the claims and draws them', async () => {
    const folder = await temporaryFolder();
    const { models, claims, experiments } = await runExperiment(tinyRun(folder, { config }));

    for (const model of Object.values(models)) {
      const results = model.measurements;
      expect(results?.['layer-similarity']?.layers.map(({ layer }) => layer)).toEqual([
        'layer 1',
        'layer 2',
        'readout',
      ]);
      // Two drawn images of each of two classes.
      expect(results?.['layer-similarity']?.layers[0]?.matrix).toHaveLength(16);
      expect(results?.['jacobian-paths']?.singularValues.map((values) => values.length)).toEqual([2, 2, 2]);
      // 10 images of 6 units, none outside of the bins.
      const [first] = results?.['activation-saturation']?.layers ?? [];
      expect(first?.counts.reduce((sum, count) => sum + count, 0)).toBe(60);
      expect(results?.['weight-kurtosis']?.layers).toHaveLength(3);
      const { fgsm } = results?.['adversarial-error'] ?? {};
      expect(fgsm?.error[0]).toBeGreaterThanOrEqual(1 - model.accuracy - 1e-9);
      // Fewer than 30 correct images never are enough for trust.
      expect(model.perSeed?.map(({ measurements }) => measurements?.audit?.verdict)).not.toContain(
        'trustworthy',
      );
    }
    const transferOf = (name: string) => models[name]?.measurements?.audit?.checks.transfer?.status;
    expect(transferOf('sigmoid')).toBe('not measured');
    expect(transferOf('sigmoid-saturated')).not.toBe('not measured');

    // Phi(-2) at no budget; Phi(0.1 * 20 * 0.798 - 2) and Phi(1 - 2) of normal weights.
    const normal = experiments?.['linear-kurtosis']?.shapes[1];
    expect(normal?.cleanError.theory).toBeCloseTo(0.02275, 4);
    expect(normal?.linfError.theory).toBeCloseTo(0.3431, 3);
    expect(normal?.l2Error.theory).toBeCloseTo(0.1587, 4);
    const measured = normal?.linfError.measured ?? [];
    // Four times 500 inputs: a standard error of 0.011.
    expect(Math.abs(measured.reduce((sum, error) => sum + error / 4, 0) - 0.3431)).toBeLessThan(0.045);

    expect(claims.length).toBe(31);
    const report = await readFile(runFolder(folder).report, 'utf8');
    for (const text of [
      'Which robustness is real',
      'L2 1, theory',
      'Similarity by layer of sigmoid',
      'Annealing of lambda, sigmoid-saturated',
      'FGSM, 20 images',
      'second order, 10 images',
    ])
      expect(report).toContain(text);
  }, 60_000);
});

describe('settings of saturated networks', () => {
  const faultOf = (changed: unknown) => () => parseRunConfig(changed, 'my.json');
  const audit = (twins: Record<string, string>): MeasurementConfig => ({
    kind: 'audit',
    images: 8,
    epsilons: [0.25],
    twins,
  });
  const penalised = (weight: object) => ({
    ...config,
    models: { a: { ...plain, penalties: [{ kind: 'saturation', weight, over: 'mean' }] } },
    measurements: [],
  });

  it('are refused with one sentence for each fault', () => {
    expect(faultOf(penalised({ kind: 'constant', value: -1 }))).toThrow(
      /weight.value: expected a number >= 0/,
    );
    expect(faultOf(penalised({ ...annealed, step: 0 }))).toThrow(/weight.step: expected a number > 0/);
    expect(faultOf({ ...config, measurements: [audit({ 'sigmoid-saturated': 'sigmoid-satured' })] })).toThrow(
      /twins.sigmoid-saturated: expected a model that stands before sigmoid-saturated, got sigmoid-satured/,
    );
    expect(faultOf({ ...config, measurements: [audit({ relu: 'sigmoid' })] })).toThrow(
      /twins.relu: expected the name of a model, got relu/,
    );
    expect(faultOf({ ...config, measurements: [{ ...audit({}), epsilons: [0.2, 0.1] }] })).toThrow(
      /expected ascending epsilons/,
    );
  });

  it('name each experiment once', () => {
    const [linear] = config.experiments ?? [];
    expect(faultOf({ ...config, experiments: [linear, linear] })).toThrow(
      /experiments: expected each kind at most once, got linear-kurtosis 2 times/,
    );
  });

  it('of the presets are right', () => {
    for (const name of ['paper-c', 'paper-c-short'])
      expect(parseRunConfig(structuredClone(presets[name]), name)).toEqual(presets[name]);
  });
});
