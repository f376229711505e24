import {
  addRowBias,
  type Float32Buffer,
  gemm,
  type Kernels,
  reluPower,
  reluPowerBackward,
} from '@hebblab/wasm';

/** What lies above the hidden pre-activations h: logits = ReLU(h)^power V + b. */
export interface Readout {
  readonly power: number;
  /** V [hidden, classes] */
  readonly weights: Float32Buffer;
  /** b [classes] */
  readonly bias: Float32Buffer;
}

/** Fills activations [count, hidden] and logits [count, classes] from preactivations [count, hidden]. */
export function readoutForward(
  kernels: Kernels,
  { power, weights, bias }: Readout,
  pass: {
    readonly preactivations: Float32Buffer;
    readonly activations: Float32Buffer;
    readonly logits: Float32Buffer;
  },
): void {
  const { preactivations, activations, logits } = pass;
  activations.view().set(preactivations.view());
  reluPower(kernels, activations, power);
  gemm(kernels, 'NN', activations, weights, logits);
  addRowBias(kernels, logits, bias);
}

/** Fills the gradient by the pre-activations from that by the logits. */
export function readoutBackward(
  kernels: Kernels,
  { power, weights }: Readout,
  pass: {
    readonly preactivations: Float32Buffer;
    readonly logitsGradient: Float32Buffer;
    readonly hiddenGradient: Float32Buffer;
  },
): void {
  const { preactivations, logitsGradient, hiddenGradient } = pass;
  gemm(kernels, 'NT', logitsGradient, weights, hiddenGradient);
  reluPowerBackward(kernels, preactivations, power, hiddenGradient);
}
