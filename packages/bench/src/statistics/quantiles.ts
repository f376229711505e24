/**
 * The median: the middle value, or the mean of the two in the middle.
 *
 * @param values - at least one, finite, in any order
 * @throws Error where there is no value, or one is not finite
 * @example
 * median([5, 1, 100]); // 5
 */
export function median(values: ArrayLike<number>): number {
  return quantileOfSorted(sortedFinite('median', values), 0.5);
}

/**
 * A quantile, linear between order statistics (definition 7 of Hyndman & Fan 1996; NumPy's and R's default).
 *
 * @param values - at least one, finite, in any order
 * @param probability - in [0, 1]
 * @throws Error where there is no value, one is not finite, or the probability is out of range
 * @example
 * quantile([4, 1, 3, 2], 0.25); // 1.75
 */
export function quantile(values: ArrayLike<number>, probability: number): number {
  if (!(probability >= 0 && probability <= 1))
    throw new Error(`quantile: expected a probability in [0, 1], got ${probability}`);
  return quantileOfSorted(sortedFinite('quantile', values), probability);
}

/** A quantile of at least one value in ascending order; unchecked. */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  const position = probability * (sorted.length - 1);
  const lower = sorted[Math.floor(position)] as number;
  const upper = sorted[Math.ceil(position)] as number;
  return lower + (upper - lower) * (position - Math.floor(position));
}

/**
 * The mean of the middle half: a quarter of the values, rounded down, is left out at each end. Nearly as steady as the
 * mean where values are normal, and unmoved by a quarter of them that are far off.
 *
 * @param values - at least one, finite, in any order
 * @throws Error where there is no value, or one is not finite
 * @example
 * interquartileMean([1, 2, 4, 1000]); // 3
 */
export function interquartileMean(values: ArrayLike<number>): number {
  const sorted = sortedFinite('interquartileMean', values);
  const middle = sorted.subarray(middleStart(sorted.length), sorted.length - middleStart(sorted.length));
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** How many of so many values are left out at each end. */
export function middleStart(length: number): number {
  return Math.floor(length / 4);
}

/** A sorted copy of at least one finite value. @throws Error for others, in the name of the operation */
export function sortedFinite(operation: string, values: ArrayLike<number>): Float64Array {
  if (values.length === 0) throw new Error(`${operation}: expected at least one value, got none`);
  const sorted = Float64Array.from(values).sort();
  const faulty = sorted.find((value) => !Number.isFinite(value));
  if (faulty !== undefined) throw new Error(`${operation}: expected finite values, got ${faulty}`);
  return sorted;
}
