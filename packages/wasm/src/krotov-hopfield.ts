import type { Float32Buffer, Uint8Buffer, Uint32Buffer } from './arrays.js';
import { expectInteger, expectShape, matrixSizes } from './check.js';
import type { Kernels } from './open.js';

/** The settings of a Krotov-Hopfield rule (Krotov & Hopfield 2019; arXiv 2405.00679). */
export interface KrotovHopfieldRule {
  /** Exponent of the norm that weights converge to; a real number >= 2. */
  readonly p: number;
  /** Rank of the unit that unlearns, 2 <= k <= hidden. */
  readonly k: number;
  /** Strength of the unlearning. */
  readonly delta: number;
  /** Norm R that the weights of a unit converge to. */
  readonly radius: number;
  /** Floor of the largest absolute update that a minibatch's step is divided by; 1e-9 in the paper's code. */
  readonly precision: number;
}

/**
 * Samples of a batch: float32 values [count, inputs], or bytes [count, inputs] with one scale per sample,
 * [count], where a value is its byte times the sample's scale.
 */
export type KrotovHopfieldBatch =
  | { readonly kind: 'floats'; readonly samples: Float32Buffer }
  | { readonly kind: 'bytes'; readonly pixels: Uint8Buffer; readonly scales: Float32Buffer };

/** A layer in training. */
export interface KrotovHopfieldState {
  /** Weights W [hidden, inputs]; changed in place. */
  readonly weights: Float32Buffer;
  /** Effective weights W |W|^(p-2), [hidden, inputs]: true on entry, kept true. See {@link effectiveWeights}. */
  readonly effective: Float32Buffer;
}

/** Receives each sample's ranks, [count]. */
export interface Competition {
  /** The unit with the largest pre-activation; the lower index where tied. */
  readonly winner: Uint32Buffer;
  /** The unit with the k-th largest. */
  readonly rival: Uint32Buffer;
}

/**
 * Effective weights W~ = W |W|^(p-2), so that a layer's pre-activation is h(x) = W~ x.
 *
 * @param p real, >= 2
 * @throws where the shapes differ or p is out of range
 * @example
 * effectiveWeights(kernels, 3, weights, effective);
 */
export function effectiveWeights(
  kernels: Kernels,
  p: number,
  weights: Float32Buffer,
  out: Float32Buffer,
): void {
  expectShape('effectiveWeights', 'weights', kernels, weights, weights.shape);
  expectShape('effectiveWeights', 'out', kernels, out, weights.shape);
  kernels.raw.effectiveWeights(p, weights.offset, out.offset, weights.length);
}

/**
 * One step of the minibatch rule (arXiv 2405.00679, appendix; Krotov & Hopfield 2019, eq. 3 with p >= 2):
 *
 *     h = W~ v;  g[winner] = 1, g[k-th] = -delta, else 0
 *     dW = R^p g^T V - (sum_b g_b h_b) W;   W += learningRate dW / max(max|dW|, precision)
 *
 * Only the rows of winners and rivals change.
 *
 * @returns max|dW|
 * @throws where shapes or the rule are out of range, or inputs or weights are not finite; the weights are
 * then unchanged
 * @example
 * krotovHopfieldMinibatchStep(kernels, rule, 0.02, { kind: 'bytes', pixels, scales }, state, competition);
 */
export function krotovHopfieldMinibatchStep(
  kernels: Kernels,
  rule: KrotovHopfieldRule,
  learningRate: number,
  batch: KrotovHopfieldBatch,
  state: KrotovHopfieldState,
  competition: Competition,
): number {
  const operation = 'krotovHopfieldMinibatchStep';
  const { hidden, inputs, count, samplesOffset, scalesOffset } = layerOffsets(
    operation,
    kernels,
    rule,
    batch,
    state,
  );
  expectShape(operation, 'winner', kernels, competition.winner, [count]);
  expectShape(operation, 'rival', kernels, competition.rival, [count]);
  return kernels.raw.krotovHopfieldMinibatchStep(
    rule.p,
    rule.k,
    rule.delta,
    rule.radius,
    rule.precision,
    inputs,
    hidden,
    learningRate,
    count,
    samplesOffset,
    scalesOffset,
    state.weights.offset,
    state.effective.offset,
    competition.winner.offset,
    competition.rival.offset,
  );
}

/**
 * The sequential rule (the differential equation of Krotov & Hopfield 2019): samples one after another,
 * units ranked by Q = h / <W,W>^((p-1)/p) with <W,W> = sum_i |W_i|^p, and for the first and the k-th
 * W += learningRate g (R^p v - h W).
 *
 * @throws as {@link krotovHopfieldMinibatchStep}
 * @example
 * krotovHopfieldSequentialStep(kernels, rule, 0.02, { kind: 'floats', samples }, state);
 */
export function krotovHopfieldSequentialStep(
  kernels: Kernels,
  rule: KrotovHopfieldRule,
  learningRate: number,
  batch: KrotovHopfieldBatch,
  state: KrotovHopfieldState,
): void {
  const operation = 'krotovHopfieldSequentialStep';
  const { hidden, inputs, count, samplesOffset, scalesOffset } = layerOffsets(
    operation,
    kernels,
    rule,
    batch,
    state,
  );
  kernels.raw.krotovHopfieldSequentialStep(
    rule.p,
    rule.k,
    rule.delta,
    rule.radius,
    rule.precision,
    inputs,
    hidden,
    learningRate,
    count,
    samplesOffset,
    scalesOffset,
    state.weights.offset,
    state.effective.offset,
  );
}

function layerOffsets(
  operation: string,
  kernels: Kernels,
  rule: KrotovHopfieldRule,
  batch: KrotovHopfieldBatch,
  state: KrotovHopfieldState,
) {
  const [hidden, inputs] = matrixSizes(operation, 'weights', state.weights);
  expectInteger(operation, 'k', rule.k, 2, hidden);
  expectShape(operation, 'weights', kernels, state.weights, [hidden, inputs]);
  expectShape(operation, 'effective', kernels, state.effective, [hidden, inputs]);
  if (batch.kind === 'floats') {
    const [count] = matrixSizes(operation, 'samples', batch.samples);
    expectShape(operation, 'samples', kernels, batch.samples, [count, inputs]);
    return { hidden, inputs, count, samplesOffset: batch.samples.offset, scalesOffset: noScales };
  }
  const [count] = matrixSizes(operation, 'pixels', batch.pixels);
  expectShape(operation, 'pixels', kernels, batch.pixels, [count, inputs]);
  expectShape(operation, 'scales', kernels, batch.scales, [count]);
  return { hidden, inputs, count, samplesOffset: batch.pixels.offset, scalesOffset: batch.scales.offset };
}

/** No array lies at offset 0. */
const noScales = 0;
