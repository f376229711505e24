/**
 * Epsilons spaced evenly in their logarithm: 10^startExponent .. 10^stopExponent, both included.
 *
 * @param count - at least 2
 * @throws Error where the exponents do not ascend or count is no integer of at least 2.
 *
 * @example
 * logarithmicGrid(-6, 0.916, 400); // the random noise of arXiv 2405.00679
 */
export function logarithmicGrid(startExponent: number, stopExponent: number, count: number): number[] {
  if (!(Number.isFinite(stopExponent - startExponent) && startExponent < stopExponent)) {
    throw new Error(
      `logarithmicGrid: expected ascending exponents, got ${startExponent} and ${stopExponent}`,
    );
  }
  if (!Number.isInteger(count) || count < 2) {
    throw new Error(`logarithmicGrid: expected at least 2 values, got ${count}`);
  }
  const step = (stopExponent - startExponent) / (count - 1);
  return Array.from({ length: count }, (_, index) =>
    index === count - 1 ? 10 ** stopExponent : 10 ** (startExponent + index * step),
  );
}
