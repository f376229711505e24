import type { Float32Buffer, Uint32Buffer } from '@hebblab/wasm';

/** What a loss sees of a batch, and where it writes. */
export interface ReadoutBatch {
  /** [count, classes] */
  readonly logits: Float32Buffer;
  /** [count] */
  readonly labels: Uint32Buffer;
  /** [count], filled with each sample's loss. */
  readonly losses: Float32Buffer;
  /** [count, classes], filled with the gradient of the mean loss by the logits. */
  readonly gradient: Float32Buffer;
}

/** The mean loss of a batch. */
export type ReadoutLoss = (batch: ReadoutBatch) => number;
