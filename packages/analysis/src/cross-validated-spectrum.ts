import { type MatrixShape, requireMatrix } from './matrix.js';

/** Two repeats of the same stimuli, each [samples, features], row by row in the same order. */
export interface Repeats {
  readonly first: Float64Array | Float32Array;
  readonly second: Float64Array | Float32Array;
  readonly samples: number;
  readonly features: number;
  /** [axes, features], row-major: eigenvectors of the covariance of the first repeat, by descending eigenvalue. */
  readonly principalAxes: Float64Array;
}

/**
 * Cross-validated spectrum (cvPCA, Stringer et al. 2019): each repeat is centred by its own mean and projected on the
 * principal axes of the first; the mean over samples of the product of the two projections (samples in the denominator)
 * is the variance of the part that repeats. Noise that is independent between the repeats averages out, so that values
 * of the tail may be negative.
 *
 * @returns [axes], in the order of the axes
 * @throws Error where an array does not fit samples and features, or there are fewer than 2 samples.
 *
 * @example
 * const variance = crossValidatedSpectrum({ first, second, samples: 2800, features: 10000, principalAxes });
 */
export function crossValidatedSpectrum({
  first,
  second,
  samples,
  features,
  principalAxes,
}: Repeats): Float64Array {
  for (const repeat of [first, second]) {
    if (samples < 2 || repeat.length !== samples * features) {
      throw new Error(
        `crossValidatedSpectrum: expected two repeats of ${samples} x ${features} values, 2 samples or more, got ${repeat.length} values`,
      );
    }
  }
  const axes = principalAxes.length / features;
  if (!Number.isInteger(axes) || axes < 1) {
    throw new Error(
      `crossValidatedSpectrum: expected principal axes of ${features} values each, got ${principalAxes.length} values`,
    );
  }
  return Float64Array.from({ length: axes }, (_, index) => {
    const axis = principalAxes.subarray(index * features, (index + 1) * features);
    return sharedVariance(projections(first, axis, samples), projections(second, axis, samples));
  });
}

/**
 * The same from projections of both repeats on the principal axes of the first, for those who have them from a fast matrix
 * product: centring the projections is projecting the centred samples.
 *
 * @param first - [samples, axes], finite, centred or not
 * @param second - [samples, axes], of the same stimuli in the same order
 * @returns [axes]
 * @throws Error where an array does not fit or is not finite, or there are fewer than 2 samples.
 *
 * @example
 * const variance = crossValidatedVariances(firstProjected, secondProjected, { rows: 10_000, columns: 2000 });
 */
export function crossValidatedVariances(
  first: Float64Array | Float32Array,
  second: Float64Array | Float32Array,
  shape: MatrixShape,
): Float64Array {
  requireMatrix('crossValidatedVariances', first, shape);
  requireMatrix('crossValidatedVariances', second, shape);
  const { rows, columns } = shape;
  if (rows < 2) throw new Error(`crossValidatedVariances: expected at least 2 samples, got ${rows}`);
  const column = (projected: Float64Array | Float32Array, axis: number) =>
    Float64Array.from({ length: rows }, (_, row) => projected[row * columns + axis] as number);
  return Float64Array.from({ length: columns }, (_, axis) =>
    sharedVariance(column(first, axis), column(second, axis)),
  );
}

/** Mean product of the two about their means. */
function sharedVariance(a: Float64Array, b: Float64Array): number {
  const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [centreA, centreB] = [meanOf(a), meanOf(b)];
  return a.reduce((sum, x, sample) => sum + (x - centreA) * ((b[sample] as number) - centreB), 0) / a.length;
}

function projections(repeat: Float64Array | Float32Array, axis: Float64Array, samples: number): Float64Array {
  const features = axis.length;
  return Float64Array.from({ length: samples }, (_, sample) =>
    axis.reduce((sum, weight, i) => sum + weight * (repeat[sample * features + i] as number), 0),
  );
}
