import * as v from 'valibot';
import {
  atLeastZero,
  count,
  described,
  describedVariant,
  finiteNumber,
  name,
  positive,
  wholeNumber,
} from './fields.js';
import { schedule } from './schedule.js';

const exponent = v.pipe(finiteNumber, v.minValue(2));

const learningRule = describedVariant('The local rule that trains the layer.', [
  v.strictObject({
    kind: v.literal('krotov-hopfield'),
    p: described(
      exponent,
      'Exponent of the norm that weights converge to; 3 in arXiv 2405.00679, 2 in the demo of Krotov & Hopfield 2019.',
    ),
    k: described(
      v.pipe(wholeNumber, v.minValue(2)),
      'Rank of the unit that unlearns, at most `hidden`; 2 on CIFAR-10 and 7 on MNIST in arXiv 2405.00679.',
    ),
    delta: described(atLeastZero, 'Strength of the unlearning; 0.4 in arXiv 2405.00679.'),
    radius: described(positive, 'Norm R that the weights of a unit converge to; 1 in arXiv 2405.00679.'),
    precision: described(
      positive,
      "Least number that a minibatch's update is divided by; 1e-9 in the code of arXiv 2405.00679.",
    ),
  }),
  v.strictObject({
    kind: v.literal('custom'),
    name: described(name, 'Name of the rule among the extensions.'),
    p: described(exponent, 'Exponent of the pre-activation W |W|^(p-2) x, and of the norm; 2 for W x.'),
    radius: described(positive, 'Norm that counts as converged in the metrics.'),
  }),
]);

/** A layer trained by a local rule, with a readout on top. */
export const localLearningModel = v.strictObject({
  kind: v.literal('local-learning'),
  hidden: described(count, 'Hidden units; 2000 in arXiv 2405.00679.'),
  rule: learningRule,
  layer: v.strictObject({
    epochs: described(count, 'Epochs of the layer; 1000 in arXiv 2405.00679.'),
    batchSize: described(
      count,
      'Images in a minibatch; 1000 on CIFAR-10 and 100 on MNIST in arXiv 2405.00679.',
    ),
    learningRate: schedule,
    initialDeviation: described(
      positive,
      'Standard deviation of the normal draws that weights start from; 1 in arXiv 2405.00679.',
    ),
  }),
  pruning: describedVariant(
    'Which units are set to 0 because their weights stayed noisy (arXiv 2405.00679): none; those with at least a variance, which is `value`, or the 0.0015 of the paper scaled to radius and inputs (`published-threshold`), or found between the Gaussians of a mixture fitted to the log variances (`mixture`).',
    [
      v.strictObject({ kind: v.literal('none') }),
      v.strictObject({ kind: v.literal('published-threshold') }),
      v.strictObject({
        kind: v.literal('threshold'),
        value: described(positive, 'Variance at and above which a unit is pruned.'),
      }),
      v.strictObject({ kind: v.literal('mixture') }),
    ],
  ),
  readout: v.strictObject({
    power: described(positive, 'n of the features ReLU(h)^n; 4.5 in Krotov & Hopfield 2019.'),
    loss: v.exactOptional(
      described(
        v.strictObject({
          kind: v.literal('tanh'),
          beta: described(positive, 'beta of c = tanh(beta S r); 0.01 in Krotov & Hopfield 2019.'),
          exponent: described(
            v.pipe(finiteNumber, v.minValue(1)),
            'm of the loss, the sum of |c - t|^m over the classes, t = 1 or -1; 6 in Krotov & Hopfield 2019.',
          ),
        }),
        'The classifier of Krotov & Hopfield 2019 instead of softmax and cross-entropy; attacks see the values before tanh.',
      ),
    ),
    epochs: described(count, 'Epochs of the readout; 1000 in arXiv 2405.00679.'),
    batchSize: described(count, 'Images in a minibatch; 1000 in arXiv 2405.00679.'),
    learningRate: schedule,
  }),
});
