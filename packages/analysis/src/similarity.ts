import { type MatrixShape, requireLabels, requireMatrix } from './matrix.js';

/**
 * How alike two representations are: Pearson's correlation over the units, the cosine of the angle, or the Euclidean distance.
 *
 * arXiv 1703.09202 shows similarity matrices by layer with the images ordered by class; which measure it takes is not known.
 * Correlation is the one of representational similarity analysis (Kriegeskorte et al. 2008), whose dissimilarity is
 * 1 - correlation, and the one that this project reports for that paper; the others tell whether the choice matters.
 */
export type SimilarityMeasure = 'correlation' | 'cosine' | 'euclidean';

/**
 * The order that puts images of a class side by side: by label, within a class as they came.
 *
 * @returns [labels.length], the image at each place
 * @throws Error where a label is no whole number from 0.
 *
 * @example
 * classOrder([1, 0, 1, 0]); // [1, 3, 0, 2]
 */
export function classOrder(labels: ArrayLike<number>): Uint32Array {
  requireLabels('classOrder', labels, labels.length);
  return Uint32Array.from(Array.from(labels).keys()).sort(
    (a, b) => (labels[a] as number) - (labels[b] as number) || a - b,
  );
}

/**
 * Similarity (for 'euclidean': distance) of each image's representation with each other's.
 *
 * A representation that does not vary ('correlation') or is zero ('cosine') has no direction: its similarity is 0 with all
 * others and 1 with itself, and {@link directionless} counts such.
 *
 * @param representations - [rows, columns]: an image a row, a unit a column; finite
 * @param order - the images to take, and in which order, for example {@link classOrder}
 * @returns [order.length, order.length], symmetric
 * @throws Error where the representations do not fit or are not finite, or an index is none of them.
 *
 * @example
 * const matrix = similarityMatrix(hidden, { rows: 500, columns: 200 }, 'correlation', classOrder(labels));
 */
export function similarityMatrix(
  representations: Float32Array | Float64Array,
  shape: MatrixShape,
  measure: SimilarityMeasure,
  order: ArrayLike<number>,
): Float64Array {
  requireMatrix('similarityMatrix', representations, shape);
  const chosen = Array.from(order, (image) => {
    if (!Number.isInteger(image) || image < 0 || image >= shape.rows) {
      throw new Error(`similarityMatrix: expected images below ${shape.rows}, got ${image}`);
    }
    return directionOf(rowOf(representations, shape, image), measure);
  });
  const size = chosen.length;
  const matrix = new Float64Array(size * size);
  chosen.forEach((a, i) => {
    for (let j = i; j < size; j++) {
      const b = chosen[j] as Float64Array;
      const value = measure === 'euclidean' ? distance(a, b) : i === j ? 1 : clamped(product(a, b));
      matrix[i * size + j] = value;
      matrix[j * size + i] = value;
    }
  });
  return matrix;
}

/**
 * How many representations have no direction: those that are equal in all units ('correlation'), zero ('cosine'), none
 * ('euclidean').
 *
 * @throws Error where the representations do not fit or are not finite.
 *
 * @example
 * directionless(Float32Array.of(0, 0, 1, 2), { rows: 2, columns: 2 }, 'cosine'); // 1
 */
export function directionless(
  representations: Float32Array | Float64Array,
  shape: MatrixShape,
  measure: SimilarityMeasure,
): number {
  requireMatrix('directionless', representations, shape);
  if (measure === 'euclidean') return 0;
  return Array.from({ length: shape.rows }, (_, image) =>
    directionOf(rowOf(representations, shape, image), measure).every((value) => value === 0),
  ).filter((none) => none).length;
}

/**
 * Dissimilarities for {@link silhouette}: 1 - similarity of correlations and cosines, distances as they are.
 *
 * @example
 * dissimilarities(Float64Array.of(1, 0.25, 0.25, 1), 'cosine'); // [0, 0.75, 0.75, 0]
 */
export function dissimilarities(matrix: Float64Array, measure: SimilarityMeasure): Float64Array {
  return measure === 'euclidean' ? matrix.slice() : matrix.map((value) => 1 - value);
}

function rowOf(
  representations: Float32Array | Float64Array,
  { columns }: MatrixShape,
  row: number,
): Float64Array {
  return Float64Array.from(representations.subarray(row * columns, (row + 1) * columns));
}

/** The row of length 1, centred for correlations; zeros where it has no direction; itself for distances. */
function directionOf(row: Float64Array, measure: SimilarityMeasure): Float64Array {
  if (measure === 'euclidean') return row;
  // A row of equal values is exactly zero after subtracting the first, whatever its mean rounds to.
  const first = row[0] as number;
  const moved = measure === 'correlation' ? row.map((value) => value - first) : row;
  const largest = moved.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return moved;
  const scaled = moved.map((value) => value / largest);
  const mean = measure === 'correlation' ? scaled.reduce((sum, value) => sum + value, 0) / row.length : 0;
  const centred = scaled.map((value) => value - mean);
  const norm = Math.sqrt(product(centred, centred));
  return centred.map((value) => value / norm);
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(squares);
}

function clamped(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
