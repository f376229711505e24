import * as v from 'valibot';
import { atLeastZero, count, described, describedVariant, name, positive } from './fields.js';
import { schedule } from './schedule.js';

/** A network with one hidden layer, trained in closed form. */
export const backpropagationModel = v.strictObject({
  kind: v.literal('backpropagation'),
  hidden: described(count, 'Hidden units; 2000 in arXiv 2405.00679.'),
  power: described(positive, 'n of the activation ReLU(x W)^n; 1 is the SHLP of arXiv 2405.00679.'),
  epochs: described(count, 'Epochs; 1000 in arXiv 2405.00679.'),
  batchSize: described(count, 'Images in a minibatch; 1000 in arXiv 2405.00679.'),
  learningRate: schedule,
  penalties: v.array(
    describedVariant('A term of the loss beside the cross-entropy; l2 and hidden-decay at most once.', [
      v.strictObject({
        kind: v.literal('l2'),
        weight: described(
          atLeastZero,
          'Factor of the sum of the squares of all parameters; 5e-4 in arXiv 2405.00679.',
        ),
      }),
      v.strictObject({
        kind: v.literal('hidden-decay'),
        weight: described(
          atLeastZero,
          'Factor of the sum of the squares of the hidden weights; 3.3e-4 is the JacReg that arXiv 2405.00679 trained.',
        ),
      }),
      v.strictObject({
        kind: v.literal('custom'),
        name: described(name, 'Name of the penalty among the extensions.'),
      }),
    ]),
  ),
});

/** The network that `backpropagation` starts from, untrained: a control. */
export const initialisedModel = v.strictObject({
  kind: v.literal('initialised'),
  hidden: described(count, 'Hidden units; 2000 in arXiv 2405.00679.'),
  power: described(positive, 'n of the activation ReLU(x W)^n; 1 for the SHLP of arXiv 2405.00679.'),
});
