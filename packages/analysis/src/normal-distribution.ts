import { bisect, incompleteGamma } from './special-functions.js';

/** P(Z <= z) of the standard normal distribution, with the digits of small tails. */
export function normalProbability(z: number): number {
  if (!Number.isFinite(z)) return z > 0 ? 1 : 0;
  const { lower, upper } = incompleteGamma(0.5, (z * z) / 2);
  return z < 0 ? upper / 2 : (1 + lower) / 2;
}

/** z with P(Z <= z) = probability, for a probability in (0, 1). */
export function normalQuantile(probability: number): number {
  return bisect(-38, 38, (z) => normalProbability(z) - probability);
}
