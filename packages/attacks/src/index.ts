export type { Attack, GradientFreeAttack } from './attack.js';
export { type AttackSweep, sweepAttack } from './attack-sweep.js';
export { type AuditProgress, type AuditReport, type AuditRequest, audit } from './audit/audit.js';
export type { AuditCheck, AuditCheckName } from './audit/check.js';
export type { EpsilonResult, Rival } from './audit/compare-attacks.js';
export { auditThresholds } from './audit/thresholds.js';
export type { AuditVerdict } from './audit/verdict.js';
export {
  type BatchFunctions,
  classifierFromBatches,
  type DifferentiableBatchFunctions,
} from './batch-classifier.js';
export {
  type BisectedDistances,
  type BisectionRequest,
  type BisectionSearch,
  bisectCriticalDistances,
} from './bisection.js';
export { crossEntropy, predictedClass } from './classification.js';
export {
  type Bounds,
  type Classifier,
  type ClassifierFunctions,
  type ClassifierObjective,
  classifierFromFunctions,
  type DifferentiableClassifier,
  type DifferentiableClassifierFunctions,
  isDifferentiable,
} from './classifier.js';
export {
  type CriticalDistanceSummary,
  type StatusCounts,
  summariseCriticalDistances,
} from './critical-distance-summary.js';
export {
  type CriticalDistances,
  type CriticalDistancesRequest,
  criticalDistances,
} from './critical-distances.js';
export { logarithmicGrid } from './epsilon-grid.js';
export type { Calls } from './evaluation.js';
export { withFiniteDifferenceGradient, withFiniteDifferenceHessian } from './finite-differences.js';
export { compareWithGrid, type GridComparison, type GridComparisonRequest } from './grid-comparison.js';
export type { ImageSet } from './image-set.js';
export type { ImageResult, ImageStatus } from './image-status.js';
export { type CleanGradientPgd, cleanGradientPgd } from './methods/clean-gradient-pgd.js';
export { type FastMinimumNorm, fastMinimumNorm } from './methods/fast-minimum-norm.js';
export { type Fgsm, fgsm } from './methods/fgsm.js';
export { type Pgd, type PgdOptions, pgd, type StepSize, targetedIterative } from './methods/pgd.js';
export { type RandomNoise, randomNoise } from './methods/random-noise.js';
export { type SecondOrder, secondOrder } from './methods/second-order.js';
export { type Spsa, spsa } from './methods/spsa.js';
export { type Square, square } from './methods/square.js';
export {
  type MinimalDistances,
  type MinimalDistancesRequest,
  minimalDistances,
} from './minimal-distances.js';
export { type CustomObjective, margins, type Objective, type Target } from './objective.js';
export { type NoisePosition, perturb } from './perturbation.js';
export { type PublishedGrid, publishedEpsilons, publishedGrids } from './published-grids.js';
export type { Normals, Uniforms } from './random-source.js';
export type { RandomStart, Start } from './random-start.js';
export {
  type RelativeAccuracy,
  type RelativeAccuracyRequest,
  relativeAccuracy,
} from './relative-accuracy.js';
export { transferClassifier } from './transfer.js';
export type { Norm } from './vectors.js';
export {
  type Budget,
  type Verdict,
  type VerificationRequest,
  verifyAdversarial,
} from './verification.js';
