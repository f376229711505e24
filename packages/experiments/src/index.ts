export { type AuditModelRequest, auditModel } from './audit-model.js';
export { expectRunnable, type RunSizes } from './check-run.js';
export {
  type AttackConfig,
  type BackpropagationConfig,
  type CustomModelConfig,
  type LearningRuleConfig,
  type LocalLearningConfig,
  type ModelConfig,
  type RunConfig,
  runConfigSchema,
} from './config.js';
export type { Extensions, ModelContext, ModelExtension } from './extensions.js';
export { type Environment, type Manifest, readManifest } from './manifest.js';
export {
  accuracyOf,
  classifierOf,
  measuringBatch,
  noiseProbe,
  spectrumOf,
  spectrumOfSamples,
} from './measure-model.js';
export { applyOverrides } from './overrides.js';
export { parseRunConfig } from './parse-config.js';
export { presetNamed, presets } from './presets/index.js';
export type { OnProgress, Progress } from './progress.js';
export { drawReport } from './report-run.js';
export { summaryTable } from './report-tables.js';
export {
  type ClaimResult,
  type CriticalDistanceResult,
  type LayerResult,
  type ModelResult,
  type RunResults,
  readResults,
  type SpectrumResult,
} from './results.js';
export { type RunOptions, runExperiment } from './run.js';
export { type RunFolder, runFolder } from './run-folder.js';
export { type TrainModelContext, trainModel } from './train-model.js';
