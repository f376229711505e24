import type { Float32Buffer, Uint32Buffer } from './arrays.js';
import { expectInteger, expectShape, matrixSizes } from './check.js';
import type { Competition } from './krotov-hopfield.js';
import type { Kernels } from './open.js';

/**
 * The unit with the largest value per sample; the lower index where tied. On logits this is the predicted class.
 *
 * @param values [count, units]
 * @param winner [count]
 * @throws where shapes do not fit or a value is not finite
 * @example
 * winners(kernels, logits, predictedClasses);
 */
export function winners(kernels: Kernels, values: Float32Buffer, winner: Uint32Buffer): void {
  const [count, units] = matrixSizes('winners', 'values', values);
  expectShape('winners', 'values', kernels, values, [count, units]);
  expectShape('winners', 'winner', kernels, winner, [count]);
  kernels.raw.winners(values.offset, count, units, winner.offset);
}

/**
 * The units with the largest and the k-th largest value per sample; of equal values the lower index ranks first.
 *
 * @param values [count, units]
 * @param k 2 <= k <= units
 * @throws where shapes do not fit, k is out of range, or a value is not finite
 * @example
 * winnersAndRivals(kernels, preactivations, 2, { winner, rival });
 */
export function winnersAndRivals(
  kernels: Kernels,
  values: Float32Buffer,
  k: number,
  { winner, rival }: Competition,
): void {
  const operation = 'winnersAndRivals';
  const [count, units] = matrixSizes(operation, 'values', values);
  expectInteger(operation, 'k', k, 2, units);
  expectShape(operation, 'values', kernels, values, [count, units]);
  expectShape(operation, 'winner', kernels, winner, [count]);
  expectShape(operation, 'rival', kernels, rival, [count]);
  kernels.raw.winnersAndRivals(values.offset, count, units, k, winner.offset, rival.offset);
}
