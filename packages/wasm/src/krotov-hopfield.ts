import {
  allocateFloat32,
  allocateUint32,
  type Float32Buffer,
  type Uint8Buffer,
  type Uint32Buffer,
} from './arrays.js';
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
  /** Finds winners without the whole product; true on entry, kept true. */
  readonly screen?: KrotovHopfieldScreen;
}

/**
 * Derived forms of the effective weights by which most units are ruled out as winner or rival of a sample: integers of
 * 12 bits (at 3072 inputs; more where fewer fit 31 bits in a sum), and rigorous bounds of what these leave out. The
 * candidates that remain are multiplied in float32 in the order of the whole product: winners, rivals and weights have
 * the same bits as without. 2 bytes for each weight, and 3 to 4 MB while a step runs.
 */
export interface KrotovHopfieldScreen {
  /** Pairs of 16-bit integers, [hidden, inputs / 2]. @internal */
  readonly quantised: Uint32Buffer;
  /** Scale, error and length of a unit's row, [hidden, 3]. @internal */
  readonly units: Float32Buffer;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** How a step finds winners and rivals; the bits do not depend on it. */
export type KrotovHopfieldRanking = 'product' | 'screen';

/** What a step did. */
export interface KrotovHopfieldStep {
  /** max|dW| */
  readonly largest: number;
  /**
   * `product` also where the screen cannot be used: samples that are floats, k > 16, scales below 1e-30, values that might
   * leave the range of float32.
   */
  readonly rankedBy: KrotovHopfieldRanking;
  /** Units whose pre-activations were computed, all samples together. */
  readonly candidates: number;
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
 * A screen of a layer as it is now.
 *
 * @param effective effective weights [hidden, inputs]
 * @throws where memory is exhausted
 * @example
 * using screen = createKrotovHopfieldScreen(kernels, effective);
 * krotovHopfieldMinibatchStep(kernels, rule, 0.02, batch, { weights, effective, screen }, competition);
 */
export function createKrotovHopfieldScreen(kernels: Kernels, effective: Float32Buffer): KrotovHopfieldScreen {
  const operation = 'createKrotovHopfieldScreen';
  const [hidden, inputs] = matrixSizes(operation, 'effective', effective);
  expectShape(operation, 'effective', kernels, effective, [hidden, inputs]);
  const quantised = allocateUint32(kernels, [hidden, pairsOf(inputs)]);
  const units = allocateUnits(kernels, hidden, quantised);
  const dispose = () => {
    quantised.dispose();
    units.dispose();
  };
  try {
    kernels.raw.krotovHopfieldScreen(inputs, hidden, effective.offset, quantised.offset, units.offset);
  } catch (error) {
    dispose();
    throw error;
  }
  return { quantised, units, dispose, [Symbol.dispose]: dispose };
}

/**
 * One step of the minibatch rule (arXiv 2405.00679, appendix; Krotov & Hopfield 2019, eq. 3 with p >= 2):
 *
 *     h = W~ v;  g[winner] = 1, g[k-th] = -delta, else 0
 *     dW = R^p g^T V - (sum_b g_b h_b) W;   W += learningRate dW / max(max|dW|, precision)
 *
 * Only the rows of winners and rivals change, and nothing passes over the others.
 *
 * @param ranking how winners are found; default: by the screen where there is one
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
  ranking: KrotovHopfieldRanking = state.screen === undefined ? 'product' : 'screen',
): KrotovHopfieldStep {
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
  const screen = screenOffsets(operation, kernels, state.screen, hidden, inputs, ranking);
  const [largest = Number.NaN, rankedBy, candidates = 0] = kernels.raw.krotovHopfieldMinibatchStep(
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
    screen.quantised,
    screen.units,
    ranking === 'screen',
  );
  return rankedBy === 1
    ? { largest, rankedBy: 'screen', candidates }
    : { largest, rankedBy: 'product', candidates: count * hidden };
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
    return { hidden, inputs, count, samplesOffset: batch.samples.offset, scalesOffset: noArray };
  }
  const [count] = matrixSizes(operation, 'pixels', batch.pixels);
  expectShape(operation, 'pixels', kernels, batch.pixels, [count, inputs]);
  expectShape(operation, 'scales', kernels, batch.scales, [count]);
  return { hidden, inputs, count, samplesOffset: batch.pixels.offset, scalesOffset: batch.scales.offset };
}

function screenOffsets(
  operation: string,
  kernels: Kernels,
  screen: KrotovHopfieldScreen | undefined,
  hidden: number,
  inputs: number,
  ranking: KrotovHopfieldRanking,
): { quantised: number; units: number } {
  if (ranking !== 'product' && ranking !== 'screen') {
    throw new Error(`${operation}: expected ranking product or screen, got ${String(ranking)}`);
  }
  if (screen === undefined) {
    if (ranking === 'screen') throw new Error(`${operation}: expected a screen in the state, got none`);
    return { quantised: noArray, units: noArray };
  }
  expectShape(operation, 'quantised', kernels, screen.quantised, [hidden, pairsOf(inputs)]);
  expectShape(operation, 'units', kernels, screen.units, [hidden, unitFields]);
  return { quantised: screen.quantised.offset, units: screen.units.offset };
}

/** Scale, error, length. */
const unitFields = 3;

function pairsOf(inputs: number): number {
  return Math.ceil(inputs / 2);
}

function allocateUnits(kernels: Kernels, hidden: number, other: Uint32Buffer): Float32Buffer {
  try {
    return allocateFloat32(kernels, [hidden, unitFields]);
  } catch (error) {
    other.dispose();
    throw error;
  }
}

/** No array lies at offset 0. */
const noArray = 0;
