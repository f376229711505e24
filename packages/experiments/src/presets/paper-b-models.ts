import type { MeasurementConfig, ModelConfig, NetworkConfig } from '../config.js';

type Layers = NetworkConfig['layers'];
type Levels = NetworkConfig['levels'];

/** How the networks of arXiv 2211.01236 are trained, at some size. */
export interface PaperBTraining {
  readonly layers: Layers;
  readonly epochs: number;
  readonly batchSize: number;
  /** K: 10 for MNIST, 1 elsewhere. */
  readonly factor: number;
}

/** Hidden tanh layers of one width under a linear readout. */
export function tanhNetwork(widths: readonly number[], classes: number): Layers {
  return [
    ...widths.map((units) => ({
      kind: 'dense' as const,
      units,
      bias: true,
      activation: { kind: 'tanh' as const },
    })),
    { kind: 'dense', units: classes, bias: true, activation: { kind: 'linear' } },
  ];
}

/** A network with the isometry penalty of weight `beta` on a hidden layer; 0 for none. */
export function isometricNetwork(
  { layers, epochs, batchSize, factor }: PaperBTraining,
  beta: number,
  { layer = 'last', levels = [] }: { readonly layer?: 'last' | number; readonly levels?: Levels } = {},
): NetworkConfig {
  return {
    kind: 'network',
    layers,
    initialisation: 'glorot-uniform',
    epochs,
    batchSize,
    learningRate: { kind: 'constant', value: 1e-3 },
    validationShare: 0,
    earlyStop: { kind: 'never' },
    adversarialTraining: { kind: 'none' },
    levels,
    penalties: beta === 0 ? [] : [{ kind: 'isometry', weight: beta, factor, layer, form: 'distances' }],
  };
}

/** The model `cse`, with the cross-entropy alone, and a model `beta-...` for each beta. */
export function betaSweep(training: PaperBTraining, betas: readonly string[]): Record<string, ModelConfig> {
  return Object.fromEntries([
    ['cse', isometricNetwork(training, 0)],
    ...betas.map((beta) => [`beta-${beta}`, isometricNetwork(training, Number(beta))]),
  ]);
}

/**
 * A stack of blocks, one a level, and a `flat` network of the same depth with the same penalty that learns the finest
 * groups alone.
 */
export function hierarchyAndFlat(
  training: PaperBTraining,
  beta: number,
  groups: readonly (readonly number[])[],
): Record<'hierarchy' | 'flat', ModelConfig> {
  const hidden = training.layers.length - 1;
  const levels = groups.map((level, number) => ({
    groups: [...level],
    depth: ((number + 1) * hidden) / groups.length,
  }));
  return {
    hierarchy: isometricNetwork(training, beta, { levels }),
    flat: isometricNetwork(training, beta),
  };
}

/** Ten epsilons from 0.01 to 1 for three attacks on both losses, as in arXiv 2211.01236. */
export function fixedBudget(images: number): MeasurementConfig {
  return {
    kind: 'fixed-budget',
    images,
    attacks: ['fgsm', 'pgd', 'clean-gradient-pgd'],
    losses: ['cross-entropy', 'with-isometry'],
    steps: 10,
    grid: { startExponent: -2, stopExponent: 0, count: 10 },
  };
}
