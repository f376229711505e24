import { requireMatrix } from './matrix.js';
import { normalProbability } from './normal-distribution.js';

/** The norm that bounds a perturbation. */
export type PerturbationNorm = 'linf' | 'l2';

/**
 * Error of a linear classifier of two classes, sign(w.x + bias), under the worst perturbation of norm eps, exactly: a
 * perturbation moves the score by at most eps ||w||_1 (L-infinity) or eps ||w||_2 (L2). Inputs are not clipped.
 *
 * @param weights - w, [inputs], not all zero
 * @param inputs - [count, inputs], finite
 * @param labels - [count], 1 or -1
 * @param epsilon - at least 0
 * @returns share in [0, 1]; a score of exactly 0 counts as wrong
 * @throws Error where sizes do not fit, a value is not finite, a label is not 1 or -1, or epsilon is negative.
 *
 * @example
 * linearError({ weights: Float64Array.of(3, -4), bias: 0, inputs: Float64Array.of(1, 0), labels: [1], norm: 'linf', epsilon: 0.5 }); // 3 - 3.5 < 0: 1
 */
export function linearError(settings: {
  readonly weights: Float32Array | Float64Array;
  readonly bias: number;
  readonly inputs: Float32Array | Float64Array;
  readonly labels: ArrayLike<number>;
  readonly norm: PerturbationNorm;
  readonly epsilon: number;
}): number {
  const { weights, bias, inputs, labels, norm, epsilon } = settings;
  const features = weights.length;
  requireMatrix('linearError', weights, { rows: 1, columns: features });
  requireMatrix('linearError', inputs, { rows: labels.length, columns: features });
  requireEpsilon('linearError', epsilon);
  if (!Number.isFinite(bias)) throw new Error(`linearError: expected a finite bias, got ${bias}`);
  let sizeOfWeights = 0;
  for (const weight of weights) sizeOfWeights += norm === 'linf' ? Math.abs(weight) : weight * weight;
  const reach = epsilon * (norm === 'linf' ? sizeOfWeights : Math.sqrt(sizeOfWeights));
  let wrong = 0;
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample] as number;
    if (label !== 1 && label !== -1) throw new Error(`linearError: expected labels 1 or -1, got ${label}`);
    let score = bias;
    for (let i = 0; i < features; i++) {
      score += (weights[i] as number) * (inputs[sample * features + i] as number);
    }
    if (label * score - reach <= 0) wrong++;
  }
  return wrong / labels.length;
}

/**
 * The error that theory expects of {@link linearError} where the margins y w.x / ||w||_2 are normal: P(Z <= (eps g - margin) /
 * deviation), with g = sqrt(inputs) normRatio for L-infinity perturbations and 1 for L2. With
 * `generalisedGaussianNormRatio(b)` this is the curve over the shape b: heavier tails protect against L-infinity
 * perturbations and do nothing against L2 (arXiv 1703.09202: kurtosis alone protects a linear classifier).
 *
 * @param settings - margin and deviation (> 0) of the normal margins; normRatio in (0, 1], ||w||_1 / (sqrt(N) ||w||_2)
 * @returns in [0, 1]
 * @throws Error where a setting is out of range.
 *
 * @example
 * linearErrorTheory({ margin: 2, deviation: 1, inputs: 784, normRatio: 0.798, norm: 'linf', epsilon: 0.05 }); // 0.188...
 */
export function linearErrorTheory(settings: {
  readonly margin: number;
  readonly deviation: number;
  readonly inputs: number;
  readonly normRatio: number;
  readonly norm: PerturbationNorm;
  readonly epsilon: number;
}): number {
  const { margin, deviation, inputs, normRatio, norm, epsilon } = settings;
  requireEpsilon('linearErrorTheory', epsilon);
  if (!Number.isFinite(margin)) throw new Error(`linearErrorTheory: expected a finite margin, got ${margin}`);
  if (!(deviation > 0 && Number.isFinite(deviation))) {
    throw new Error(`linearErrorTheory: expected a positive deviation, got ${deviation}`);
  }
  if (!Number.isInteger(inputs) || inputs < 1) {
    throw new Error(`linearErrorTheory: expected a positive number of inputs, got ${inputs}`);
  }
  if (!(normRatio > 0 && normRatio <= 1)) {
    throw new Error(`linearErrorTheory: expected a norm ratio in (0, 1], got ${normRatio}`);
  }
  const gain = norm === 'linf' ? Math.sqrt(inputs) * normRatio : 1;
  return normalProbability((epsilon * gain - margin) / deviation);
}

function requireEpsilon(operation: string, epsilon: number): void {
  if (!(epsilon >= 0 && Number.isFinite(epsilon))) {
    throw new Error(`${operation}: expected epsilon of at least 0, got ${epsilon}`);
  }
}
