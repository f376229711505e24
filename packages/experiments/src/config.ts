import * as v from 'valibot';
import { attack } from './config/attacks.js';
import { backpropagationModel, initialisedModel } from './config/backpropagation.js';
import { count, described, describedVariant, finiteNumber, name, wholeNumber } from './config/fields.js';
import { localLearningModel } from './config/local-learning.js';
import { measurement } from './config/measurements.js';
import { networkModel } from './config/networks.js';
import { experiment } from './config/saturation-measurements.js';

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
  seeds: described(
    v.optional(count, 1),
    'Seeds: with more than 1 every model is trained with seed, seed + 1, ...; results are means with intervals.',
  ),
  models: described(
    v.pipe(
      v.record(
        name,
        describedVariant('How a model is trained.', [
          localLearningModel,
          backpropagationModel,
          initialisedModel,
          networkModel,
          customModel,
        ]),
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
  attacks: described(v.array(attack), 'Attacks on every model, each kind at most once in each form.'),
  measurements: described(
    v.optional(v.array(measurement), []),
    'What else is measured of every model, each kind at most once.',
  ),
  experiments: v.optional(described(v.array(experiment), 'What is measured once, of no model.')),
  claims: described(
    v.optional(v.picklist(['none', 'paper-a', 'paper-b', 'paper-b-hierarchy', 'paper-c']), 'none'),
    'Whose claims are judged on the results, by the names of the models; paper-a: those of arXiv 2405.00679; paper-b: those of arXiv 2211.01236, between cse and every beta-...; paper-b-hierarchy: that of its hierarchies alone, between hierarchy and flat; paper-c: those of arXiv 1703.09202.',
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
/** A network of any layers. */
export type NetworkConfig = Extract<ModelConfig, { kind: 'network' }>;
/** The untrained control. */
export type InitialisedConfig = Extract<ModelConfig, { kind: 'initialised' }>;
/** A model of an extension. */
export type CustomModelConfig = Extract<ModelConfig, { kind: 'custom' }>;
/** One attack and its grid of epsilons. */
export type AttackConfig = RunConfig['attacks'][number];
/** Something else that is measured. */
export type MeasurementConfig = RunConfig['measurements'][number];
/** What is measured of no model. */
export type ExperimentConfig = NonNullable<RunConfig['experiments']>[number];
/** The rule of a locally trained layer. */
export type LearningRuleConfig = LocalLearningConfig['rule'];
