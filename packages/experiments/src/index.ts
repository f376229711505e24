export { accuracyOf } from './accuracy-of.js';
export { type AuditModelRequest, auditModel } from './audit-model.js';
export { expectRunnable, type RunSizes, sizesOf } from './check-run.js';
export { chooseModels } from './choose-models.js';
export {
  type AllowedRange,
  type ClaimInput,
  type Comparison,
  compareAccuracies,
  compareMedians,
  describeComparison,
  differences,
  type MeasuredModel,
  type MedianOf,
  ratios,
  verdictOf,
} from './claims/comparison.js';
export { type JudgedClaim, paperAClaims } from './claims/paper-a.js';
export { paperBClaims, paperBHierarchyClaims } from './claims/paper-b.js';
export { paperCClaims } from './claims/paper-c.js';
export {
  compareWithReference,
  type ReferenceComparison,
  type ReferenceRequest,
} from './claims/reference-comparison.js';
export {
  type Budget,
  independentPaperA,
  publishedPaperA,
  type Reference,
  type ReferenceFigures,
} from './claims/references-paper-a.js';
export {
  type AttackConfig,
  type BackpropagationConfig,
  type CustomModelConfig,
  type InitialisedConfig,
  type LearningRuleConfig,
  type LocalLearningConfig,
  type MeasurementConfig,
  type ModelConfig,
  type NetworkConfig,
  type RunConfig,
  runConfigSchema,
} from './config.js';
export {
  type AttackMeasurement,
  type EvaluatedAttack,
  type EvaluationForm,
  type EvaluationGrid,
  type EvaluationRequest,
  evaluatedAttacks,
  evaluateModel,
  evaluationForms,
  evaluationGrids,
  type ModelEvaluation,
} from './evaluate-model.js';
export type { Extensions, ModelContext, ModelExtension } from './extensions.js';
export { type Environment, type Manifest, readManifest } from './manifest.js';
export type { CriticalDistanceResult, SpectrumResult } from './measurement-results.js';
export { classifierOf } from './measurements/attacks.js';
export { measuringBatch } from './measurements/context.js';
export { noiseProbe, spectrumOf, spectrumOfSamples } from './measurements/spectra.js';
export { type OpenedModelFile, openModelFile } from './open-model-file.js';
export { openStoredModel, type StoredModel } from './open-stored-model.js';
export { applyOverrides } from './overrides.js';
export { parseRunConfig } from './parse-config.js';
export { presetNamed, presets } from './presets/index.js';
export { type PaperASettings, paperAOf } from './presets/paper-a-models.js';
export type { OnProgress, Progress } from './progress.js';
export type { NamedRun } from './report/claims-of-runs.js';
export { drawReport } from './report/draw-report.js';
export { expectPlaceForPage, writeResultsPage } from './report/results-page.js';
export { claimsPageOf, claimTables, readRuns } from './report/several-runs.js';
export { type SummaryTable, summaryTable } from './report/tables.js';
export {
  type ClaimResult,
  type LayerResult,
  type ModelResult,
  type RunResults,
  readResults,
  type SeveralSeeds,
} from './results.js';
export { runExperiment } from './run.js';
export { type RunFolder, runFolder } from './run-folder.js';
export type { RunOptions } from './run-options.js';
export { type TrainModelContext, trainModel } from './train-model.js';
