import * as v from 'valibot';
import { count, described, describedVariant, wholeNumber } from './fields.js';

/** Of an epsilon that a float32 image can be moved by. */
const exponentOfTen = v.pipe(v.number(), v.minValue(-37), v.maxValue(37));

/** Closer epsilons give much the same float32 image. */
const leastSpacing = 1e-6;

/** Epsilons. */
export const grid = v.pipe(
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
  v.check(
    ({ startExponent, stopExponent, count }) =>
      startExponent >= stopExponent || (stopExponent - startExponent) / (count - 1) >= leastSpacing,
    `expected epsilons whose logarithms lie at least ${leastSpacing} apart`,
  ),
);

const images = described(count, 'Test images that are attacked; all there are where they are fewer.');

const chosen = described(
  v.optional(v.picklist(['first', 'first-correct']), 'first'),
  'first: the first of the set; first-correct: the first that the model classifies correctly.',
);

const form = described(
  v.optional(v.picklist(['grid', 'bisection']), 'grid'),
  'grid: critical distance at the first epsilon of the grid that flips an image, and relative accuracy at each; bisection: critical distance between the ends of the grid to its spacing, in a tenth of the calls.',
);

/** An attack on every model. */
export const attack = describedVariant('An attack; each kind at most once in each form.', [
  v.strictObject({
    kind: described(v.literal('random'), 'x + epsilon N(0, I), not clipped (arXiv 2405.00679).'),
    form,
    images,
    chosen,
    grid,
  }),
  v.strictObject({
    kind: described(
      v.literal('fgsm'),
      'epsilon along the sign of the gradient, clipped to [0, 1] (arXiv 2405.00679).',
    ),
    form,
    images,
    chosen,
    grid,
  }),
  v.strictObject({
    kind: described(
      v.literal('pgd'),
      '20 steps of 1e-2 along the sign (0.1 epsilon where epsilon < 1e-2) within epsilon, clipped after the last (arXiv 2405.00679).',
    ),
    form,
    images,
    chosen,
    grid,
  }),
  v.strictObject({
    kind: described(
      v.literal('minimal'),
      'The shortest perturbation in L2 that the fast minimum-norm attack finds, in any direction (Pintor et al. 2021).',
    ),
    images,
    chosen,
  }),
]);
