import type {
  BackpropagationConfig,
  LocalLearningConfig,
  ModelConfig,
  NetworkConfig,
  RunConfig,
} from '../config.js';

/** What the presets of the paper differ in. */
export interface PaperASettings {
  readonly name: string;
  readonly dataset: string;
  readonly hidden: number;
  readonly layer: Pick<LocalLearningConfig['layer'], 'epochs' | 'learningRate'>;
  readonly pruning: LocalLearningConfig['pruning'];
  /** Of the networks that are trained by backpropagation. */
  readonly epochs: number;
  readonly readoutEpochs: number;
  readonly spectralEpochs: number;
  readonly batchSize: number;
  readonly attacks: RunConfig['attacks'];
  readonly noiseSamples: number;
  readonly landscapeSide: number;
  /** Images that the audit of each model looks at. */
  readonly audited: number;
}

/**
 * The eight models of arXiv 2405.00679, its attacks, spectra and figures, at some size.
 *
 * @example
 * const config = paperAOf({ ...settings, name: 'paper-a-small', dataset: 'power-law-images-small', hidden: 40 });
 */
export function paperAOf(settings: PaperASettings): RunConfig {
  const { name, dataset, hidden, attacks, noiseSamples, landscapeSide, audited } = settings;
  return {
    schema: 1,
    name,
    dataset,
    normalisation: { kind: 'lp', p: 3 },
    seed: 1,
    seeds: 1,
    models: modelsOf(settings),
    spectra: {
      fitImages: [10, Math.min(500, hidden)],
      fitNoise: [10, Math.min(100, hidden)],
      noiseSamples,
    },
    attacks,
    measurements: [
      { kind: 'unpruned-spectra' },
      { kind: 'sub-populations' },
      { kind: 'jacobian', images: 200 },
      { kind: 'landscape', image: 0, side: landscapeSide, reach: 20 },
      // About the median critical distances of the paper's models, as changes of a value, and twice as much.
      { kind: 'audit', images: audited, epsilons: [0.002, 0.004], twins },
      { kind: 'cross-validated-spectrum', noise: 0.01, images: Math.min(2 * hidden, 10_000) },
    ],
    claims: 'paper-a',
  };
}

function modelsOf(settings: PaperASettings): Record<string, ModelConfig> {
  const { hidden, layer, epochs, readoutEpochs, batchSize } = settings;
  const shlp: BackpropagationConfig = {
    kind: 'backpropagation',
    hidden,
    power: 1,
    epochs,
    batchSize,
    learningRate: publishedSteps,
    penalties: [],
  };
  return {
    kh: {
      kind: 'local-learning',
      hidden,
      rule: { kind: 'krotov-hopfield', p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 },
      layer: { ...layer, batchSize, initialDeviation: 1 },
      pruning: settings.pruning,
      readout: {
        power: 4.5,
        epochs: readoutEpochs,
        batchSize,
        learningRate: { kind: 'constant', value: 1e-3 },
      },
    },
    shlp,
    l2: { ...shlp, penalties: [{ kind: 'l2', weight: 5e-4 }] },
    'jacreg-published': { ...shlp, penalties: [{ kind: 'hidden-decay', weight: 3.3e-4 }] },
    jacreg: network(settings, {
      penalties: [{ kind: 'jacobian', weight: 0.01, form: { kind: 'projected', projections: 1 } }],
    }),
    'specreg-published': specregPublished(settings),
    specreg: network(settings, {
      epochs: settings.spectralEpochs,
      // A batch has 1.25 samples a unit at least, or the covariance of the batch says nothing of its small eigenvalues.
      batchSize: Math.max(batchSize, Math.ceil(1.25 * hidden)),
      learningRate: { kind: 'constant', value: 1e-3 },
      penalties: [{ kind: 'spectral', weight: 1, slope: 1, tau: 10, layer: 0 }],
    }),
    initialised: { kind: 'initialised', hidden, power: 1 },
  };
}

/** The plain network, whose adversarial images are tried on the regularised ones. */
const twins = {
  l2: 'shlp',
  'jacreg-published': 'shlp',
  jacreg: 'shlp',
  'specreg-published': 'shlp',
  specreg: 'shlp',
};

/** Learning rates of the paper's networks: constant by steps, 1e-5 from epoch 161 on. */
const publishedSteps = {
  kind: 'steps' as const,
  steps: [
    { until: 30, value: 1e-3 },
    { until: 90, value: 5e-4 },
    { until: 120, value: 2e-4 },
    { until: 160, value: 1e-4 },
  ],
  after: 1e-5,
};

function network(
  { hidden, epochs, batchSize }: PaperASettings,
  changes: Partial<NetworkConfig>,
): NetworkConfig {
  return {
    kind: 'network',
    layers: [
      { kind: 'dense', units: hidden, bias: false, activation: { kind: 'relu', power: 1 } },
      { kind: 'dense', units: 10, bias: true, activation: { kind: 'linear' } },
    ],
    initialisation: 'he-normal',
    epochs,
    batchSize,
    learningRate: publishedSteps,
    validationShare: 0,
    earlyStop: { kind: 'never' },
    adversarialTraining: { kind: 'none' },
    levels: [],
    penalties: [],
    ...changes,
  };
}

function specregPublished(settings: PaperASettings): NetworkConfig {
  const [hidden, readout] = network(settings, {}).layers as [
    NetworkConfig['layers'][number],
    NetworkConfig['layers'][number],
  ];
  return network(settings, {
    layers: [hidden, { kind: 'batch-normalisation' }, readout],
    learningRate: { kind: 'exponential', value: 1e-3, until: 90, decayEpochs: 30 },
    penalties: [{ kind: 'spectral-published', weight: 1, slope: 1, layer: 0 }],
  });
}
