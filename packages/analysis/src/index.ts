export { crossValidatedSpectrum, type Repeats } from './cross-validated-spectrum.js';
export { effectiveRank, participationRatio, rankMe, type Spectrum, stableRank } from './dimensionality.js';
export type { MixtureComponent } from './gaussian-mixture.js';
export { type Histogram, histogram } from './histogram.js';
export {
  type JacobianShape,
  jacobianEffectiveRanks,
  jacobianNorms,
  jacobianSingularValues,
} from './jacobian-geometry.js';
export type { LayerShape } from './layer.js';
export { type LayerConvergence, layerConvergence } from './layer-convergence.js';
export type { MatrixShape } from './matrix.js';
export { type MixtureThreshold, mixtureThreshold } from './mixture-threshold.js';
export {
  clipFitRange,
  type FitRange,
  fitPowerLaw,
  fitPowerLawWeighted,
  type OrdinaryPowerLawFit,
  type PowerLawFit,
} from './power-law.js';
export {
  type Pruning,
  pruneByVariance,
  pruningThreshold,
  unitVariances,
  zeroPrunedUnits,
} from './pruning.js';
export { quantiles } from './quantiles.js';
export { singularValues } from './singular-values.js';
export {
  fitSubPopulations,
  leadingCovariance,
  type SubPopulation,
  type SubPopulationFit,
  subPopulationSizes,
  subPopulationsOf,
} from './sub-populations.js';
