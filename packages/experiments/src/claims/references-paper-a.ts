/** Epochs of the layer, where a local rule trains one, and of everything else. */
export interface Budget {
  readonly layerEpochs?: number;
  readonly epochs: number;
}

/** What others measured of one model; what they do not state is absent. */
export interface ReferenceFigures {
  readonly budget: Budget;
  readonly accuracy?: number;
  /** Median critical L2 distance by the kind of the attack. */
  readonly criticalDistance?: Readonly<Record<string, number>>;
  readonly alphaImages?: number;
  readonly alphaNoise?: number;
}

/** A table of others, by the names that models have in results. */
export interface Reference {
  readonly name: string;
  readonly source: string;
  readonly models: Readonly<Record<string, ReferenceFigures>>;
}

/** The published results of arXiv 2405.00679 on CIFAR-10, read off its figures: good to about 1 %. */
export const publishedPaperA: Reference = {
  name: 'published',
  source: 'arXiv 2405.00679, CIFAR-10, read off the figures to about 1 %',
  models: {
    kh: {
      budget: { layerEpochs: 1000, epochs: 1000 },
      accuracy: 0.472,
      criticalDistance: { random: 3.14, fgsm: 0.123, pgd: 0.12 },
      alphaImages: 2.67,
      alphaNoise: 1.29,
    },
    shlp: {
      budget: { epochs: 1000 },
      accuracy: 0.562,
      criticalDistance: { random: 1.14, fgsm: 0.04, pgd: 0.039 },
      alphaImages: 2.92,
      alphaNoise: 0.97,
    },
    l2: {
      budget: { epochs: 1000 },
      accuracy: 0.519,
      criticalDistance: { random: 2.6, fgsm: 0.104, pgd: 0.101 },
      alphaImages: 4.11,
      alphaNoise: 2.46,
    },
    'jacreg-published': {
      budget: { epochs: 1000 },
      accuracy: 0.559,
      criticalDistance: { random: 1.77, fgsm: 0.068, pgd: 0.065 },
      alphaImages: 3.54,
      alphaNoise: 1.42,
    },
    'specreg-published': {
      budget: { epochs: 1000 },
      accuracy: 0.448,
      criticalDistance: { random: 0.94, fgsm: 0.037, pgd: 0.036 },
      alphaImages: 1.53,
      alphaNoise: 0.11,
    },
    initialised: { budget: { epochs: 0 }, alphaImages: 1.53, alphaNoise: 0.11 },
  },
};

/**
 * One seed of another implementation of arXiv 2405.00679 (PyTorch) on CIFAR-10: critical distances over the first 500
 * test images that a model classifies correctly, on the grids `independent-random`, `-fgsm` and `-pgd` of
 * `@hebblab/attacks`.
 */
export const independentPaperA: Reference = {
  name: 'independent run',
  source: 'another implementation (PyTorch) of arXiv 2405.00679, CIFAR-10, one seed, 500 images attacked',
  models: {
    kh: {
      budget: { layerEpochs: 1000, epochs: 1000 },
      accuracy: 0.47,
      criticalDistance: { random: 3.25, fgsm: 0.127, pgd: 0.127 },
      alphaImages: 3.05,
      alphaNoise: 1.28,
    },
    'kh-raw': {
      budget: { layerEpochs: 1000, epochs: 300 },
      accuracy: 0.445,
      criticalDistance: { random: 3.06, fgsm: 0.145, pgd: 0.146 },
      alphaImages: 3.01,
      alphaNoise: 1.37,
    },
    shlp: {
      budget: { epochs: 165 },
      accuracy: 0.556,
      criticalDistance: { random: 1.32, fgsm: 0.048, pgd: 0.049 },
      alphaImages: 2.93,
      alphaNoise: 1.04,
    },
    initialised: { budget: { epochs: 0 }, alphaImages: 1.526, alphaNoise: 0.11 },
  },
};
