export { expectRunnable } from './check-run.js';
export {
  type AttackConfig,
  type BackpropagationConfig,
  type CustomModelConfig,
  type LocalLearningConfig,
  type ModelConfig,
  parseRunConfig,
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
export { presetNamed, presets } from './presets/index.js';
export type { OnProgress, Progress } from './progress.js';
export { readResults } from './read-results.js';
export { drawReport, summaryTable } from './report-run.js';
export type {
  ClaimResult,
  CriticalDistanceResult,
  LayerResult,
  ModelResult,
  RunResults,
  SpectrumResult,
} from './results.js';
export { type RunOptions, runExperiment } from './run.js';
export { type RunFolder, runFolder } from './run-folder.js';
export { type TrainModelContext, trainModel } from './train-model.js';
