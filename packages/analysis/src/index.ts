export {
  type BootstrapComparisonSettings,
  type BootstrapSettings,
  type BootstrapStatistic,
  bootstrapComparison,
  bootstrapInterval,
  type UniformSource,
} from './bootstrap.js';
export { type Claim, claimVerdict, combineVerdicts, type Verdict } from './claim-verdict.js';
export { fitLine, type Line, pearson, spearman } from './correlation.js';
export { crossValidatedSpectrum, crossValidatedVariances, type Repeats } from './cross-validated-spectrum.js';
export { type Decisions, decisions } from './decisions.js';
export { effectiveRank, participationRatio, rankMe, type Spectrum, stableRank } from './dimensionality.js';
export type { MixtureComponent } from './gaussian-mixture.js';
export {
  generalisedGaussianKurtosis,
  generalisedGaussianNormRatio,
  sampleGeneralisedGaussian,
} from './generalised-gaussian.js';
export { type Histogram, histogram } from './histogram.js';
export {
  type ImagePair,
  type PathSettings,
  pairsAcrossClasses,
  singularValuesAlongPath,
  straightPath,
} from './image-paths.js';
export type { Interval } from './interval.js';
export {
  type BoundaryIsometry,
  type ImagePairs,
  type IsometryByBoundary,
  isometryByBoundary,
  type LayerIsometry,
  layerIsometry,
  pairDistances,
  pairsWithinClasses,
} from './isometry.js';
export {
  type JacobianShape,
  jacobianEffectiveRanks,
  jacobianNorms,
  jacobianSingularValues,
} from './jacobian-geometry.js';
export { excessKurtosis, normRatio } from './kurtosis.js';
export {
  type LandscapeBatch,
  type LandscapeGrid,
  landscapeAxis,
  landscapeBatches,
  type Plane,
  randomPlane,
} from './landscape.js';
export { latentJacobianNorms, squaredUnitNorms } from './latent-jacobian.js';
export type { LayerShape } from './layer.js';
export { type LayerConvergence, layerConvergence } from './layer-convergence.js';
export { type LayerSeparation, layerSeparation } from './layer-separation.js';
export { linearError, linearErrorTheory, type PerturbationNorm } from './linear-robustness.js';
export type { MatrixShape } from './matrix.js';
export { type MixtureThreshold, mixtureThreshold } from './mixture-threshold.js';
export {
  clipFitRange,
  type FitRange,
  fitPowerLaw,
  fitPowerLawWeighted,
  type OrdinaryPowerLawFit,
  type PowerLawFit,
  smoothCodeExponent,
} from './power-law.js';
export { type PrincipalPlane, principalPlane } from './principal-plane.js';
export {
  type Pruning,
  pruneByVariance,
  pruningThreshold,
  unitVariances,
  zeroPrunedUnits,
} from './pruning.js';
export { quantiles } from './quantiles.js';
export {
  type LayerActivations,
  type LayerSaturation,
  layerSaturation,
  type SaturatingActivation,
  saturationDistances,
} from './saturation.js';
export { shareInterval } from './share-interval.js';
export { type Silhouette, silhouette } from './silhouette.js';
export {
  classOrder,
  directionless,
  dissimilarities,
  type SimilarityMeasure,
  similarityMatrix,
} from './similarity.js';
export { singularValues } from './singular-values.js';
export { type PairedComparison, pairedComparison, tInterval } from './student-t.js';
export {
  fitSubPopulations,
  leadingCovariance,
  type SubPopulation,
  type SubPopulationFit,
  subPopulationSizes,
  subPopulationsOf,
} from './sub-populations.js';
export {
  type LabelLevels,
  levelOf,
  requireLevels,
  type TreeDistanceError,
  treeDistanceError,
} from './tree-distance.js';
