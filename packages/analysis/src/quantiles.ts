/**
 * Quantiles by linear interpolation between order statistics (NumPy's default).
 *
 * @param values - at least one, finite, in any order
 * @param probabilities - each in [0, 1]
 * @throws Error where there is no value, one is not finite, or a probability is out of range.
 *
 * @example
 * quantiles(Float64Array.of(4, 1, 3, 2), [0, 0.5, 1]); // [1, 2.5, 4]
 */
export function quantiles(values: ArrayLike<number>, probabilities: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) throw new Error('quantiles: expected at least one value, got none');
  const faulty = sorted.find((value) => !Number.isFinite(value));
  if (faulty !== undefined) throw new Error(`quantiles: expected finite values, got ${faulty}`);
  return probabilities.map((probability) => {
    if (!(probability >= 0 && probability <= 1)) {
      throw new Error(`quantiles: expected probabilities in [0, 1], got ${probability}`);
    }
    const position = probability * (sorted.length - 1);
    const lower = sorted[Math.floor(position)] as number;
    const upper = sorted[Math.ceil(position)] as number;
    return lower + (upper - lower) * (position - Math.floor(position));
  });
}
