export {
  type Attack,
  type Fgsm,
  fgsm,
  type GradientFreeAttack,
  type Normals,
  type Pgd,
  pgd,
  type RandomNoise,
  randomNoise,
  type StepSize,
} from './attack.js';
export { type AuditProgress, type AuditReport, type AuditRequest, audit } from './audit/audit.js';
export type { AuditCheck, AuditCheckName } from './audit/check.js';
export type { EpsilonResult, Rival } from './audit/compare-attacks.js';
export { auditThresholds } from './audit/thresholds.js';
export type { AuditVerdict } from './audit/verdict.js';
export { crossEntropy, predictedClass } from './classification.js';
export {
  type Bounds,
  type Classifier,
  type ClassifierFunctions,
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
  type ImageStatus,
} from './critical-distances.js';
export { logarithmicGrid } from './epsilon-grid.js';
export type { Calls } from './evaluation.js';
export type { ImageSet } from './image-set.js';
export { type NoisePosition, perturb } from './perturbation.js';
export {
  type RelativeAccuracy,
  type RelativeAccuracyRequest,
  relativeAccuracy,
} from './relative-accuracy.js';
export {
  type Budget,
  type Verdict,
  type VerificationRequest,
  verifyAdversarial,
} from './verification.js';
