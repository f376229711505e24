export type { ParameterArrays } from './adam.js';
export type { FrozenLayer, ReadoutTraining, ReadoutTrainingSettings } from './frozen-layer-readout.js';
export { krotovHopfieldRule, type SieveWhen } from './krotov-hopfield-rule.js';
export { createLayerTraining, type LayerTraining, type LayerTrainingSettings } from './layer-training.js';
export type { LayerInTraining, LearningRule, RuleInTraining } from './learning-rule.js';
export {
  createModel,
  decodeModel,
  encodeModel,
  type HiddenLayer,
  isTwoLayerFile,
  type TwoLayerModel,
} from './model.js';
export {
  createNetworkTraining,
  type NetworkTraining,
  type NetworkTrainingSettings,
} from './network-training.js';
export { type OpenModel, openModel } from './open-model.js';
export type { ForwardPass, NetworkParameter, Penalty, PenaltyGradients } from './penalty.js';
export { type PowerLoss, powerLoss } from './power-loss.js';
export { type ProjectedSamples, projectSamples } from './projected-samples.js';
export { createReadoutTraining } from './readout-training.js';
export {
  type Batch,
  normalisedImages,
  type Samples,
  type SampleValues,
  samplesOf,
  samplesOfPoints,
} from './samples.js';
export { learningRateAt, type Schedule } from './schedule.js';
export { createTanhReadoutTraining, type TanhReadoutTrainingSettings } from './tanh-readout-training.js';
export {
  type Checkpoint,
  type EpochMetrics,
  runTraining,
  type Training,
  type TrainingStart,
} from './training.js';
