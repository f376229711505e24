/** A spectrum in any order and scale. */
export type Spectrum = Float64Array | Float32Array;

/**
 * Participation ratio, (sum lambda)^2 / sum lambda^2: the number of equal eigenvalues that would spread as much.
 *
 * @param eigenvalues - of a covariance; negative rounding errors do no harm
 * @throws Error where an eigenvalue is not finite or all are zero.
 *
 * @example
 * participationRatio(Float64Array.of(1, 1, 1, 0)); // 3
 */
export function participationRatio(eigenvalues: Spectrum): number {
  requireSpectrum('participationRatio', eigenvalues);
  return sum(eigenvalues) ** 2 / sumOfSquares(eigenvalues);
}

/**
 * Effective rank, exp of the entropy of q = lambda / sum lambda, over the positive eigenvalues (Roy & Vetterli 2007).
 *
 * @param eigenvalues - of a covariance; values <= 0 are dropped
 * @throws Error where an eigenvalue is not finite or none is positive.
 *
 * @example
 * effectiveRank(Float64Array.of(1, 1, 1, 0)); // 3
 */
export function effectiveRank(eigenvalues: Spectrum): number {
  const positive = eigenvalues.filter((value) => !(value <= 0));
  requireSpectrum('effectiveRank', positive);
  const total = sum(positive);
  return exponentialOfEntropy(positive, (value) => value / total);
}

/**
 * Stable rank, ||X||_F^2 / ||X||_2^2.
 *
 * @param singularValues - of the samples X, not centred
 * @throws Error where a singular value is not finite or all are zero.
 *
 * @example
 * stableRank(Float64Array.of(2, 1)); // 1.25
 */
export function stableRank(singularValues: Spectrum): number {
  requireSpectrum('stableRank', singularValues);
  let largest = 0;
  for (const value of singularValues) largest = Math.max(largest, Math.abs(value));
  return sumOfSquares(singularValues) / largest ** 2;
}

/**
 * RankMe, exp of the entropy of q = s / sum s + 1e-7 (Garrido et al. 2023).
 *
 * @param singularValues - of the samples, not centred: min(samples, features) of them
 * @throws Error where a singular value is not finite or negative, or all are zero.
 *
 * @example
 * rankMe(Float64Array.of(1, 1, 1)); // 3.0000...
 */
export function rankMe(singularValues: Spectrum): number {
  requireSpectrum('rankMe', singularValues);
  const negative = singularValues.find((value) => value < 0);
  if (negative !== undefined) {
    throw new Error(`rankMe: expected singular values of at least 0, got ${negative}`);
  }
  const total = sum(singularValues);
  return exponentialOfEntropy(singularValues, (value) => value / total + 1e-7);
}

function requireSpectrum(operation: string, spectrum: Spectrum): void {
  const faulty = spectrum.findIndex((value) => !Number.isFinite(value));
  if (faulty >= 0) {
    throw new Error(`${operation}: expected finite values, got ${spectrum[faulty]} at index ${faulty}`);
  }
  if (spectrum.every((value) => value === 0)) {
    throw new Error(`${operation}: expected a value other than zero, got none among ${spectrum.length}`);
  }
}

function exponentialOfEntropy(spectrum: Spectrum, share: (value: number) => number): number {
  let entropy = 0;
  for (const value of spectrum) {
    const q = share(value);
    entropy -= q * Math.log(q);
  }
  return Math.exp(entropy);
}

function sum(spectrum: Spectrum): number {
  let total = 0;
  for (const value of spectrum) total += value;
  return total;
}

function sumOfSquares(spectrum: Spectrum): number {
  let total = 0;
  for (const value of spectrum) total += value * value;
  return total;
}
