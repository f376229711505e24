export { annealingIn } from './annealed-weight.js';
export { type Annealing, type AnnealingState, annealingAfter, startAnnealing } from './annealing.js';
export { type ClassPairs, classPairs } from './class-pairs.js';
export type { HiddenLayer } from './hidden-layers.js';
export { type IsometrySettings, isometryOf, isometryPenalty } from './isometry.js';
export { type JacobianSettings, jacobianNorm, jacobianPenalty, projectedJacobianNorm } from './jacobian.js';
export { pairDistances } from './pair-distances.js';
export { type SaturationSettings, saturationOf, saturationPenalty } from './saturation.js';
export {
  type PublishedSpectralSettings,
  type SpectralSettings,
  spectralPenalty,
  spectralPenaltyPublished,
} from './spectral.js';
export { type PowerLaw, spectralDeviation } from './spectral-deviation.js';
export { jacregPublished, l2 } from './weight-decay.js';
