/** Least-squares line through points, with the correlation of the two. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Pearson's, in [-1, 1]; undefined where y does not vary. */
  readonly correlation: number | undefined;
}

/**
 * Ordinary least squares of y on x.
 *
 * @throws Error where lengths differ, there are fewer than 2 points, a value is not finite, or x does not vary.
 *
 * @example
 * fitLine([0, 1, 2], [1, 3, 5]); // slope 2, intercept 1, correlation 1
 */
export function fitLine(x: ArrayLike<number>, y: ArrayLike<number>): Line {
  const { a, b, meanX, meanY, product, squaresX } = moments('fitLine', x, y);
  if (squaresX === 0) throw new Error(`fitLine: expected x that varies, got ${a.length} equal values`);
  const slope = product / squaresX;
  return { slope, intercept: meanY - slope * meanX, correlation: pearson(a, b) };
}

/**
 * Pearson's correlation.
 *
 * @returns in [-1, 1]; undefined where one of the two does not vary
 * @throws Error where lengths differ, there are fewer than 2 values, or one is not finite.
 *
 * @example
 * pearson([1, 2, 3], [2, 4, 7]); // 0.993...
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | undefined {
  const { product, squaresX, squaresY } = moments('pearson', x, y);
  if (squaresX === 0 || squaresY === 0) return undefined;
  return Math.max(-1, Math.min(1, product / (Math.sqrt(squaresX) * Math.sqrt(squaresY))));
}

/**
 * Spearman's rank correlation: Pearson's of the ranks, equal values sharing their mean rank.
 *
 * @returns in [-1, 1]; undefined where one of the two does not vary
 * @throws Error where lengths differ, there are fewer than 2 values, or one is not finite.
 *
 * @example
 * spearman([1, 2, 3], [1, 10, 100]); // 1
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | undefined {
  moments('spearman', x, y);
  return pearson(ranks(x), ranks(y));
}

function moments(operation: string, x: ArrayLike<number>, y: ArrayLike<number>) {
  if (x.length !== y.length || x.length < 2) {
    throw new Error(
      `${operation}: expected two arrays of one length, at least 2, got ${x.length} and ${y.length} values`,
    );
  }
  const a = Float64Array.from(x);
  const b = Float64Array.from(y);
  const faulty = [a, b].flatMap((values) => values.find((value) => !Number.isFinite(value)) ?? []);
  if (faulty.length > 0) throw new Error(`${operation}: expected finite values, got ${faulty[0]}`);
  const meanX = centre(a);
  const meanY = centre(b);
  let [product, squaresX, squaresY] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const dx = (a[i] as number) - meanX;
    const dy = (b[i] as number) - meanY;
    product += dx * dy;
    squaresX += dx * dx;
    squaresY += dy * dy;
  }
  return { a, b, meanX, meanY, product, squaresX, squaresY };
}

/** Exact for equal values, which the plain mean may miss by a rounding. */
function centre(values: Float64Array): number {
  const first = values[0] as number;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}

function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  );
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    const value = values[order[start] as number];
    let end = start;
    while (end < order.length && values[order[end] as number] === value) end++;
    for (const index of order.slice(start, end)) result[index] = (start + end + 1) / 2;
    start = end;
  }
  return result;
}
