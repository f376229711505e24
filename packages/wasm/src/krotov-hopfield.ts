import type { Float32Buffer, Uint8Buffer, Uint32Buffer } from './arrays.js';
import { expectInteger, expectShape, matrixSizes } from './check.js';
import {
  expectCoarse,
  expectProjected,
  expectScreen,
  type KrotovHopfieldScreen,
  type ProjectedRows,
} from './krotov-hopfield-screen.js';
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
  | {
      readonly kind: 'bytes';
      readonly pixels: Uint8Buffer;
      readonly scales: Float32Buffer;
      /** By the projection of the state's screen; see {@link projectKrotovHopfieldRows}. */
      readonly projected?: ProjectedRows;
    };

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
 * How a step finds winners and rivals; the bits do not depend on it.
 * - `product`: by all pre-activations.
 * - `screen`: by integer dots of all units, and the pre-activations of the candidates that these leave.
 * - `sieve`: by dots in the coordinates of a projection, integer dots of the units that these leave, and the pre-activations
 *   of the candidates.
 */
export type KrotovHopfieldRanking = 'product' | 'screen' | 'sieve';

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
  /** Units that the projection left, all samples together; by the sieve alone. */
  readonly survivors: number;
  /** Units whose weights changed. */
  readonly touched: number;
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
  ranking: KrotovHopfieldRanking = quickestRanking(batch, state),
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
  const screen = screenArguments(operation, kernels, { hidden, inputs, count }, batch, state, ranking);
  const [largest = Number.NaN, rankedBy = 0, candidates = 0, survivors = 0, touched = 0] =
    kernels.raw.krotovHopfieldMinibatchStep(
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
      ...screen,
    );
  const found = rankings[rankedBy] ?? 'product';
  return {
    largest,
    rankedBy: found,
    candidates: found === 'product' ? count * hidden : candidates,
    survivors,
    touched,
  };
}

/** In the order of their numbers in the kernel. */
const rankings = ['product', 'screen', 'sieve'] as const;

function quickestRanking(batch: KrotovHopfieldBatch, { screen }: KrotovHopfieldState): KrotovHopfieldRanking {
  if (screen === undefined) return 'product';
  const projected = batch.kind === 'bytes' && batch.projected !== undefined;
  return projected && screen.projected !== undefined ? 'sieve' : 'screen';
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

/** From the number of the ranking on, the arguments of the kernel that concern the screen. */
type ScreenArguments = [
  ranking: number,
  quantised: number,
  units: number,
  dimensions: number,
  basis: number,
  defect: number,
  unitCoefficients: number,
  unitTails: number,
  coarseBytes: number,
  coarseUnits: number,
  sampleCoefficients: number,
  sampleTails: number,
];

function screenArguments(
  operation: string,
  kernels: Kernels,
  { hidden, inputs, count }: { readonly hidden: number; readonly inputs: number; readonly count: number },
  batch: KrotovHopfieldBatch,
  { screen }: KrotovHopfieldState,
  ranking: KrotovHopfieldRanking,
): ScreenArguments {
  const number = rankings.indexOf(ranking);
  if (number < 0)
    throw new Error(`${operation}: expected ranking ${rankings.join(', ')}, got ${String(ranking)}`);
  if (screen === undefined) {
    if (ranking === 'product') return [number, noArray, noArray, ...withoutProjection];
    throw new Error(`${operation}: expected a screen in the state, got none`);
  }
  const { quantised, units, projected } = screen;
  expectScreen(operation, kernels, screen, hidden, inputs);
  if (projected === undefined) {
    if (ranking === 'sieve')
      throw new Error(`${operation}: expected a screen with a projection, got one without`);
    return [number, quantised.offset, units.offset, ...withoutProjection];
  }
  const { basis, defect } = projected.projection;
  const [dimensions] = matrixSizes(operation, 'basis', basis);
  expectShape(operation, 'basis', kernels, basis, [dimensions, inputs]);
  expectProjected(operation, kernels, projected.rows, hidden, dimensions);
  const { coarse } = projected;
  if (coarse !== undefined) expectCoarse(operation, kernels, coarse, hidden, inputs);
  const samples = batch.kind === 'bytes' ? batch.projected : undefined;
  if (samples !== undefined) expectProjected(operation, kernels, samples, count, dimensions);
  return [
    number,
    quantised.offset,
    units.offset,
    dimensions,
    basis.offset,
    defect,
    projected.rows.coefficients.offset,
    projected.rows.tails.offset,
    coarse?.bytes.offset ?? noArray,
    coarse?.units.offset ?? noArray,
    samples?.coefficients.offset ?? noArray,
    samples?.tails.offset ?? noArray,
  ];
}

/** No array lies at offset 0. */
const noArray = 0;

const withoutProjection = [0, noArray, 0, noArray, noArray, noArray, noArray, noArray, noArray] as const;
