import { eachUnit, type LayerShape, requireLayer } from './layer.js';
import { requireMatrix } from './matrix.js';

/**
 * ||W_mu||^2 of each unit's weights, for {@link latentJacobianNorms}.
 *
 * @param weights - [hidden, inputs], the effective ones: W |W|^(p-2) of a Krotov-Hopfield layer
 * @returns [hidden]
 * @throws Error where weights do not fit the shape or are not finite.
 *
 * @example
 * squaredUnitNorms(Float32Array.of(3, 4), { hidden: 1, inputs: 2 }); // [25]
 */
export function squaredUnitNorms(weights: Float32Array, shape: LayerShape): Float64Array {
  requireLayer('squaredUnitNorms', weights, shape);
  return eachUnit(weights, shape, (unit) => {
    let squares = 0;
    for (const weight of unit) squares += weight * weight;
    return squares;
  });
}

/**
 * ||d latent / dx||_F of latent = ReLU(h)^power with h = W x, exactly: the root of sum_mu (power ReLU(h_mu)^(power-1))^2
 * ||W_mu||^2 (arXiv 2405.00679, figure 6). A pre-activation of 0 has slope 0.
 *
 * @param preactivations - h, [count, hidden]
 * @param squaredNorms - ||W_mu||^2, [hidden], as {@link squaredUnitNorms} gives them
 * @param power - n >= 1: 4.5 for the Krotov-Hopfield model, 1 for ReLU networks
 * @returns [count]
 * @throws Error where an array does not fit or is not finite, or the power is below 1.
 *
 * @example
 * latentJacobianNorms(Float32Array.of(2, -1), Float64Array.of(9, 25), 2); // [12], as 2 * 2 * 3
 */
export function latentJacobianNorms(
  preactivations: Float32Array | Float64Array,
  squaredNorms: Float64Array,
  power: number,
): Float64Array {
  const hidden = squaredNorms.length;
  const count = preactivations.length / hidden;
  requireMatrix('latentJacobianNorms', squaredNorms, { rows: 1, columns: hidden });
  requireMatrix('latentJacobianNorms', preactivations, { rows: count, columns: hidden });
  if (!(power >= 1 && Number.isFinite(power))) {
    throw new Error(`latentJacobianNorms: expected a power of at least 1, got ${power}`);
  }
  return Float64Array.from({ length: count }, (_, point) => {
    let squares = 0;
    for (let unit = 0; unit < hidden; unit++) {
      const h = preactivations[point * hidden + unit] as number;
      if (h > 0) squares += (power * h ** (power - 1)) ** 2 * (squaredNorms[unit] as number);
    }
    return Math.sqrt(squares);
  });
}
