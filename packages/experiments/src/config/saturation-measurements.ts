import * as v from 'valibot';
import { atLeastZero, count, described, describedVariant, name, positive, wholeNumber } from './fields.js';

const images = described(count, 'Test images, the first of the set; all there are where they are fewer.');
const stepShare = described(positive, 'Length of a step, as a share of epsilon.');
const epsilons = described(
  v.pipe(
    v.array(v.pipe(positive, v.maxValue(1))),
    v.minLength(1),
    v.check(
      (values) => values.every((value, index) => index === 0 || value > (values[index - 1] as number)),
      'expected ascending epsilons',
    ),
  ),
  'Budgets in L-infinity, ascending, in units of the normalised images.',
);

const budgetAttack = describedVariant('An attack within a budget, in L-infinity, clipped to [0, 1].', [
  v.strictObject({
    kind: described(v.literal('fgsm'), 'One step along the sign of the gradient.'),
    images,
  }),
  v.strictObject({
    kind: described(v.literal('targeted'), 'Steps towards the class after the label (Kurakin et al. 2017).'),
    images,
    steps: described(count, 'Steps.'),
    stepShare,
  }),
  v.strictObject({
    kind: described(
      v.literal('second-order'),
      'Steps on g.d + d.H d / 2, the second-order expansion of the cross-entropy, which is renewed each round.',
    ),
    images,
    rounds: described(count, 'How often the loss is expanded anew.'),
    steps: described(count, 'Steps on each expansion.'),
    stepShare,
  }),
]);

/** What arXiv 1703.09202 looks at, and how far its robustness can be trusted. */
export const saturationMeasurements = [
  v.strictObject({
    kind: described(
      v.literal('audit'),
      'Whether the robustness against gradients is real (docs/audit): a verdict, each check, and the accuracy that is left.',
    ),
    images,
    epsilons,
    twins: described(
      v.record(name, name),
      'For a model the plainly trained one, further up in models, whose adversarial images are tried on it too.',
    ),
  }),
  v.strictObject({
    kind: described(
      v.literal('adversarial-error'),
      'Share of images that are wrong within a budget, those wrong without an attack included.',
    ),
    epsilons,
    attacks: v.pipe(
      v.array(budgetAttack),
      v.minLength(1),
      v.check(
        (attacks) => new Set(attacks.map(({ kind }) => kind)).size === attacks.length,
        'expected each kind of attack at most once',
      ),
    ),
  }),
  v.strictObject({
    kind: described(
      v.literal('layer-similarity'),
      'Correlations between images in each layer, by class, and the silhouette of the classes.',
    ),
    imagesPerClass: described(
      v.pipe(wholeNumber, v.minValue(2), v.maxValue(100)),
      'Test images of each class.',
    ),
    drawnPerClass: described(count, 'How many of them the matrices in the results have.'),
  }),
  v.strictObject({
    kind: described(
      v.literal('jacobian-paths'),
      'Singular values of d logits / d input on straight paths between images of different classes.',
    ),
    pairs: described(count, 'Pairs of test images.'),
    points: described(v.pipe(wholeNumber, v.minValue(2)), 'Points on each path, both ends included.'),
  }),
  v.strictObject({
    kind: described(
      v.literal('activation-saturation'),
      'How far the activations of each hidden layer are from where the nonlinearity is flat; of layers that have such a place.',
    ),
    images,
    bins: described(count, 'Bins of the histograms.'),
    tolerance: described(atLeastZero, 'A unit counts as saturated within this.'),
  }),
  v.strictObject({
    kind: described(
      v.literal('weight-kurtosis'),
      'Excess kurtosis of the weights of each layer, and ||w||_1 / (sqrt(N) ||w||_2).',
    ),
  }),
] as const;

/** What is measured once a run, of no model. */
export const experiment = describedVariant('An experiment; each kind at most once.', [
  v.strictObject({
    kind: described(
      v.literal('linear-kurtosis'),
      'Error of linear classifiers whose weights have tails of several shapes, beside its theory: needs no training.',
    ),
    shapes: described(
      v.pipe(v.array(v.pipe(positive, v.minValue(0.3), v.maxValue(20))), v.minLength(2)),
      'b of the density exp(-|w|^b): 2 normal, 1 Laplace, less heavier.',
    ),
    inputs: described(count, 'Weights of a classifier.'),
    classifiers: described(v.pipe(wholeNumber, v.minValue(2)), 'Classifiers of each shape.'),
    samples: described(count, 'Inputs that each is asked.'),
    margin: described(positive, 'Mean distance of an input from the boundary, in its deviations.'),
    linfEpsilon: described(positive, 'Budget in L-infinity.'),
    l2Epsilon: described(positive, 'Budget in L2.'),
  }),
]);
