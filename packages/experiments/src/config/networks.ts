import * as v from 'valibot';
import {
  atLeastZero,
  count,
  described,
  describedVariant,
  finiteNumber,
  positive,
  wholeNumber,
} from './fields.js';
import { schedule } from './schedule.js';

const activation = describedVariant('What a layer does to its pre-activations.', [
  v.strictObject({ kind: v.literal('linear') }),
  v.strictObject({ kind: v.literal('relu'), power: described(positive, 'n of ReLU(z)^n.') }),
  v.strictObject({ kind: v.literal('tanh') }),
  v.strictObject({ kind: v.literal('sigmoid') }),
  v.strictObject({ kind: v.literal('hard-tanh') }),
]);

const layer = describedVariant('A layer; the last is dense and linear and gives the logits.', [
  v.strictObject({
    kind: v.literal('dense'),
    units: described(count, 'Units.'),
    bias: described(v.boolean(), 'Whether units have a bias.'),
    activation,
  }),
  v.strictObject({
    kind: v.literal('convolution'),
    filters: described(count, 'Filters.'),
    size: described(count, 'Rows and columns of a filter; the stride is 1.'),
    padding: described(v.picklist(['same', 'valid']), 'same: zeros around; valid: none.'),
    bias: described(v.boolean(), 'Whether filters have a bias.'),
    activation,
  }),
  v.strictObject({
    kind: v.literal('max-pool'),
    size: described(count, 'Rows and columns of a window; windows do not overlap.'),
  }),
  v.strictObject({ kind: v.literal('flatten') }),
  v.strictObject({ kind: v.literal('batch-normalisation') }),
]);

const rampEpochs = described(
  v.optional(count, 1),
  'Epochs over which epsilon (and the step size) grow in equal steps to their values; 1: at once.',
);

const hiddenLayer = v.union(
  [v.literal('last'), v.pipe(wholeNumber, v.minValue(0))],
  'expected last or the number of a hidden layer from 0',
);

const share = v.pipe(finiteNumber, v.minValue(0), v.ltValue(1));

const penalty = describedVariant('A term of the loss beside the cross-entropy, each kind at most once.', [
  v.strictObject({
    kind: v.literal('l2'),
    weight: described(atLeastZero, 'Factor of the sum of the squares of all parameters.'),
  }),
  v.strictObject({
    kind: v.literal('jacobian'),
    weight: described(
      atLeastZero,
      'Factor of 1/2 the mean of ||d logits / dx||_F^2; 0.01 in Hoffman et al. 2019.',
    ),
    form: describedVariant('The whole Jacobian, or random directions in the space of the logits.', [
      v.strictObject({ kind: v.literal('exact') }),
      v.strictObject({
        kind: v.literal('projected'),
        projections: described(count, 'Directions for each sample; 1 in Hoffman et al. 2019.'),
      }),
    ]),
  }),
  v.strictObject({
    kind: v.literal('spectral'),
    weight: described(atLeastZero, 'beta; 1 to 5 in Nassar et al. 2020.'),
    slope: described(positive, 's of the power law n^-s that is asked for; 1 in Nassar et al. 2020.'),
    tau: described(
      v.pipe(wholeNumber, v.minValue(0)),
      'Eigenvalue, from 0, that the power law goes through; 10 in Nassar et al. 2020.',
    ),
    layer: described(hiddenLayer, 'A dense layer, whose post-activations are looked at.'),
  }),
  v.strictObject({
    kind: v.literal('spectral-published'),
    weight: described(
      atLeastZero,
      'Factor of the penalty on the pre-activations (SpecReg of arXiv 2405.00679).',
    ),
    slope: described(positive, 's of n^-s, anchored at 1.'),
    layer: described(hiddenLayer, 'A dense layer.'),
  }),
  v.strictObject({
    kind: v.literal('isometry'),
    weight: described(atLeastZero, 'beta; 0.1 for MNIST in arXiv 2211.01236.'),
    factor: described(positive, 'K; 10 for MNIST in arXiv 2211.01236, 1 elsewhere.'),
    layer: described(hiddenLayer, 'The layer whose distances are compared with those of the inputs.'),
    form: described(
      v.picklist(['distances', 'relative distances']),
      "distances: (K D_hid - D_in)^2; relative distances: the authors' earlier form.",
    ),
  }),
  v.strictObject({
    kind: v.literal('saturation'),
    weight: describedVariant('lambda: constant, or raised while the validation accuracy holds.', [
      v.strictObject({ kind: v.literal('constant'), value: described(atLeastZero, 'lambda of all epochs.') }),
      v.strictObject({
        kind: v.literal('annealed'),
        initial: described(atLeastZero, 'lambda of the first epochs.'),
        step: described(positive, 'What is added at a time.'),
        shrink: described(
          v.pipe(positive, v.ltValue(1)),
          'What the step is multiplied by where the accuracy drops.',
        ),
        largest: described(positive, 'lambda is never above it.'),
        warmUpEpochs: described(v.pipe(wholeNumber, v.minValue(0)), 'Epochs before it is first raised.'),
        epochsPerStep: described(count, 'Epochs at each value before it is judged.'),
        tolerance: described(share, 'By how much the accuracy may stay below the best.'),
      }),
    ]),
    over: described(v.picklist(['mean', 'sum']), 'Mean or sum over the batch.'),
  }),
]);

/** A partition of the classes. */
export const groupsOfClasses = described(
  v.pipe(v.array(v.pipe(wholeNumber, v.minValue(0))), v.minLength(1, 'expected a group for each class')),
  'Group of each class, from 0, in the order of the classes.',
);

/** A network of any layers, trained by gradients of tfjs-core. */
export const networkModel = v.strictObject({
  kind: v.literal('network'),
  layers: described(v.pipe(v.array(layer), v.minLength(1)), 'Layers, from the images to the logits.'),
  initialisation: described(
    v.picklist(['he-normal', 'glorot-uniform', 'fan-in-uniform']),
    'How weights begin: N(0, 2 / fan in); uniform within sqrt(6 / (fan in + fan out)); uniform within 1 / sqrt(fan in).',
  ),
  epochs: described(count, 'Epochs.'),
  batchSize: described(count, 'Images in a minibatch.'),
  learningRate: schedule,
  validationShare: described(
    share,
    'Share of the training images that is held out, for choices and early stop.',
  ),
  earlyStop: describedVariant('Whether the training stops before its last epoch.', [
    v.strictObject({ kind: v.literal('never') }),
    v.strictObject({
      kind: v.literal('patience'),
      epochs: described(count, 'Epochs without a better validation accuracy; the best parameters are kept.'),
    }),
  ]),
  adversarialTraining: describedVariant('Which inputs the network learns from.', [
    v.strictObject({ kind: v.literal('none') }),
    v.strictObject({
      kind: v.literal('fgsm'),
      epsilon: described(positive, 'Step along the sign of the gradient.'),
      rampEpochs,
    }),
    v.strictObject({
      kind: v.literal('pgd'),
      epsilon: described(positive, 'Largest change of a value.'),
      rampEpochs,
      steps: described(count, 'Steps from a random start.'),
      stepSize: described(positive, 'Length of a step.'),
    }),
  ]),
  levels: described(
    v.array(
      v.strictObject({
        groups: groupsOfClasses,
        depth: described(count, 'Hidden layers of the level; rising from level to level.'),
      }),
    ),
    'Coarse to fine, for stacked training (arXiv 2211.01236); none for a network that is trained as a whole.',
  ),
  penalties: v.array(penalty),
});
