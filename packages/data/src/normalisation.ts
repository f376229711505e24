import { DataError } from './errors.js';
import { type ImageSet, pixelsPerImage } from './images.js';

/** How bytes become the values that a network sees: each image is its bytes times one scale. */
export type Normalisation =
  /** Divide each image by its own L_p norm, as Krotov & Hopfield 2019 and arXiv 2405.00679 do with p = 3. */
  | { readonly kind: 'lp'; readonly p: number }
  /** Divide all images by the same number; 255 gives values in [0, 1]. */
  | { readonly kind: 'divide'; readonly by: number };

/**
 * One scale per image, [count]; image times scale is the normalised image.
 *
 * For 'lp' the scale is 1 / ||x||_p, computed in float64 and rounded to float32 once. For a whole p only sums,
 * products and quotients are used, so that the bits are the same in every engine; for p <= 3 the sum of the powers
 * is exact as well.
 *
 * @throws DataError for an image of zeros, which has no norm to divide by (its index is in the message), and for p
 * below 1 or a divisor that is not a positive number.
 * @example
 * ```ts
 * const scales = normalisationScales(images, { kind: 'lp', p: 3 });
 * ```
 */
export function normalisationScales(images: ImageSet, normalisation: Normalisation): Float32Array {
  const { count, shape, pixels } = images;
  if (normalisation.kind === 'divide') {
    const { by } = normalisation;
    if (!(by > 0 && Number.isFinite(by))) {
      throw new DataError(`normalisationScales: expected a positive divisor, got ${by}`);
    }
    return new Float32Array(count).fill(1 / by);
  }
  const { p } = normalisation;
  if (!(p >= 1 && Number.isFinite(p)))
    throw new DataError(`normalisationScales: expected p of at least 1, got ${p}`);
  const powers = Float64Array.from({ length: 256 }, (_, value) => power(value, p));
  const length = pixelsPerImage(shape);
  const scales = new Float32Array(count);
  for (let image = 0; image < count; image++) {
    let sum = 0;
    for (let i = image * length; i < (image + 1) * length; i++) sum += powers[pixels[i] as number] as number;
    if (sum === 0) {
      throw new DataError(
        `normalisationScales: expected an image with a value above 0, got only zeros at index ${image} in ` +
          `${images.name} ${images.split}`,
      );
    }
    if (!Number.isFinite(sum)) {
      throw new DataError(
        `normalisationScales: expected p small enough for float64 sums of powers, got ${p}`,
      );
    }
    scales[image] = 1 / root(sum, p);
  }
  return scales;
}

function power(base: number, p: number): number {
  if (!Number.isInteger(p)) return base ** p;
  let product = 1;
  for (let i = 0; i < p; i++) product *= base;
  return product;
}

/** The p-th root of a sum >= 1: for a whole p by Newton's iteration from above, which falls until it has converged. */
function root(sum: number, p: number): number {
  if (!Number.isInteger(p)) return sum ** (1 / p);
  if (p === 1) return sum;
  let estimate = Math.sqrt(sum);
  if (p === 2) return estimate;
  for (;;) {
    const next = ((p - 1) * estimate + sum / power(estimate, p - 1)) / p;
    if (next >= estimate) return estimate;
    estimate = next;
  }
}
