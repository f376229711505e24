export {
  type Activation,
  type ConvolutionLayer,
  classesOf,
  type DenseLayer,
  inputsOf,
  type LayerSpec,
  type NetworkArchitecture,
  type ParameterRole,
  type ParameterShape,
  parameterName,
  parameterShapes,
} from './architecture.js';
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
