import * as v from 'valibot';

const finiteNumber = v.pipe(v.number(), v.finite('expected a finite number'));
const wholeNumber = v.pipe(v.number(), v.safeInteger('expected a whole number'));
const count = v.pipe(wholeNumber, v.minValue(1));
const positive = v.pipe(finiteNumber, v.gtValue(0));
const atLeastZero = v.pipe(finiteNumber, v.minValue(0));
const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens'),
);

/** Objects told apart by `kind`. */
function describedVariant<const Options extends v.VariantOptions<'kind'>>(text: string, options: Options) {
  return described(v.variant('kind', options), text);
}

/** A field with what it means; the JSON Schema and docs/run-configuration.md show the text. */
function described<const Schema extends v.GenericSchema>(schema: Schema, text: string) {
  return v.pipe(schema, v.description(text));
}

const schedule = describedVariant('The learning rate of each epoch.', [
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
]);

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

const localLearningModel = v.strictObject({
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
    epochs: described(count, 'Epochs of the readout; 1000 in arXiv 2405.00679.'),
    batchSize: described(count, 'Images in a minibatch; 1000 in arXiv 2405.00679.'),
    learningRate: schedule,
  }),
});

const backpropagationModel = v.strictObject({
  kind: v.literal('backpropagation'),
  hidden: described(count, 'Hidden units; 2000 in arXiv 2405.00679.'),
  power: described(positive, 'n of the activation ReLU(x W)^n; 1 is the SHLP of arXiv 2405.00679.'),
  epochs: described(count, 'Epochs; 1000 in arXiv 2405.00679.'),
  batchSize: described(count, 'Images in a minibatch; 1000 in arXiv 2405.00679.'),
  learningRate: schedule,
  penalties: v.array(
    describedVariant('A term of the loss beside the cross-entropy; l2 at most once.', [
      v.strictObject({
        kind: v.literal('l2'),
        weight: described(
          atLeastZero,
          'Factor of the sum of the squares of all parameters; 5e-4 in arXiv 2405.00679.',
        ),
      }),
      v.strictObject({
        kind: v.literal('custom'),
        name: described(name, 'Name of the penalty among the extensions.'),
      }),
    ]),
  ),
});

const customModel = v.strictObject({
  kind: v.literal('custom'),
  name: described(name, 'Name of the model among the extensions.'),
  settings: described(v.record(v.string(), v.unknown()), 'Whatever the model takes; handed on as it is.'),
});

function fitRange(of: string) {
  return described(
    v.pipe(
      v.tuple([v.pipe(wholeNumber, v.minValue(0)), count]),
      v.check(([from, to]) => from < to, 'expected a range that starts before it ends'),
    ),
    `First and end of the eigenvalues, counted from 0, that the power law is fitted to ${of}. Cut where the spectrum is shorter.`,
  );
}

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

/** The valibot schema of a run configuration; the JSON Schema file of this package is made from it. */
export const runConfigSchema = v.strictObject({
  $schema: v.optional(described(v.string(), 'Where an editor finds the JSON Schema; not read.')),
  schema: described(v.literal(1), 'Version of this format.'),
  name: described(name, 'What the run is called in its report.'),
  dataset: described(
    name,
    'A data set that `hebblab data list` shows, for example mnist-subset, or one of the extensions.',
  ),
  normalisation: describedVariant('How bytes become the values that a network sees.', [
    v.strictObject({
      kind: v.literal('lp'),
      p: described(
        v.pipe(finiteNumber, v.minValue(1)),
        'Each image is divided by its own L_p norm; 3 in arXiv 2405.00679.',
      ),
    }),
    v.strictObject({
      kind: v.literal('divide'),
      by: described(
        v.pipe(finiteNumber, v.minValue(255)),
        'Bytes are divided by this; 255 gives values in [0, 1], the bounds that attacks keep to.',
      ),
    }),
  ]),
  seed: described(v.pipe(wholeNumber, v.minValue(0)), 'Seed of every random number of the run.'),
  models: described(
    v.pipe(
      v.record(
        name,
        describedVariant('How a model is trained.', [localLearningModel, backpropagationModel, customModel]),
      ),
      v.check((models) => Object.keys(models).length > 0, 'expected at least one model'),
    ),
    'Models by the names that the results use; trained and measured in this order.',
  ),
  spectra: v.strictObject({
    fitImages: fitRange('on test images; [10, 500] in arXiv 2405.00679'),
    fitNoise: fitRange('on noise; [10, 100] in arXiv 2405.00679'),
    noiseSamples: described(
      v.pipe(wholeNumber, v.minValue(2)),
      'Draws of N(0, 1) that the spectrum on noise is of; 10000 in arXiv 2405.00679.',
    ),
  }),
  attacks: described(
    v.array(
      v.strictObject({
        kind: described(
          v.picklist(['random', 'fgsm']),
          'random: x + epsilon N(0, I), not clipped; fgsm: epsilon along the sign of the gradient, clipped to [0, 1] (arXiv 2405.00679).',
        ),
        images: described(
          count,
          'Test images that are attacked, the first of the set; all where there are fewer.',
        ),
        grid,
      }),
    ),
    'Attacks on every model, each kind at most once.',
  ),
});

/** Everything that determines a run: data, models, measurements, seed. */
export type RunConfig = v.InferOutput<typeof runConfigSchema>;
/** How one model is trained. */
export type ModelConfig = RunConfig['models'][string];
/** A layer trained by a local rule, pruned, with a softmax readout on top (KHModel of arXiv 2405.00679). */
export type LocalLearningConfig = Extract<ModelConfig, { kind: 'local-learning' }>;
/** A network with one hidden layer trained by Adam, with any penalties (SHLP and L2 of arXiv 2405.00679). */
export type BackpropagationConfig = Extract<ModelConfig, { kind: 'backpropagation' }>;
/** A model of an extension. */
export type CustomModelConfig = Extract<ModelConfig, { kind: 'custom' }>;
/** One attack and its grid of epsilons. */
export type AttackConfig = RunConfig['attacks'][number];
/** The rule of a locally trained layer. */
export type LearningRuleConfig = LocalLearningConfig['rule'];
