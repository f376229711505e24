// Plain float64 linear algebra that the tests measure with.

/** The unbiased covariance [features, features] of samples [count, features]. */
export function covarianceOf(samples: Float64Array, count: number): Float64Array {
  const features = samples.length / count;
  const centred = samples.slice();
  for (let j = 0; j < features; j++) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += (samples[i * features + j] as number) / count;
    for (let i = 0; i < count; i++) centred[i * features + j] = (samples[i * features + j] as number) - mean;
  }
  const covariance = new Float64Array(features * features);
  for (let a = 0; a < features; a++) {
    for (let b = 0; b < features; b++) {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        sum += (centred[i * features + a] as number) * (centred[i * features + b] as number);
      }
      covariance[a * features + b] = sum / (count - 1);
    }
  }
  return covariance;
}

/** All eigenvalues of a symmetric matrix, descending, by cyclic Jacobi rotations (Golub & Van Loan, section 8.5). */
export function eigenvaluesOf(symmetric: Float64Array): number[] {
  const size = Math.sqrt(symmetric.length);
  const matrix = symmetric.slice();
  const at = (row: number, column: number) => matrix[row * size + column] as number;
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        if (at(p, q) === 0) continue;
        const tau = (at(q, q) - at(p, p)) / (2 * at(p, q));
        const tangent = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        const sine = tangent * cosine;
        for (let k = 0; k < size; k++) {
          const [x, y] = [at(k, p), at(k, q)];
          matrix[k * size + p] = cosine * x - sine * y;
          matrix[k * size + q] = sine * x + cosine * y;
        }
        for (let k = 0; k < size; k++) {
          const [x, y] = [at(p, k), at(q, k)];
          matrix[p * size + k] = cosine * x - sine * y;
          matrix[q * size + k] = sine * x + cosine * y;
        }
      }
    }
  }
  return Array.from({ length: size }, (_, i) => at(i, i)).sort((a, b) => b - a);
}
