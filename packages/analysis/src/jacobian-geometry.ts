import { requireMatrix } from './matrix.js';
import { singularValues } from './singular-values.js';

/** Jacobians d logits / d inputs are [count, classes, inputs], row-major: one per image. */
export interface JacobianShape {
  readonly count: number;
  readonly classes: number;
  readonly inputs: number;
}

/**
 * Frobenius norm of each image's Jacobian, the root mean square stretch of all directions times sqrt(inputs).
 *
 * @param jacobians - [count, classes, inputs], finite
 * @returns [count]
 * @throws Error where the Jacobians do not fit the shape or are not finite.
 *
 * @example
 * const norms = jacobianNorms(jacobians, { count: 100, classes: 10, inputs: 3072 });
 */
export function jacobianNorms(jacobians: Float32Array | Float64Array, shape: JacobianShape): Float64Array {
  return eachJacobian('jacobianNorms', jacobians, shape, (jacobian) => {
    let squares = 0;
    for (const value of jacobian) squares += value * value;
    return [Math.sqrt(squares)];
  });
}

/**
 * Singular values of each image's Jacobian, in float64: how far the map stretches its most sensitive directions.
 *
 * @param jacobians - [count, classes, inputs], finite
 * @returns [count, min(classes, inputs)], descending for each image
 * @throws Error where the Jacobians do not fit the shape or are not finite.
 *
 * @example
 * const values = jacobianSingularValues(jacobians, { count: 100, classes: 10, inputs: 784 }); // 100 x 10
 */
export function jacobianSingularValues(
  jacobians: Float32Array | Float64Array,
  shape: JacobianShape,
): Float64Array {
  const { classes, inputs } = shape;
  return eachJacobian('jacobianSingularValues', jacobians, shape, (jacobian) =>
    singularValues(jacobian, { rows: classes, columns: inputs }),
  );
}

/**
 * Effective rank of each image's Jacobian, exp of the entropy of q = s / sum s over the singular values (Roy & Vetterli
 * 2007): the number of input directions the map is sensitive to, from 1 to min(classes, inputs); 0 where all are zero, as
 * for an image that saturates the network.
 *
 * @param singularValues - [count, each], as {@link jacobianSingularValues} gives them
 * @param each - singular values per image
 * @returns [count]
 * @throws Error where the values are no whole number of images, or one is negative or not finite.
 *
 * @example
 * jacobianEffectiveRanks(Float64Array.of(1, 1, 2, 0), 2); // [2, 1]
 */
export function jacobianEffectiveRanks(singularValues: Float64Array, each: number): Float64Array {
  requireMatrix('jacobianEffectiveRanks', singularValues, {
    rows: singularValues.length / each,
    columns: each,
  });
  const negative = singularValues.find((value) => value < 0);
  if (negative !== undefined) {
    throw new Error(`jacobianEffectiveRanks: expected singular values of at least 0, got ${negative}`);
  }
  return Float64Array.from({ length: singularValues.length / each }, (_, image) => {
    const values = singularValues.subarray(image * each, (image + 1) * each);
    const largest = values.reduce((most, value) => Math.max(most, value), 0);
    if (largest === 0) return 0;
    const total = values.reduce((sum, value) => sum + value / largest, 0);
    const entropy = values.reduce((sum, value) => {
      const q = value / largest / total;
      return q === 0 ? sum : sum - q * Math.log(q);
    }, 0);
    return Math.exp(entropy);
  });
}

function eachJacobian(
  operation: string,
  jacobians: Float32Array | Float64Array,
  { count, classes, inputs }: JacobianShape,
  measure: (jacobian: Float32Array | Float64Array) => ArrayLike<number>,
): Float64Array {
  requireMatrix(operation, jacobians, { rows: count * classes, columns: inputs });
  const size = classes * inputs;
  const measured = Array.from({ length: count }, (_, image) =>
    measure(jacobians.subarray(image * size, (image + 1) * size)),
  );
  const each = measured[0]?.length ?? 0;
  const all = new Float64Array(count * each);
  measured.forEach((values, image) => {
    all.set(values, image * each);
  });
  return all;
}
