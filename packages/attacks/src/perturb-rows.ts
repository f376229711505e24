import type { Draw } from './random-source.js';

/**
 * Perturbs the given rows of a prepared batch, each by its own epsilon: [rows.length, inputs], a new array.
 * Rows do not see each other, so that the choice of rows never changes a result.
 */
export type PerturbRows = (
  rows: readonly number[],
  epsilons: readonly number[],
  draw: Draw,
) => Promise<Float32Array>;
