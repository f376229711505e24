import { type MatrixShape, requireMatrix } from './matrix.js';

/**
 * Singular values in float64, by Householder reflections to a square matrix of the shorter side and one-sided Jacobi
 * rotations of that: small singular values keep their digits, which the eigenvalues of a Gram matrix would lose below
 * 1e-8 of the largest. Made for matrices with one short side, such as the Jacobian of ten logits.
 *
 * @param matrix - [rows, columns], finite; of any scale, tiny values do not underflow
 * @returns [min(rows, columns)], descending, in the unit of the matrix
 * @throws Error where the matrix does not fit the shape or is not finite.
 *
 * @example
 * singularValues(Float64Array.of(3, 0, 0, 0, 4, 0), { rows: 2, columns: 3 }); // [4, 3]
 */
export function singularValues(matrix: Float32Array | Float64Array, shape: MatrixShape): Float64Array {
  requireMatrix('singularValues', matrix, shape);
  const long = shape.rows <= shape.columns ? Float64Array.from(matrix) : transposed(matrix, shape);
  const rows = Math.min(shape.rows, shape.columns);
  const scale = normalise(long);
  const square = triangular(long, rows, long.length / rows);
  orthogonaliseRows(square, rows, rows);
  return rowNorms(square, rows)
    .sort()
    .reverse()
    .map((norm) => norm * scale);
}

/**
 * One-sided Jacobi (Hestenes): rotates pairs of rows until all rows are orthogonal, in place. The norms of the rows are then
 * the singular values, and the rows over their norms the right singular vectors, in no order.
 */
export function orthogonaliseRows(matrix: Float64Array, rows: number, columns: number): void {
  const sweeps = 60;
  const negligible = 1e-14;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let largest = 0;
    for (let p = 0; p < rows; p++) {
      for (let q = p + 1; q < rows; q++) {
        largest = Math.max(largest, orthogonalisePair(matrix, p * columns, q * columns, columns));
      }
    }
    if (largest <= negligible) return;
  }
}

/** @returns the cosine of the angle between the two rows before the rotation, as a magnitude */
function orthogonalisePair(matrix: Float64Array, first: number, second: number, columns: number): number {
  let a = 0;
  let b = 0;
  let product = 0;
  for (let i = 0; i < columns; i++) {
    const x = matrix[first + i] as number;
    const y = matrix[second + i] as number;
    a += x * x;
    b += y * y;
    product += x * y;
  }
  if (product === 0 || a === 0 || b === 0) return 0;
  const cosine = Math.abs(product) / (Math.sqrt(a) * Math.sqrt(b));
  const zeta = (b - a) / (2 * product);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  for (let i = 0; i < columns; i++) {
    const x = matrix[first + i] as number;
    const y = matrix[second + i] as number;
    matrix[first + i] = c * x - s * y;
    matrix[second + i] = s * x + c * y;
  }
  return cosine;
}

/** Divides by the largest magnitude, in place, so that squares neither underflow nor overflow; returns the divisor. */
function normalise(matrix: Float64Array): number {
  let largest = 0;
  for (const value of matrix) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;
  for (let i = 0; i < matrix.length; i++) matrix[i] = (matrix[i] as number) / largest;
  return largest;
}

/** The lower triangle L of matrix = L Q with orthonormal rows of Q; the matrix is overwritten. */
function triangular(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const lower = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    const start = i * columns;
    for (let j = 0; j < i; j++) lower[i * rows + j] = matrix[start + j] as number;
    let squares = 0;
    for (let k = i; k < columns; k++) squares += (matrix[start + k] as number) ** 2;
    const diagonal = matrix[start + i] as number;
    const norm = Math.sqrt(squares) * (diagonal < 0 ? 1 : -1);
    lower[i * rows + i] = norm;
    if (norm === 0) continue;
    // The reflector diagonal - norm, ... sends this row to (norm, 0, ...); its squared length is 2 norm (norm - diagonal).
    matrix[start + i] = diagonal - norm;
    const half = norm * (norm - diagonal);
    for (let r = i + 1; r < rows; r++) {
      let product = 0;
      for (let k = i; k < columns; k++) {
        product += (matrix[start + k] as number) * (matrix[r * columns + k] as number);
      }
      const factor = product / half;
      for (let k = i; k < columns; k++) {
        matrix[r * columns + k] =
          (matrix[r * columns + k] as number) - factor * (matrix[start + k] as number);
      }
    }
  }
  return lower;
}

function rowNorms(matrix: Float64Array, rows: number): Float64Array {
  const columns = matrix.length / rows;
  return Float64Array.from({ length: rows }, (_, row) =>
    Math.sqrt(
      matrix.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value * value, 0),
    ),
  );
}

function transposed(matrix: Float32Array | Float64Array, { rows, columns }: MatrixShape): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number,
  );
}
