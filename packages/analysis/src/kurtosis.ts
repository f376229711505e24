/**
 * Excess kurtosis of the values as a whole population, m4 / m2^2 - 3: 0 for normal ones, positive for heavy tails
 * (arXiv 1703.09202: saturated networks have higher ones).
 *
 * @param values - finite, not all equal
 * @throws Error where a value is not finite or all are equal.
 *
 * @example
 * excessKurtosis(Float32Array.of(-1, 1)); // -2
 */
export function excessKurtosis(values: Float32Array | Float64Array): number {
  let mean = 0;
  let largest = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new Error(`excessKurtosis: expected finite values, got ${value}`);
    mean += value / values.length;
  }
  for (const value of values) largest = Math.max(largest, Math.abs(value - mean));
  if (largest === 0) {
    throw new Error(`excessKurtosis: expected values that differ, got ${values.length} equal ones`);
  }
  let second = 0;
  let fourth = 0;
  for (const value of values) {
    const square = ((value - mean) / largest) ** 2;
    second += square / values.length;
    fourth += square ** 2 / values.length;
  }
  return fourth / second ** 2 - 3;
}

/**
 * ||w||_1 / (sqrt(N) ||w||_2), in (0, 1]: at a fixed Euclidean norm, how far a perturbation of the L-infinity norm eps can move
 * a linear score w.x, eps ||w||_1; normal weights have 0.798, heavier tails less.
 *
 * @param weights - finite, not all zero
 * @throws Error where a weight is not finite or all are zero.
 *
 * @example
 * normRatio(Float32Array.of(1, -1, 0, 0)); // 0.707...
 */
export function normRatio(weights: Float32Array | Float64Array): number {
  let largest = 0;
  for (const weight of weights) {
    if (!Number.isFinite(weight)) throw new Error(`normRatio: expected finite weights, got ${weight}`);
    largest = Math.max(largest, Math.abs(weight));
  }
  if (largest === 0)
    throw new Error(`normRatio: expected a weight other than zero, got ${weights.length} zeros`);
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += Math.abs(weight) / largest;
    squares += (weight / largest) ** 2;
  }
  return sum / Math.sqrt(weights.length * squares);
}
