export type { AdversarialTraining } from './adversarial-inputs.js';
export {
  type Activation,
  type ConvolutionLayer,
  classesOf,
  type DenseLayer,
  inputsOf,
  type LayerSpec,
  layerWidths,
  type NetworkArchitecture,
  type ParameterRole,
  type ParameterShape,
  parameterName,
  parameterShapes,
} from './architecture.js';
export { type TrainingLossObjective, trainingLossObjective } from './attacked-training-loss.js';
export type { EarlyStop } from './early-stop.js';
export {
  createGradientTraining,
  type GradientTraining,
  type GradientTrainingSettings,
} from './gradient-training.js';
export type { Initialisation } from './initialisation.js';
export type { Level } from './levels.js';
export {
  createNetworkModel,
  decodeAnyModel,
  encodeNetworkModel,
  type NetworkModel,
  networkOf,
} from './network-model.js';
export {
  applyActivation,
  type BatchStatistics,
  crossEntropies,
  type LayerPass,
  meanCrossEntropy,
  type NetworkPass,
  type PassOptions,
  runNetwork,
} from './network-pass.js';
export type {
  NetworkPenalty,
  NetworkPenaltyContext,
  RunningNetworkPenalty,
} from './network-penalty.js';
export { type BatchObjective, type NetworkObjective, penalisedCrossEntropy } from './objective.js';
export { type OpenLayer, type OpenNetwork, openNetwork, type StabilisedNetwork } from './open-network.js';
export { openTensors } from './open-tensors.js';
export { type Stabilisation, usualStabilisation } from './stabilised-pass.js';
