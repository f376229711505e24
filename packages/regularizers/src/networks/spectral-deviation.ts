import {
  add,
  div,
  matMul,
  mean,
  mul,
  relu,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
} from '@tensorflow/tfjs-core';

/** The eigenvalues gamma_n that are asked for. */
export type PowerLaw =
  /** Through eigenvalue `index` (from 0) as it is, which is a constant for the gradient; from the next one on. */
  | { readonly kind: 'through eigenvalue'; readonly index: number; readonly slope: number }
  /** n^-slope, n from 1. */
  | { readonly kind: 'from one'; readonly slope: number };

/**
 * 1 / width * the sum over n, lambda_n > 0, of (q - 1)^2 + max(0, q - 1), q = lambda_n / gamma_n, where the lambda are
 * the unbiased variances of the rows along the basis, descending. They are those of the product of rows and basis:
 * the covariance of the batch is never formed, and the gradient costs one more product.
 *
 * @param rows [count, width]
 * @param basis [width, width], a row an eigenvector
 */
export function spectralDeviation(rows: Tensor2D, basis: Tensor2D, law: PowerLaw): Scalar {
  const [count, width] = rows.shape;
  if (count < 2) throw new Error(`spectralDeviation: expected at least 2 samples, got ${count}`);
  const projected = matMul(rows, basis, false, true);
  const variances = div(sum(square(sub(projected, mean(projected, 0))), 0), count - 1) as Tensor1D;
  const { inverseGammas, counts } = targets(variances.dataSync(), law);
  const excess = sub(mul(variances, tensor1d(inverseGammas)), 1);
  const terms = mul(add(square(excess), relu(excess)), tensor1d(counts));
  return mul(sum(terms), 1 / width);
}

/** 1 / gamma of the rank that each variance has, and 1 where it counts, 0 where not. */
function targets(variances: ArrayLike<number>, law: PowerLaw) {
  const order = Array.from(variances, (_, direction) => direction).sort(
    (a, b) => (variances[b] as number) - (variances[a] as number),
  );
  const inverseGammas = new Float32Array(order.length);
  const counts = new Float32Array(order.length);
  const [first, at] = law.kind === 'from one' ? [0, 1] : [law.index + 1, anchorOf(variances, order, law)];
  order.forEach((direction, rank) => {
    if (rank < first || !((variances[direction] as number) > 0)) return;
    inverseGammas[direction] = (rank + 1) ** law.slope / at;
    counts[direction] = 1;
  });
  return { inverseGammas, counts };
}

/** gamma_0 of the law through an eigenvalue. */
function anchorOf(
  variances: ArrayLike<number>,
  order: readonly number[],
  { index, slope }: PowerLaw & { readonly kind: 'through eigenvalue' },
): number {
  return (variances[order[index] as number] as number) * (index + 1) ** slope;
}
