import * as v from 'valibot';
import { count, described, describedVariant, positive } from './fields.js';

/** How the learning rate goes; as Schedule of @hebblab/models. */
export const schedule = describedVariant('The learning rate of each epoch.', [
  v.strictObject({
    kind: v.literal('constant'),
    value: described(positive, 'Learning rate of every epoch.'),
  }),
  v.strictObject({
    kind: v.literal('linear'),
    value: described(
      positive,
      'eps0 of eps(epoch) = (1 - epoch / epochs) eps0; the last epoch, whose rate would be 0, is not run (arXiv 2405.00679).',
    ),
  }),
  v.strictObject({
    kind: v.literal('steps'),
    steps: v.pipe(
      v.array(
        v.strictObject({
          until: described(count, 'Last epoch of the step, counted from 1; in rising order.'),
          value: described(positive, 'Learning rate of the step.'),
        }),
      ),
      v.check(
        (steps) => steps.every(({ until }, index) => until > (steps[index - 1]?.until ?? 0)),
        'expected steps whose `until` rises',
      ),
    ),
    after: described(positive, 'Learning rate after the last step.'),
  }),
  v.strictObject({
    kind: v.literal('exponential'),
    value: described(positive, 'Learning rate up to the epoch `until`.'),
    until: described(count, 'Last epoch before the decay, counted from 1.'),
    decayEpochs: described(
      positive,
      'Epochs in which the rate falls to 1/e, value exp(-(epoch - until) / decayEpochs); 30 for the SpecReg of arXiv 2405.00679.',
    ),
  }),
]);
