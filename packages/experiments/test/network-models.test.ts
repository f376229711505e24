import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { DataError } from '@hebblab/data';
import {
  type Progress,
  parseRunConfig,
  type RunConfig,
  runExperiment,
  runFolder,
} from '@hebblab/experiments';
import { decodeAnyModel } from '@hebblab/models/networks';
import { describe, expect, it } from 'vitest';
import { contentOf, runAndAbort, temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

const relu = { kind: 'relu', power: 1 } as const;
const readout = { kind: 'dense', units: 2, bias: true, activation: { kind: 'linear' } } as const;
const network = {
  kind: 'network',
  layers: [{ kind: 'dense', units: 9, bias: true, activation: { kind: 'tanh' } }, readout],
  initialisation: 'glorot-uniform',
  epochs: 4,
  batchSize: 16,
  learningRate: { kind: 'constant', value: 0.01 },
  validationShare: 0,
  earlyStop: { kind: 'never' },
  adversarialTraining: { kind: 'none' },
  levels: [],
  penalties: [],
} as const;

const config = {
  ...tinyConfig,
  models: {
    jacreg: { ...network, penalties: [{ kind: 'jacobian', weight: 0.01, form: { kind: 'exact' } }] },
    projected: {
      ...network,
      penalties: [{ kind: 'jacobian', weight: 0.01, form: { kind: 'projected', projections: 1 } }],
    },
    specreg: {
      ...network,
      penalties: [{ kind: 'spectral', weight: 1, slope: 1, tau: 2, layer: 0 }],
    },
    'specreg-published': {
      ...network,
      layers: [
        { kind: 'dense', units: 9, bias: false, activation: relu },
        { kind: 'batch-normalisation' },
        readout,
      ],
      penalties: [{ kind: 'spectral-published', weight: 1, slope: 1, layer: 0 }],
    },
    isometric: {
      ...network,
      penalties: [{ kind: 'isometry', weight: 0.1, factor: 1, layer: 'last', form: 'distances' }],
    },
    saturated: {
      ...network,
      validationShare: 0.2,
      adversarialTraining: { kind: 'fgsm', epsilon: 0.1, rampEpochs: 1 },
      penalties: [
        {
          kind: 'saturation',
          weight: {
            kind: 'annealed',
            initial: 0,
            step: 0.01,
            shrink: 0.5,
            largest: 1,
            warmUpEpochs: 1,
            epochsPerStep: 1,
            tolerance: 0.05,
          },
          over: 'mean',
        },
      ],
    },
    convolutional: {
      ...network,
      layers: [
        { kind: 'convolution', filters: 3, size: 3, padding: 'same', bias: true, activation: relu },
        { kind: 'max-pool', size: 2 },
        { kind: 'flatten' },
        readout,
      ],
    },
    initialised: { kind: 'initialised', hidden: 9, power: 1 },
  },
} as unknown as RunConfig;

describe('a run of networks with penalties', () => {
  it('trains and measures each, and ends with the same bytes when it is resumed', async () => {
    const whole = await temporaryFolder();
    const { models } = await runExperiment(tinyRun(whole, { config }));
    expect(Object.keys(models)).toEqual(Object.keys(config.models));
    for (const { accuracy, spectrum } of Object.values(models)) {
      expect(accuracy).toBeGreaterThanOrEqual(0.3);
      expect(spectrum.images.alpha).toBeDefined();
    }
    const { settings } = decodeAnyModel(await readFile(runFolder(whole).model('jacreg')), 'jacreg');
    expect(settings.config).toEqual(config.models.jacreg);
    const cut = await temporaryFolder();
    const stop = (model: string) =>
      runAndAbort(
        cut,
        (progress) => progress.kind === 'epoch' && progress.model === model && progress.epoch === 2,
        { config, resume: model !== 'projected' },
      );
    for (const model of ['projected', 'specreg', 'specreg-published', 'saturated']) await stop(model);
    await runExperiment(tinyRun(cut, { config, resume: true }));
    expect(await contentOf(cut)).toEqual(await contentOf(whole));
  });

  it('refuses penalties that the network cannot be trained with, all at once', () => {
    const wrong = {
      ...tinyConfig,
      models: {
        a: {
          ...network,
          batchSize: 10,
          earlyStop: { kind: 'patience', epochs: 2 },
          penalties: [
            { kind: 'spectral', weight: 1, slope: 1, tau: 8, layer: 0 },
            { kind: 'isometry', weight: 1, factor: 1, layer: 4, form: 'distances' },
          ],
        },
        b: {
          ...network,
          layers: [network.layers[0], { kind: 'batch-normalisation' }, readout],
          penalties: [{ kind: 'jacobian', weight: 1, form: { kind: 'exact' } }],
        },
      },
    };
    // 9 units: 1.25 images each are 12.
    expect(() => parseRunConfig(wrong, 'mine.json')).toThrow(
      new DataError(
        [
          'run configuration: expected mine.json to fit the schema, got 5 faults:',
          '  models.a.penalties.0: expected a batchSize of at least 12, 1.25 images a unit of the layer, got 10',
          '  models.a.penalties.0.tau: expected a number below 8, got 8',
          '  models.a.penalties.1.layer: expected one of 1 hidden layers, counted from 0, got 4',
          '  models.a.validationShare: expected a number > 0, which an early stop needs, got 0',
          "  models.b.penalties: expected no jacobian beside a batch-normalisation, which mixes the samples' Jacobians, got both",
        ].join('\n'),
      ),
    );
  });

  it('names every fault of a network before anything is trained', async () => {
    const wrong = {
      ...tinyConfig,
      models: { a: { ...network, layers: [{ kind: 'flatten' }] }, l2: tinyConfig.models.l2 },
      spectra: { ...tinyConfig.spectra, fitImages: [1, 40] },
    } as unknown as RunConfig;
    await expect(runExperiment(tinyRun(`${await temporaryFolder()}/run`, { config: wrong }))).rejects.toThrow(
      /2 faults:\n {2}models\.a\.layers: .*linear dense layer.*\n {2}expected spectra\.fitImages/,
    );
  });

  it('names penalties, levels and readouts that do not fit before anything is trained', async () => {
    const [hidden] = network.layers;
    const one = { kind: 'dense', units: 1, bias: true, activation: { kind: 'linear' } };
    const isometry = { kind: 'isometry', weight: 1, factor: 1, layer: 3, form: 'distances' };
    const models = {
      l2: tinyConfig.models.l2,
      a: { ...network, penalties: [isometry] },
      b: { ...network, levels: [{ groups: [0, 1], depth: 2 }] },
      c: { ...network, layers: [hidden, one] },
    };
    const wrong = { ...tinyConfig, models } as unknown as RunConfig;
    const folder = `${await temporaryFolder()}/run`;
    const trained: string[] = [];
    const onProgress = ({ kind }: Progress) => trained.push(kind);
    const outcome = runExperiment(tinyRun(folder, { config: wrong, onProgress }));
    await expect(outcome).rejects.toThrow(
      /3 faults:\n {2}models\.a: isometryPenalty.*\n {2}models\.b: levels.*\n {2}models\.c: .*2 classes, got 1$/,
    );
    expect(trained).not.toContain('epoch');
    expect(existsSync(runFolder(folder).manifest)).toBe(false);
  });
});
