import type { ModelConfig, NetworkConfig, RunConfig } from '../config.js';

type Layers = NetworkConfig['layers'];
type Saturation = Extract<NetworkConfig['penalties'][number], { kind: 'saturation' }>['weight'];

/** One of the three networks, at some size. */
export interface PaperCNetwork {
  readonly layers: Layers;
  readonly learningRate: number;
  /** Of the vanilla network and of adversarial training. */
  readonly epochs: number;
  readonly saturatedEpochs: number;
  readonly saturation: Saturation;
}

/** What the presets of the paper differ in. */
export interface PaperCSettings {
  readonly name: string;
  readonly dataset: string;
  readonly seeds: number;
  readonly batchSize: number;
  readonly validationShare: number;
  readonly networks: Readonly<Record<string, PaperCNetwork>>;
  /** Of adversarial training by PGD. */
  readonly pgdSteps: number;
  readonly noiseSamples: number;
  readonly fitImages: readonly [number, number];
  readonly measurements: RunConfig['measurements'];
  readonly linear: Pick<NonNullable<RunConfig['experiments']>[number], 'classifiers' | 'samples'>;
}

/** Vanilla, adversarially trained and saturated networks of arXiv 1703.09202, at some size. */
export function paperCOf(settings: PaperCSettings): RunConfig {
  const { name, dataset, seeds, networks, noiseSamples, fitImages, linear } = settings;
  return {
    schema: 1,
    name,
    dataset,
    normalisation: { kind: 'divide', by: 255 },
    seed: 1,
    seeds,
    models: Object.assign(
      {},
      ...Object.entries(networks).map(([network, each]) => modelsOf(network, each, settings)),
    ) as Record<string, ModelConfig>,
    spectra: { fitImages: [...fitImages], fitNoise: [...fitImages], noiseSamples },
    attacks: [],
    measurements: settings.measurements,
    experiments: [
      {
        kind: 'linear-kurtosis',
        shapes: [0.5, 0.7, 1, 1.5, 2, 4, 10],
        inputs: 784,
        margin: 2,
        linfEpsilon: 0.05,
        l2Epsilon: 1,
        ...linear,
      },
    ],
    claims: 'paper-c',
  };
}

/** Each network's plain one, for audits. */
export function twinsOf(networks: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    networks.flatMap((network) =>
      ['fgsm', 'pgd', 'saturated'].map((training) => [`${network}-${training}`, network]),
    ),
  );
}

/** The epsilon that adversarial training is for, and that the claims are looked at. */
export const paperCEpsilon = 0.25;

function modelsOf(
  name: string,
  { layers, learningRate, epochs, saturatedEpochs, saturation }: PaperCNetwork,
  { batchSize, validationShare, pgdSteps }: PaperCSettings,
): Record<string, ModelConfig> {
  const vanilla: NetworkConfig = {
    kind: 'network',
    layers,
    initialisation: 'glorot-uniform',
    epochs,
    batchSize,
    learningRate: { kind: 'constant', value: learningRate },
    validationShare,
    earlyStop: { kind: 'never' },
    adversarialTraining: { kind: 'none' },
    levels: [],
    penalties: [],
  };
  const rampEpochs = Math.ceil(epochs / 2);
  return {
    [name]: vanilla,
    [`${name}-fgsm`]: {
      ...vanilla,
      adversarialTraining: { kind: 'fgsm', epsilon: paperCEpsilon, rampEpochs },
    },
    [`${name}-pgd`]: {
      ...vanilla,
      adversarialTraining: {
        kind: 'pgd',
        epsilon: paperCEpsilon,
        rampEpochs,
        steps: pgdSteps,
        // Steps that add up to 2.5 epsilon, as in Madry et al. 2018.
        stepSize: (2.5 * paperCEpsilon) / pgdSteps,
      },
    },
    [`${name}-saturated`]: {
      ...vanilla,
      epochs: saturatedEpochs,
      penalties: [{ kind: 'saturation', weight: saturation, over: 'mean' }],
    },
  };
}

/** Dense layers of one nonlinearity with a linear readout for ten classes. */
export function multilayerPerceptron(
  widths: readonly number[],
  activation: Extract<Layers[number], { kind: 'dense' }>['activation'],
): Layers {
  return [...widths.map((units) => ({ kind: 'dense' as const, units, bias: true, activation })), readout];
}

/** Two convolutions with pooling, a dense layer, and the readout. */
export function convolutionalNetwork(filters: readonly [number, number], units: number): Layers {
  const activation = { kind: 'relu', power: 1 } as const;
  const convolution = (count: number) =>
    ({ kind: 'convolution', filters: count, size: 5, padding: 'same', bias: true, activation }) as const;
  return [
    convolution(filters[0]),
    { kind: 'max-pool', size: 2 },
    convolution(filters[1]),
    { kind: 'max-pool', size: 2 },
    { kind: 'flatten' },
    { kind: 'dense', units, bias: true, activation },
    readout,
  ];
}

const readout = { kind: 'dense', units: 10, bias: true, activation: { kind: 'linear' } } as const;
