import { type MatrixShape, requireMatrix } from './matrix.js';
import { orthogonaliseRows } from './singular-values.js';

/** Points seen along their two directions of largest variance. */
export interface PrincipalPlane {
  /** [rows, 2]: coordinates about the mean, in the unit of the data */
  readonly coordinates: Float64Array;
  /** [2, columns]: orthonormal axes; the component of largest magnitude is positive, the first of equals */
  readonly axes: Float64Array;
  /** Shares of the total variance along the axes, in [0, 1], descending; 0 where nothing varies. */
  readonly explained: readonly [number, number];
}

/**
 * Principal components analysis to two dimensions, for pictures of embeddings: signs are fixed, so that a plot does not flip
 * between runs. Where two of the first three variances are equal, the axes are some of many that serve.
 *
 * @param data - [rows, columns], finite; at least 2 of both. Takes columns^3 steps: up to about 200 columns.
 * @throws Error where the data do not fit, are not finite, or have fewer than 2 rows or columns.
 *
 * @example
 * const { coordinates } = principalPlane(hidden, { rows: 1600, columns: 20 });
 */
export function principalPlane(data: Float32Array | Float64Array, shape: MatrixShape): PrincipalPlane {
  requireMatrix('principalPlane', data, shape);
  const { rows, columns } = shape;
  if (rows < 2 || columns < 2) {
    throw new Error(`principalPlane: expected at least 2 rows and 2 columns, got ${rows} x ${columns}`);
  }
  const centred = centredColumns(data, shape);
  const scatter = scatterOf(centred, shape);
  let total = 0;
  for (let i = 0; i < columns; i++) total += scatter[i * columns + i] as number;
  // The rows of a symmetric matrix turn into its eigenvectors times eigenvalues.
  orthogonaliseRows(scatter, columns, columns);
  const norms = Array.from({ length: columns }, (_, i) =>
    Math.hypot(...scatter.subarray(i * columns, (i + 1) * columns)),
  );
  const [first, second] = [...norms.keys()].sort((a, b) => (norms[b] as number) - (norms[a] as number)) as [
    number,
    number,
  ];
  const axes = new Float64Array(2 * columns);
  const eigenvector = (index: number) => scatter.subarray(index * columns, (index + 1) * columns);
  const alongLine = (norms[second] as number) <= 1e-14 * (norms[first] as number);
  const leading = (norms[first] as number) === 0 ? unitAxis(columns, 0) : eigenvector(first);
  const axis = withFixedSign(leading);
  axes.set(axis, 0);
  axes.set(withFixedSign(alongLine ? rightAngleTo(axis) : eigenvector(second)), columns);
  const share = (index: number) => (total === 0 ? 0 : (norms[index] as number) / total);
  return { coordinates: projections(centred, axes, shape), axes, explained: [share(first), share(second)] };
}

function centredColumns(data: Float32Array | Float64Array, { rows, columns }: MatrixShape): Float64Array {
  const centred = Float64Array.from(data);
  for (let column = 0; column < columns; column++) {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += (centred[row * columns + column] as number) / rows;
    for (let row = 0; row < rows; row++) {
      const cell = row * columns + column;
      centred[cell] = (centred[cell] as number) - mean;
    }
  }
  return centred;
}

function scatterOf(centred: Float64Array, { rows, columns }: MatrixShape): Float64Array {
  const scatter = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    const point = centred.subarray(row * columns, (row + 1) * columns);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        const cell = i * columns + j;
        scatter[cell] = (scatter[cell] as number) + (point[i] as number) * (point[j] as number);
      }
    }
  }
  return scatter;
}

/** The direction at length 1, its component of largest magnitude positive. */
function withFixedSign(direction: Float64Array): Float64Array {
  const norm = Math.hypot(...direction);
  const largest = direction.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Equal magnitudes differ by rounding: the first of them decides.
  const leading = direction.find((value) => Math.abs(value) >= largest * (1 - 1e-9)) as number;
  return direction.map((value) => (leading < 0 ? -value : value) / norm);
}

/** Some direction at right angles to a unit vector, for data on a line. */
function rightAngleTo(axis: Float64Array): Float64Array {
  const least = axis.reduce(
    (best, value, i) => (Math.abs(value) < Math.abs(axis[best] as number) ? i : best),
    0,
  );
  const along = axis[least] as number;
  return unitAxis(axis.length, least).map((value, i) => value - along * (axis[i] as number));
}

function unitAxis(length: number, index: number): Float64Array {
  const axis = new Float64Array(length);
  axis[index] = 1;
  return axis;
}

function projections(
  centred: Float64Array,
  axes: Float64Array,
  { rows, columns }: MatrixShape,
): Float64Array {
  return Float64Array.from({ length: 2 * rows }, (_, i) => {
    const row = Math.floor(i / 2);
    let sum = 0;
    for (let k = 0; k < columns; k++) {
      sum += (centred[row * columns + k] as number) * (axes[(i % 2) * columns + k] as number);
    }
    return sum;
  });
}
