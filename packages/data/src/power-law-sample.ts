// Images whose sample covariance is known exactly. With orthonormal columns u_k of mean zero and an orthonormal basis
// b_k of image space, X = mean + sum_k sqrt((n - 1) l_k) u_k b_k' has the unbiased covariance sum_k l_k b_k b_k':
// eigenvalues l_k, eigenvectors b_k, whatever the u_k are.
import { type CosineTransform, cosineTransform, transformAxes } from './cosine-transform.js';
import { DataError } from './errors.js';
import { type ImageSet, pixelsPerImage } from './images.js';
import { type NormalSource, orthonormalColumns } from './orthonormal-columns.js';

/** The distribution that power-law images are drawn from. */
export interface PowerLaw {
  /** The exponent: the k-th largest eigenvalue is k^-alpha times the largest, k = 1, 2, ... */
  readonly alpha: number;
  readonly shape: ImageSet['shape'];
  /** How many classes are planted, at least 2; labels go round: 0, 1, ..., 0, 1, ... */
  readonly classes: number;
  /**
   * How much of the variance along the second to the classes-th eigenvector lies between the classes, 0..1: 0 are
   * labels without meaning, 1 are classes without any spread in these directions.
   */
  readonly classSeparation: number;
}

/** A sample of float images; see samplePowerLaw. */
export interface PowerLawSample {
  /** [count, height, width, channels], with mean zero. */
  readonly values: Float64Array;
  /** [count] */
  readonly labels: Uint8Array;
  /**
   * [height * width * channels], descending: the eigenvalues of the unbiased covariance of the values. The first is
   * 1; those beyond the rank, min(count - classes, height * width * channels), are 0.
   */
  readonly eigenvalues: Float64Array;
}

/**
 * Draws float images whose unbiased sample covariance has the eigenvalues k^-alpha exactly (to float64 rounding, about
 * 1e-13 of the first), for this sample and not only on average. The eigenvectors are products of cosines over rows,
 * columns and channels, slowest first, so that images are smooth as photographs are.
 *
 * Class means lie along the second to the classes-th eigenvector, the same in every sample of the same law but for the
 * factor sqrt((count - 1) / count).
 *
 * @param stream names the random numbers of this sample; another name gives another sample of the same law.
 * @param count at least 3 per class, without prime factors above 100.
 * @throws DataError when a setting is out of its range.
 */
export function samplePowerLaw(
  law: PowerLaw,
  count: number,
  normals: NormalSource,
  stream: string,
): PowerLawSample {
  checkLaw(law, count);
  const { alpha, shape, classes, classSeparation } = law;
  const labels = Uint8Array.from({ length: count }, (_, image) => image % classes);
  const classCounts = Array.from({ length: classes }, (_, label) => Math.ceil((count - label) / classes));
  const contrasts = classContrasts(classCounts);
  const columns = orthonormalColumns(labels, classCounts, normals, stream);
  const pixels = pixelsPerImage(shape);
  const rank = Math.min(columns.count, pixels);
  const eigenvalues = Float64Array.from({ length: pixels }, (_, k) => (k < rank ? (k + 1) ** -alpha : 0));
  const places = slowestFirst(shape);
  const values = new Float64Array(count * pixels);
  const column = new Float64Array(count);
  for (let k = 0; k < rank; k++) {
    columns.column(k, column);
    const contrast = contrasts[k - 1];
    const amplitude = Math.sqrt((count - 1) * (eigenvalues[k] as number));
    const within = amplitude * (contrast === undefined ? 1 : Math.sqrt(1 - classSeparation));
    const between = amplitude * Math.sqrt(classSeparation);
    const place = places[k] as number;
    for (let image = 0; image < count; image++) {
      const mean = contrast === undefined ? 0 : between * (contrast[labels[image] as number] as number);
      values[image * pixels + place] = within * (column[image] as number) + mean;
    }
  }
  toPixels(values, shape);
  return { values, labels, eigenvalues };
}

function checkLaw({ alpha, shape, classes, classSeparation }: PowerLaw, count: number): void {
  const fault = (expected: string, got: number) =>
    new DataError(`samplePowerLaw: expected ${expected}, got ${got}`);
  const pixels = pixelsPerImage(shape);
  if (!(alpha >= 0 && Number.isFinite(alpha))) throw fault('alpha of at least 0', alpha);
  if (!(Number.isInteger(classes) && classes >= 2 && classes <= Math.min(256, pixels))) {
    throw fault(`2 to ${Math.min(256, pixels)} classes`, classes);
  }
  if (!(classSeparation >= 0 && classSeparation <= 1))
    throw fault('a class separation of 0..1', classSeparation);
  if (!(Number.isInteger(count) && count >= 3 * classes))
    throw fault(`at least ${3 * classes} images`, count);
}

/**
 * classes - 1 functions of the class that are orthonormal over the images and have mean zero: cosines over the labels,
 * made orthogonal for class counts that differ by one (Gram-Schmidt, twice).
 */
function classContrasts(classCounts: readonly number[]): Float64Array[] {
  const { size, forward } = cosineTransform(classCounts.length);
  const product = (a: Float64Array, b: Float64Array) =>
    classCounts.reduce((sum, count, label) => sum + count * (a[label] as number) * (b[label] as number), 0);
  const basis: Float64Array[] = [];
  for (let frequency = 0; frequency < size; frequency++) {
    let contrast = forward.slice(frequency * size, (frequency + 1) * size);
    for (const earlier of [...basis, ...basis]) {
      const share = product(contrast, earlier);
      contrast = contrast.map((value, label) => value - share * (earlier[label] as number));
    }
    const norm = Math.sqrt(product(contrast, contrast));
    basis.push(contrast.map((value) => value / norm));
  }
  return basis.slice(1);
}

/** The places of the cosine coefficients in an image, slow ones first; a step in colour counts as twice a step in space. */
function slowestFirst(shape: ImageSet['shape']): number[] {
  const [, width, channels] = shape;
  const speed = (place: number) => {
    const channel = place % channels;
    const column = Math.floor(place / channels) % width;
    const row = Math.floor(place / (channels * width));
    return row ** 2 + column ** 2 + 4 * channel ** 2;
  };
  return Array.from({ length: pixelsPerImage(shape) }, (_, place) => place).sort(
    (a, b) => speed(a) - speed(b) || a - b,
  );
}

function toPixels(values: Float64Array, shape: ImageSet['shape']): void {
  const transforms: CosineTransform[] = shape.map(cosineTransform);
  const scratch = new Float64Array(Math.max(...shape));
  for (let offset = 0; offset < values.length; offset += pixelsPerImage(shape)) {
    transformAxes('inverse', transforms, values, offset, scratch);
  }
}
