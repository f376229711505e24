// Eigenvalues and eigenvectors by cyclic Jacobi rotations in float64: slow, short, and independent of the kernels.

export interface Eigensystem {
  /** Descending. */
  readonly values: Float64Array;
  /** [n, n], one eigenvector a row. */
  readonly vectors: Float64Array;
}

export function eigensystemOf(symmetric: Float64Array, n: number): Eigensystem {
  const a = symmetric.slice();
  const v = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  const at = (i: number, j: number) => a[i * n + j] as number;
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (at(p, q) === 0) continue;
        const theta = (at(q, q) - at(p, p)) / (2 * at(p, q));
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotateColumns(a, n, p, q, c, c * t);
        rotateRows(a, n, p, q, c, c * t);
        rotateRows(v, n, p, q, c, c * t);
      }
    }
    if (offDiagonal(a, n) < 1e-28 * squares(a)) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => at(j, j) - at(i, i));
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => at(i, i)), vectors };
}

/** Singular values of [rows, columns] samples, descending, by the smaller of the two Gram matrices. */
export function singularValuesOf(samples: Float64Array, rows: number, columns: number): Float64Array {
  const byRow = rows <= columns;
  const n = byRow ? rows : columns;
  const inner = byRow ? columns : rows;
  const at = (i: number, k: number) => samples[byRow ? i * columns + k : k * columns + i] as number;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += at(i, k) * at(j, k);
      gram[i * n + j] = sum;
      gram[j * n + i] = sum;
    }
  }
  return eigensystemOf(gram, n).values.map((value) => Math.sqrt(Math.max(0, value)));
}

/** Unbiased covariance of [rows, columns] samples. */
export function covarianceOf(samples: Float64Array, rows: number, columns: number): Float64Array {
  const covariance = new Float64Array(columns * columns);
  const means = Array.from({ length: columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += samples[i * columns + j] as number;
    return sum / rows;
  });
  for (let row = 0; row < rows; row++) {
    const sample = means.map((mean, j) => (samples[row * columns + j] as number) - mean);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        const cell = i * columns + j;
        covariance[cell] =
          (covariance[cell] as number) + ((sample[i] as number) * (sample[j] as number)) / (rows - 1);
      }
    }
  }
  return covariance;
}

function rotateColumns(a: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) rotate(a, k * n + p, k * n + q, c, s);
}

function rotateRows(a: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) rotate(a, p * n + k, q * n + k, c, s);
}

function rotate(a: Float64Array, first: number, second: number, c: number, s: number): void {
  const x = a[first] as number;
  const y = a[second] as number;
  a[first] = c * x - s * y;
  a[second] = s * x + c * y;
}

function offDiagonal(a: Float64Array, n: number): number {
  return a.reduce((sum, value, i) => (i % (n + 1) === 0 ? sum : sum + value * value), 0);
}

function squares(a: Float64Array): number {
  return a.reduce((sum, value) => sum + value * value, 0);
}
