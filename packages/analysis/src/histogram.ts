/** Counts in bins of equal width. */
export interface Histogram {
  /** [bins + 1], ascending */
  readonly edges: Float64Array;
  /** [bins]; a bin holds its lower edge, the last one both. */
  readonly counts: Uint32Array;
  /** Values below the first or above the last edge. */
  readonly outside: number;
}

/**
 * Histogram of the values over [from, to].
 *
 * @param values - finite, in any order
 * @throws Error where from >= to, bins is no positive integer, or a value is not finite.
 *
 * @example
 * histogram(variances, { from: 0, to: 0.003, bins: 60 });
 */
export function histogram(
  values: ArrayLike<number>,
  { from, to, bins }: { readonly from: number; readonly to: number; readonly bins: number },
): Histogram {
  if (!(Number.isFinite(to - from) && from < to)) {
    throw new Error(`histogram: expected from < to, got ${from} and ${to}`);
  }
  if (!Number.isInteger(bins) || bins < 1) {
    throw new Error(`histogram: expected a positive number of bins, got ${bins}`);
  }
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => from + ((to - from) * i) / bins);
  const counts = new Uint32Array(bins);
  let outside = 0;
  for (const value of Array.from(values)) {
    if (!Number.isFinite(value)) throw new Error(`histogram: expected finite values, got ${value}`);
    if (value < from || value > to) {
      outside++;
      continue;
    }
    const bin = Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { edges, counts, outside };
}
