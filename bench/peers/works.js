// What is computed: data alone. A participant knows the kinds.

/**
 * @typedef {object} Work
 * @property {string} name
 * @property {string} what
 * @property {'product' | 'eigenvalues' | 'covariance'} kind
 * @property {'NN' | 'NT'} [form] of a product
 * @property {'float32' | 'float64'} precision
 * @property {number} tolerance largest difference from our result, as a share of its largest value
 * @property {readonly string[]} [without] participants for whom it takes minutes
 * @property {() => Record<string, Matrix>} inputs
 */

/** @typedef {{ shape: [number, number], data: Float32Array | Float64Array }} Matrix */

/** @type {readonly Work[]} */
export const works = [
  product('layer', 'NT', 1000, 3072, 2000),
  product('square', 'NN', 1024, 1024, 1024),
  covariance('covariance', 10_000, 2000),
  eigenvalues('eigenvalues-500', 500),
  eigenvalues('eigenvalues-1000', 1000, ['jax-js']),
  eigenvalues('eigenvalues-2000', 2000, ['jax-js', 'ml-matrix']),
  eigenvalues('eigenvalues-3072', 3072, ['jax-js', 'ml-matrix']),
];

function product(name, form, rows, inner, columns) {
  return {
    name,
    what: `float32 product ${rows} x ${inner} x ${columns} (${form})`,
    kind: 'product',
    form,
    precision: 'float32',
    tolerance: 1e-5,
    without: name === 'layer' ? ['ml-matrix', 'tfjs-backend-cpu'] : [],
    inputs: () => ({
      a: { shape: [rows, inner], data: normals(rows * inner, 1) },
      b: form === 'NT' ? normalMatrix(columns, inner) : normalMatrix(inner, columns),
    }),
  };
}

function covariance(name, count, features) {
  return {
    name,
    what: `unbiased covariance of ${count} x ${features} float32 samples, in float64`,
    kind: 'covariance',
    precision: 'float32',
    tolerance: 1e-5,
    inputs: () => ({ samples: normalMatrix(count, features) }),
  };
}

function eigenvalues(name, n, without = []) {
  return {
    name,
    what: `all eigenvalues of a symmetric ${n} x ${n} matrix in float64 (jax-js: float32)`,
    kind: 'eigenvalues',
    precision: 'float64',
    tolerance: 1e-4,
    without,
    inputs: () => ({ matrix: { shape: [n, n], data: symmetric(n) } }),
  };
}

function normalMatrix(rows, columns) {
  return { shape: [rows, columns], data: normals(rows * columns, 2) };
}

/** Sums of four uniform draws of a linear congruential generator (Numerical Recipes): close to normal is enough. */
function normals(length, seed) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Float32Array.from({ length }, () => Math.sqrt(3) * (uniform() + uniform() + uniform() + uniform()));
}

function symmetric(n) {
  const data = Float64Array.from(normals(n * n, 3));
  for (let row = 0; row < n; row++)
    for (let column = 0; column < row; column++) data[row * n + column] = data[column * n + row];
  return data;
}
