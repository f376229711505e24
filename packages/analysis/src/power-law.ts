/** A 0-based slice [from, to) of a descending spectrum. */
export interface FitRange {
  readonly from: number;
  readonly to: number;
}

/** lambda_n / lambda_1 = exp(intercept) n^-alpha, n counted from 1. */
export interface PowerLawFit extends FitRange {
  /** Exponent, the slope with its sign turned: positive for a falling spectrum. */
  readonly alpha: number;
  /** Of log(lambda_n / lambda_1), at n = 1. */
  readonly intercept: number;
}

/** An ordinary least-squares fit, which has a standard error. */
export interface OrdinaryPowerLawFit extends PowerLawFit {
  /** Of alpha, from the residuals with points - 2 degrees of freedom. */
  readonly standardError: number;
}

/**
 * Power law of an eigenvalue spectrum, lambda_n ~ n^-alpha: ordinary least squares of log(lambda_n / lambda_1) on log n
 * over the eigenvalues [from, to) (arXiv 2405.00679: [10, 500) for images, [10, 100) for noise).
 *
 * @param eigenvalues - descending; those in the range and the first positive
 * @throws Error where the range holds fewer than 3 eigenvalues, leaves the spectrum ({@link clipFitRange} shortens it), or
 * meets an eigenvalue that is not positive and finite.
 *
 * @example
 * const { alpha, standardError } = fitPowerLaw(eigenvalues, { from: 10, to: 500 });
 */
export function fitPowerLaw(eigenvalues: Float64Array | Float32Array, range: FitRange): OrdinaryPowerLawFit {
  const points = logarithmicPoints('fitPowerLaw', eigenvalues, range);
  const { slope, intercept, spread } = fitLine(points, () => 1);
  const residual = points.reduce((sum, { x, y }) => sum + (y - intercept - slope * x) ** 2, 0);
  const standardError = Math.sqrt(residual / (points.length - 2) / spread);
  return { alpha: -slope, standardError, intercept, from: range.from, to: range.to };
}

/**
 * The same power law by least squares with weights 1/n, which gives each octave of n the same say (Stringer et al. 2019).
 *
 * @param eigenvalues - descending; those in the range and the first positive
 * @throws Error as {@link fitPowerLaw} does.
 *
 * @example
 * const { alpha } = fitPowerLawWeighted(eigenvalues, { from: 10, to: 500 });
 */
export function fitPowerLawWeighted(eigenvalues: Float64Array | Float32Array, range: FitRange): PowerLawFit {
  const points = logarithmicPoints('fitPowerLawWeighted', eigenvalues, range);
  const { slope, intercept } = fitLine(points, ({ n }) => 1 / n);
  return { alpha: -slope, intercept, from: range.from, to: range.to };
}

/**
 * Shortens a range to what a spectrum offers: its length, and the eigenvalues before the first that is not above
 * relativeFloor times the largest, since a rank-deficient spectrum ends in rounding errors of either sign.
 * The result may be too short to fit, even empty; the fit says so.
 *
 * @param eigenvalues - descending
 * @param relativeFloor - at least 0; about 1e-12 for a covariance summed in float64, 1e-6 in float32
 *
 * @example
 * const fit = fitPowerLaw(eigenvalues, clipFitRange(eigenvalues, { from: 10, to: 500 }, 1e-12));
 */
export function clipFitRange(
  eigenvalues: Float64Array | Float32Array,
  { from, to }: FitRange,
  relativeFloor: number,
): FitRange {
  if (!(relativeFloor >= 0)) {
    throw new Error(`clipFitRange: expected a relative floor of at least 0, got ${relativeFloor}`);
  }
  const floor = relativeFloor * (eigenvalues[0] ?? 0);
  const end = eigenvalues.findIndex((value) => !(value > floor));
  const usable = end < 0 ? eigenvalues.length : end;
  return { from: Math.min(from, usable), to: Math.min(to, usable) };
}

/**
 * The exponent that a smooth code must exceed, 1 + 2 / d for stimuli of d dimensions (Stringer et al. 2019): a spectrum that
 * falls more slowly belongs to a fractal map, whose output jumps for tiny changes of the input. It tends to 1 for images.
 *
 * @param dimensions - d >= 1 of the stimuli
 * @throws Error where the dimensions are below 1.
 *
 * @example
 * smoothCodeExponent(4); // 1.5
 */
export function smoothCodeExponent(dimensions: number): number {
  if (!(dimensions >= 1)) {
    throw new Error(`smoothCodeExponent: expected at least 1 dimension, got ${dimensions}`);
  }
  return 1 + 2 / dimensions;
}

interface Point {
  readonly n: number;
  /** log n */
  readonly x: number;
  /** log(lambda_n / lambda_1) */
  readonly y: number;
}

function logarithmicPoints(
  operation: string,
  eigenvalues: Float64Array | Float32Array,
  { from, to }: FitRange,
): Point[] {
  const whole = Number.isInteger(from) && Number.isInteger(to);
  if (!whole || from < 0 || to - from < 3 || to > eigenvalues.length) {
    throw new Error(
      `${operation}: expected a range of at least 3 among ${eigenvalues.length} eigenvalues, got [${from}, ${to})`,
    );
  }
  const largest = positive(operation, eigenvalues, 0);
  return Array.from({ length: to - from }, (_, offset) => {
    const n = from + offset + 1;
    return { n, x: Math.log(n), y: Math.log(positive(operation, eigenvalues, n - 1) / largest) };
  });
}

function positive(operation: string, eigenvalues: Float64Array | Float32Array, index: number): number {
  const value = eigenvalues[index] as number;
  if (!(value > 0 && Number.isFinite(value))) {
    throw new Error(`${operation}: expected positive, finite eigenvalues, got ${value} at index ${index}`);
  }
  return value;
}

function fitLine(points: readonly Point[], weightOf: (point: Point) => number) {
  const total = points.reduce((sum, point) => sum + weightOf(point), 0);
  const meanX = points.reduce((sum, point) => sum + weightOf(point) * point.x, 0) / total;
  const meanY = points.reduce((sum, point) => sum + weightOf(point) * point.y, 0) / total;
  const spread = points.reduce((sum, point) => sum + weightOf(point) * (point.x - meanX) ** 2, 0);
  const product = points.reduce(
    (sum, point) => sum + weightOf(point) * (point.x - meanX) * (point.y - meanY),
    0,
  );
  const slope = product / spread;
  return { slope, intercept: meanY - slope * meanX, spread };
}
