export {
  allocateFloat32,
  allocateFloat64,
  allocateInt32,
  allocateUint8,
  allocateUint32,
  allocateUninitialised,
  type ElementKind,
  type ElementViews,
  type Float32Buffer,
  type Float64Buffer,
  type Int32Buffer,
  type KernelArray,
  rowsOf,
  type Uint8Buffer,
  type Uint32Buffer,
} from './arrays.js';
export {
  type BinaryFunction,
  binary,
  binaryInt32,
  type Comparison,
  compare,
  type Int32BinaryFunction,
  logical,
} from './binary.js';
export { winners, winnersAndRivals } from './competition.js';
export {
  type ConvolutionActivation,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
} from './convolution.js';
export {
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from './depthwise-convolution.js';
export { fill, type MovedKind } from './elements.js';
export {
  cast,
  classify,
  clip,
  leakyRelu,
  logicalNot,
  select,
  step,
  type UnaryFunction,
  unary,
} from './elementwise.js';
export { type Gather, gather, type OneHot, oneHot, type TopK, topK } from './gather.js';
export {
  type BatchedGemmCall,
  batchedGemm,
  type GemmActivation,
  type GemmCall,
  type GemmEpilogue,
  type GemmForm,
  gemm,
  gemmWith,
} from './gemm.js';
export type { ImageGeometry } from './image-geometry.js';
export {
  type Competition,
  effectiveWeights,
  type KrotovHopfieldBatch,
  type KrotovHopfieldRanking,
  type KrotovHopfieldRule,
  type KrotovHopfieldState,
  type KrotovHopfieldStep,
  krotovHopfieldMinibatchStep,
  krotovHopfieldSequentialStep,
} from './krotov-hopfield.js';
export {
  type CoarseRows,
  createKrotovHopfieldProjection,
  createKrotovHopfieldScreen,
  type KrotovHopfieldProjection,
  type KrotovHopfieldScreen,
  type KrotovHopfieldSieve,
  type ProjectedRows,
  projectKrotovHopfieldRows,
} from './krotov-hopfield-screen.js';
export {
  type Concat,
  concat,
  type Movement,
  type Pad,
  pad,
  reverse,
  type Slice,
  slice,
  type Transpose,
  tile,
  transpose,
} from './movement.js';
export {
  type AdamSettings,
  type AdamState,
  adamStep,
  addRowBias,
  columnSums,
  reluPower,
  reluPowerBackward,
  type SoftmaxCrossEntropy,
  softmaxCrossEntropy,
} from './network.js';
export { type Kernels, type MemoryUse, memoryUse, type OpenOptions, openKernels } from './open.js';
export { mostThreads, type ThreadsReason } from './pool.js';
export { type AvgPoolDivisor, avgPool, avgPoolBackprop, maxPool, maxPoolBackprop } from './pooling.js';
export { type RandomStream, randomNormal, randomPermutation, randomUniform } from './random.js';
export {
  argReduce,
  type Extents,
  logSoftmax,
  type Reduction,
  reduce,
  softmax,
  truthReduce,
} from './reductions.js';
export type { WasmSource } from './source.js';
export {
  type Convergence,
  type CovarianceLimits,
  covariance,
  type Eigenpair,
  type IterationLimits,
  largestEigenpair,
  type SymmetricEigen,
  spectralNorm,
  symmetricEigen,
  symmetricEigenvalues,
  type TopCovarianceEigenpairs,
  type TopEigenpairs,
  topCovarianceEigenpairs,
  topEigenpairs,
} from './spectra.js';
export { detectWasmFeatures, fastestVariant, type Variant, type WasmFeatures } from './variant.js';
export { bytesToFloats, inverseLpNormsOfBytes, lpNorms } from './vectors.js';
