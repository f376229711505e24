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
    const a = centredProjections(first, axis, samples);
    const b = centredProjections(second, axis, samples);
    return a.reduce((sum, value, sample) => sum + value * (b[sample] as number), 0) / samples;
  });
}

/** Centring the projections is projecting the centred samples. */
function centredProjections(
  repeat: Float64Array | Float32Array,
  axis: Float64Array,
  samples: number,
): Float64Array {
  const features = axis.length;
  const projections = Float64Array.from({ length: samples }, (_, sample) =>
    axis.reduce((sum, weight, i) => sum + weight * (repeat[sample * features + i] as number), 0),
  );
  const centre = projections.reduce((sum, value) => sum + value, 0) / samples;
  return projections.map((value) => value - centre);
}
