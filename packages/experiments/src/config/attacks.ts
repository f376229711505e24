import * as v from 'valibot';
import { count, described, wholeNumber } from './fields.js';

/** Of an epsilon that a float32 image can be moved by. */
const exponentOfTen = v.pipe(v.number(), v.minValue(-37), v.maxValue(37));

const grid = v.pipe(
  v.strictObject({
    startExponent: described(exponentOfTen, 'The least epsilon is 10 to this power.'),
    stopExponent: described(exponentOfTen, 'The largest epsilon is 10 to this power.'),
    count: described(
      v.pipe(wholeNumber, v.minValue(2), v.maxValue(10_000)),
      'Epsilons, spaced evenly in their logarithm; 400 in arXiv 2405.00679.',
    ),
  }),
  v.check(
    ({ startExponent, stopExponent }) => startExponent < stopExponent,
    'expected a grid that starts before it stops',
  ),
);

/** An attack on every model. */
export const attack = v.strictObject({
  kind: described(
    v.picklist(['random', 'fgsm', 'pgd']),
    'random: x + epsilon N(0, I), not clipped; fgsm: epsilon along the sign of the gradient, clipped to [0, 1]; pgd: 20 steps of 1e-2 along the sign (0.1 epsilon where epsilon < 1e-2) within epsilon, clipped after the last (arXiv 2405.00679).',
  ),
  images: described(count, 'Test images that are attacked; all there are where they are fewer.'),
  chosen: described(
    v.optional(v.picklist(['first', 'first-correct']), 'first'),
    'first: the first of the set; first-correct: the first that the model classifies correctly.',
  ),
  grid,
});
