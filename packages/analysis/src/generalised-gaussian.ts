import { bisect, incompleteGamma, logGamma } from './special-functions.js';

/**
 * Excess kurtosis of the generalised normal distribution, density ~ exp(-|w|^shape): G(5/b) G(1/b) / G(3/b)^2 - 3. It is 0
 * at shape 2 (normal), 3 at 1 (Laplace), -1.2 in the limit of a large one (uniform).
 *
 * @param shape - b > 0
 * @throws Error where the shape is not positive.
 *
 * @example
 * generalisedGaussianKurtosis(1); // 3
 */
export function generalisedGaussianKurtosis(shape: number): number {
  requireShape('generalisedGaussianKurtosis', shape);
  return Math.exp(logGamma(5 / shape) + logGamma(1 / shape) - 2 * logGamma(3 / shape)) - 3;
}

/**
 * E|w| / sqrt(E w^2) of the generalised normal distribution, G(2/b) / sqrt(G(1/b) G(3/b)): what {@link normRatio} tends to
 * for many independent weights. 0.798 at shape 2, 0.707 at 1: heavier tails are safer against L-infinity perturbations.
 *
 * @param shape - b > 0
 * @throws Error where the shape is not positive.
 *
 * @example
 * generalisedGaussianNormRatio(1); // 0.7071...
 */
export function generalisedGaussianNormRatio(shape: number): number {
  requireShape('generalisedGaussianNormRatio', shape);
  return Math.exp(logGamma(2 / shape) - (logGamma(1 / shape) + logGamma(3 / shape)) / 2);
}

/**
 * Independent draws from the generalised normal distribution of mean 0 and variance 1, by the inverse of its distribution
 * function: |w| = s (P^-1(1/b, |2u - 1|))^(1/b), the sign that of u - 1/2, so that each value depends on its own uniform
 * number alone.
 *
 * @param shape - b in [0.1, 100]
 * @param uniforms - in [0, 1); 0 stands for 2^-25
 * @returns [uniforms.length]
 * @throws Error where the shape or a number is out of range.
 *
 * @example
 * const weights = sampleGeneralisedGaussian(1, uniforms); // Laplace weights
 */
export function sampleGeneralisedGaussian(
  shape: number,
  uniforms: Float32Array | Float64Array,
): Float64Array {
  if (!(shape >= 0.1 && shape <= 100)) {
    throw new Error(`sampleGeneralisedGaussian: expected a shape in [0.1, 100], got ${shape}`);
  }
  const scale = Math.exp((logGamma(1 / shape) - logGamma(3 / shape)) / 2);
  return Float64Array.from(uniforms, (uniform) => {
    if (!(uniform >= 0 && uniform < 1)) {
      throw new Error(`sampleGeneralisedGaussian: expected uniform numbers in [0, 1), got ${uniform}`);
    }
    // Numbers of 24 bits have 0 but not 1: half a step from 0 the draw is finite.
    const inside = uniform === 0 ? 2 ** -25 : uniform;
    const tail = 2 * Math.min(inside, 1 - inside);
    const magnitude = scale * inverseUpperGamma(1 / shape, tail) ** (1 / shape);
    return inside < 0.5 ? -magnitude : magnitude;
  });
}

/** x with Q(a, x) = upper, by bisection in log x. */
function inverseUpperGamma(a: number, upper: number): number {
  if (upper >= 1) return 0;
  const logX = bisect(-700, Math.log(1000 + 20 * a), (log) => {
    const measured = incompleteGamma(a, Math.exp(log));
    // The smaller of the two has the digits.
    return upper < 0.5 ? upper - measured.upper : measured.lower - (1 - upper);
  });
  return Math.exp(logX);
}

function requireShape(operation: string, shape: number): void {
  if (!(shape > 0 && Number.isFinite(shape))) {
    throw new Error(`${operation}: expected a positive shape, got ${shape}`);
  }
}
