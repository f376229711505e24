/** Critical L2 distances of one attack over the images that the model gets right. */
export interface CriticalDistanceResult {
  readonly found: number;
  readonly total: number;
  /** Absent where no image was flipped. */
  readonly median?: number;
  readonly q25?: number;
  readonly q75?: number;
  /** 5 % and 95 %. */
  readonly p5?: number;
  readonly p95?: number;
  /** Flips that a second look did not confirm; counted in `total` alone. */
  readonly unverified: number;
  /** Images that the model was asked for, without and with a gradient; those of its first look included. */
  readonly calls?: { readonly forward: number; readonly gradient: number };
}

/** Critical distances by bisection, and how they compare with the grid on some of the images. */
export interface BisectedDistanceResult extends CriticalDistanceResult {
  readonly gridComparison: {
    readonly images: number;
    /** Share of them on which the two differ by more than the spacing: flips are not monotone in epsilon. */
    readonly disagreeing: number;
    /** Calls of the bisection over those of the grid. */
    readonly callsShare: number;
  };
}

/** Jacobians of the logits by the inputs over some test images. */
export interface JacobianResult {
  readonly images: number;
  /** ||J||_F. */
  readonly norm: { readonly median: number; readonly q25: number; readonly q75: number };
  /** Medians over the images, from the largest. */
  readonly singularValues: readonly number[];
  /** Median over the images. */
  readonly effectiveRank: number;
}

/** A plane through an image; lists are row-major [side, side], e along a row. */
export interface LandscapeResult {
  readonly image: number;
  readonly side: number;
  readonly reach: number;
  readonly jacobianNorm: readonly number[];
  readonly classes: readonly number[];
  /** The largest softmax. */
  readonly confidence: readonly number[];
}

/** The spectrum of the first units, for several numbers of them. */
export interface PopulationsResult {
  /** Exponents are absent where too few eigenvalues are left to fit. */
  readonly populations: readonly {
    readonly units: number;
    readonly alpha?: number;
    readonly stdErr?: number;
    /** With weights 1/n (Stringer et al. 2019). */
    readonly weightedAlpha?: number;
  }[];
  /** Of the whole layer. */
  readonly participationRatio: number;
  readonly effectiveRank: number;
}

export interface SubPopulationsResult {
  readonly images: PopulationsResult;
  readonly noise: PopulationsResult;
}

/** Accuracy against the epsilon of an attack. */
export interface BudgetCurve {
  readonly epsilon: readonly number[];
  /** Share of all images. */
  readonly accuracy: readonly number[];
}

/** Accuracy at fixed budgets. */
export interface FixedBudgetResult {
  readonly images: number;
  /** By the loss that is attacked (cross-entropy, with-isometry), then by attack. */
  readonly curves: Readonly<Record<string, Readonly<Record<string, BudgetCurve>>>>;
}

/** The line of hidden distances on input distances. */
export interface LineResult {
  readonly layer?: string;
  readonly pairs: number;
  readonly slope: number;
  readonly intercept: number;
  /** Pearson's; absent where the hidden distances do not vary. */
  readonly correlation?: number;
}

/** Distances within classes. */
export interface IsometryResult {
  readonly images: number;
  /** K of the penalty that the model was trained with: 1 / K is the slope it was asked for. */
  readonly factor?: number;
  readonly layers: readonly LineResult[];
  /** By layer; empty where too few images have a distance to the boundary. */
  readonly boundary: readonly {
    readonly layer: string;
    /** Spearman's, of the distance to the boundary with the residual |D_hid - line|. */
    readonly residualCorrelation?: number;
    /** From near the boundary to far from it; `from` and `to` are L2 distances to it. */
    readonly groups: readonly (LineResult & { readonly from: number; readonly to: number })[];
  }[];
  /** Some of the pairs, for a figure. */
  readonly shown: {
    readonly input: readonly number[];
    readonly boundary: readonly number[];
    /** Of each layer. */
    readonly layers: readonly (readonly number[])[];
  };
}

/** What a network makes of a tree of classes. */
export interface HierarchyResult {
  /** Those of the distances; errors in the tree are of all test images. */
  readonly images: number;
  readonly treeDistance: {
    readonly mean: number;
    readonly largest: number;
    /** Share of the images in a wrong group at each level, coarse to fine. */
    readonly levelErrors: readonly number[];
  };
  /** Distances within the groups of each level, after each level of the network. */
  readonly levels: readonly { readonly distances: readonly LineResult[] }[];
  /** Error of each level of the network at its own depth, by the shared readout; empty for a network without levels. */
  readonly ownErrors: readonly number[];
  /** Coordinates [points, 2] along the first two principal components, and their share of the variance. */
  readonly embeddings: readonly {
    readonly name: string;
    readonly points: readonly number[];
    readonly explained: number;
  }[];
  /** Classes of the embedded points. */
  readonly labels: readonly number[];
}

/** What an audit came to; a text is left out of means where seeds differ in it. */
export interface AuditResult {
  readonly verdict?: 'trustworthy' | 'masked' | 'inconclusive';
  /** By the names of the checks. */
  readonly checks: Readonly<
    Record<
      string,
      { readonly status?: 'pass' | 'warn' | 'fail' | 'not measured'; readonly sentence?: string }
    >
  >;
  /** Shares of the correct images that stand: under the white-box attack, and under every attack. The last is the full range. */
  readonly epsilons: readonly {
    readonly epsilon: number;
    readonly whiteBoxAccuracy: number;
    readonly accuracy: number;
  }[];
  readonly images: number;
  readonly correct: number;
}

/** Errors within budgets, by the kind of the attack. */
export type AdversarialErrorResult = Readonly<
  Record<
    string,
    {
      readonly images: number;
      readonly epsilon: readonly number[];
      readonly error: readonly number[];
      /** Images that the model was asked for. */
      readonly calls: { readonly forward: number; readonly gradient: number };
    }
  >
>;

/** A layer's picture of the classes. */
export interface LayerSimilarityResult {
  readonly layer: string;
  readonly silhouette: number;
  /** By ascending class. */
  readonly silhouetteByClass: readonly number[];
  readonly withinClasses: number;
  readonly acrossClasses: number;
  /** Images that all units answer alike. */
  readonly directionless: number;
  /** Correlations of the drawn images, row-major, by class. */
  readonly matrix: readonly number[];
}

export interface SimilarityResult {
  readonly layers: readonly LayerSimilarityResult[];
  /** Drawn images of each class, by ascending class. */
  readonly drawn: readonly number[];
}

export interface JacobianPathsResult {
  readonly pairs: number;
  /** Means over the paths, [points, classes], from the largest at each point. */
  readonly singularValues: readonly (readonly number[])[];
  /** Mean over all points of the largest. */
  readonly largest: number;
  /** Mean over all points. */
  readonly effectiveRank: number;
}

export interface SaturationResult {
  readonly layers: readonly {
    readonly layer: string;
    readonly activation?: string;
    readonly saturatedShare: number;
    readonly edges: readonly number[];
    readonly counts: readonly number[];
  }[];
}

export interface WeightKurtosisResult {
  readonly layers: readonly {
    readonly layer: string;
    readonly excessKurtosis: number;
    readonly normRatio: number;
  }[];
}

/** Linear classifiers by the tails of their weights; measured figures are one a classifier. */
export interface LinearKurtosisResult {
  readonly linfEpsilon: number;
  readonly l2Epsilon: number;
  readonly shapes: readonly {
    readonly shape: number;
    readonly kurtosis: { readonly theory: number; readonly measured: readonly number[] };
    readonly normRatio: { readonly theory: number; readonly measured: readonly number[] };
    readonly cleanError: { readonly theory: number; readonly measured: readonly number[] };
    readonly linfError: { readonly theory: number; readonly measured: readonly number[] };
    readonly l2Error: { readonly theory: number; readonly measured: readonly number[] };
  }[];
}

/** What was measured of no model, by the kinds of experiments. */
export interface ExperimentResults {
  readonly 'linear-kurtosis'?: LinearKurtosisResult;
}

/** By the kinds of measurements; what a model has no room for is absent. */
export interface MeasurementResults {
  readonly 'sub-populations'?: SubPopulationsResult;
  readonly 'unpruned-spectra'?: { readonly images: SpectrumResult; readonly noise: SpectrumResult };
  readonly jacobian?: JacobianResult;
  readonly landscape?: LandscapeResult;
  readonly 'cross-validated-spectrum'?: SpectrumResult;
  readonly 'fixed-budget'?: FixedBudgetResult;
  readonly isometry?: IsometryResult;
  readonly hierarchy?: HierarchyResult;
  readonly audit?: AuditResult;
  readonly 'adversarial-error'?: AdversarialErrorResult;
  readonly 'layer-similarity'?: SimilarityResult;
  readonly 'jacobian-paths'?: JacobianPathsResult;
  readonly 'activation-saturation'?: SaturationResult;
  readonly 'weight-kurtosis'?: WeightKurtosisResult;
}

/** The covariance spectrum of a representation and its power law. */
export interface SpectrumResult {
  /** lambda_n ~ n^-alpha; absent where the spectrum is too short to fit. */
  readonly alpha?: number;
  readonly stdErr?: number;
  readonly intercept?: number;
  /** 0-based slice that was fitted; shorter than asked for where the spectrum is. */
  readonly fit: readonly [number, number];
  /** Descending, not divided by the first. */
  readonly eigenvalues: readonly number[];
}

/** The spectrum of what models see, and its dimensions. */
export interface InputSpectrumResult extends SpectrumResult {
  readonly participationRatio: number;
  readonly effectiveRank: number;
}
