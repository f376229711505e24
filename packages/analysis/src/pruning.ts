import { eachUnit, type LayerShape, mean, requireLayer, requireRule } from './layer.js';

/** Which units are noisy. */
export interface Pruning {
  /** [hidden]: 1 where the unit is to be pruned, else 0. */
  readonly pruned: Uint8Array;
  readonly count: number;
  readonly threshold: number;
  /** [hidden] */
  readonly variances: Float64Array;
}

/**
 * Marks the units whose weights vary by at least the threshold: noisy synapses, the minor mode of a bimodal histogram
 * (arXiv 2405.00679, A3). {@link zeroPrunedUnits} then prunes them.
 *
 * @param weights - [hidden, inputs] of a converged layer
 * @param threshold - a variance: {@link pruningThreshold} or {@link mixtureThreshold} give one
 * @throws Error where weights do not fit the shape or are not finite, the threshold is not positive, or every unit would
 * be pruned, as happens to a layer that has not converged.
 *
 * @example
 * const shape = { hidden: 2000, inputs: 3072 };
 * const pruning = pruneByVariance(weights, shape, pruningThreshold({ inputs: 3072, p: 3, radius: 1 }));
 * zeroPrunedUnits(weights, shape, pruning.pruned);
 */
export function pruneByVariance(weights: Float32Array, shape: LayerShape, threshold: number): Pruning {
  if (!(threshold > 0)) throw new Error(`pruneByVariance: expected a positive threshold, got ${threshold}`);
  const variances = unitVariances(weights, shape);
  const pruned = Uint8Array.from(variances, (variance) => (variance >= threshold ? 1 : 0));
  const count = pruned.reduce((total, mark) => total + mark, 0);
  if (count === shape.hidden) {
    throw new Error(
      `pruneByVariance: expected a converged layer with variances below ${threshold}, got ${Math.min(...variances)} or more in each of its ${shape.hidden} units`,
    );
  }
  return { pruned, count, threshold, variances };
}

/**
 * Unbiased variance of each unit's weights.
 *
 * @param weights - [hidden, inputs], inputs at least 2
 * @returns [hidden]
 * @throws Error where weights do not fit the shape or are not finite.
 *
 * @example
 * unitVariances(Float32Array.of(1, 3), { hidden: 1, inputs: 2 }); // [2]
 */
export function unitVariances(weights: Float32Array, shape: LayerShape): Float64Array {
  requireLayer('unitVariances', weights, shape);
  if (shape.inputs < 2) {
    throw new Error(`unitVariances: expected at least 2 inputs, got ${shape.inputs}`);
  }
  return eachUnit(weights, shape, (unit) => {
    const centre = mean(unit);
    return unit.reduce((sum, weight) => sum + (weight - centre) ** 2, 0) / (unit.length - 1);
  });
}

/**
 * The published cut, 0.0015 for 3072 inputs, p = 3, radius 1, carried to other layers: it scales as
 * radius^2 inputs^(-2/p) (arXiv 2405.00679, A3), 0.0037 for MNIST. By the power-mean inequality radius^2 inputs^(-2/p)
 * bounds the mean square weight of a unit of L_p norm radius, so the cut is the same share of it, 0.317, for every layer.
 *
 * @param settings - inputs >= 1, p >= 2, radius > 0
 * @throws Error where a setting is out of range.
 *
 * @example
 * pruningThreshold({ inputs: 784, p: 3, radius: 1 }); // 0.0037
 */
export function pruningThreshold(settings: {
  readonly inputs: number;
  readonly p: number;
  readonly radius: number;
}): number {
  const { inputs, p, radius } = settings;
  requireRule('pruningThreshold', settings);
  if (!Number.isInteger(inputs) || inputs < 1) {
    throw new Error(`pruningThreshold: expected a positive number of inputs, got ${inputs}`);
  }
  const shareOfBound = 0.0015 * 3072 ** (2 / 3);
  return shareOfBound * radius ** 2 * inputs ** (-2 / p);
}

/**
 * Sets the rows of the marked units to 0, in place.
 *
 * @param weights - [hidden, inputs], changed
 * @param pruned - [hidden], 1 where the unit is pruned
 * @throws Error where weights or marks do not fit the shape.
 *
 * @example
 * zeroPrunedUnits(weights, shape, pruning.pruned);
 */
export function zeroPrunedUnits(weights: Float32Array, shape: LayerShape, pruned: Uint8Array): void {
  requireLayer('zeroPrunedUnits', weights, shape);
  if (pruned.length !== shape.hidden) {
    throw new Error(`zeroPrunedUnits: expected ${shape.hidden} marks, got ${pruned.length}`);
  }
  pruned.forEach((mark, unit) => {
    if (mark !== 0) weights.fill(0, unit * shape.inputs, (unit + 1) * shape.inputs);
  });
}
