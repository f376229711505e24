import { DataError } from '@hebblab/data';
import * as v from 'valibot';

const wholeNumber = v.pipe(v.number(), v.safeInteger());
const count = v.pipe(wholeNumber, v.minValue(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const atLeastZero = v.pipe(v.number(), v.finite(), v.minValue(0));
const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens'),
);

const schedule = v.variant('kind', [
  v.strictObject({ kind: v.literal('constant'), value: positive }),
  v.strictObject({ kind: v.literal('linear'), value: positive }),
  v.strictObject({
    kind: v.literal('steps'),
    steps: v.array(v.strictObject({ until: count, value: positive })),
    after: positive,
  }),
]);

const learningRule = v.variant('kind', [
  v.strictObject({
    kind: v.literal('krotov-hopfield'),
    p: v.pipe(v.number(), v.finite(), v.minValue(2)),
    k: v.pipe(wholeNumber, v.minValue(2)),
    delta: atLeastZero,
    radius: positive,
    precision: positive,
  }),
  v.strictObject({
    kind: v.literal('custom'),
    name,
    p: v.pipe(v.number(), v.finite(), v.minValue(2)),
    radius: positive,
  }),
]);

const localLearningModel = v.strictObject({
  kind: v.literal('local-learning'),
  hidden: count,
  rule: learningRule,
  layer: v.strictObject({
    epochs: count,
    batchSize: count,
    learningRate: schedule,
    initialDeviation: positive,
  }),
  pruning: v.variant('kind', [
    v.strictObject({ kind: v.literal('none') }),
    v.strictObject({ kind: v.literal('published-threshold') }),
    v.strictObject({ kind: v.literal('threshold'), value: positive }),
    v.strictObject({ kind: v.literal('mixture') }),
  ]),
  readout: v.strictObject({ power: positive, epochs: count, batchSize: count, learningRate: schedule }),
});

const backpropagationModel = v.strictObject({
  kind: v.literal('backpropagation'),
  hidden: count,
  power: positive,
  epochs: count,
  batchSize: count,
  learningRate: schedule,
  penalties: v.array(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('l2'), weight: atLeastZero }),
      v.strictObject({ kind: v.literal('custom'), name }),
    ]),
  ),
});

const customModel = v.strictObject({
  kind: v.literal('custom'),
  name,
  settings: v.record(v.string(), v.unknown()),
});

const fitRange = v.pipe(
  v.tuple([v.pipe(wholeNumber, v.minValue(0)), count]),
  v.check(([from, to]) => from < to, 'expected a range that starts before it ends'),
);

/** Of an epsilon 10^exponent that a float32 image can be moved by. */
const exponent = v.pipe(v.number(), v.minValue(-37), v.maxValue(37));

const grid = v.pipe(
  v.strictObject({
    startExponent: exponent,
    stopExponent: exponent,
    count: v.pipe(count, v.minValue(2), v.maxValue(10_000)),
  }),
  v.check(
    ({ startExponent, stopExponent }) => startExponent < stopExponent,
    'expected a grid that starts before it stops',
  ),
);

/** The valibot schema of a run configuration; the JSON Schema file of this package is made from it. */
export const runConfigSchema = v.strictObject({
  $schema: v.optional(v.string()),
  schema: v.literal(1),
  name,
  dataset: name,
  normalisation: v.variant('kind', [
    v.strictObject({ kind: v.literal('lp'), p: v.pipe(v.number(), v.finite(), v.minValue(1)) }),
    v.strictObject({ kind: v.literal('divide'), by: positive }),
  ]),
  seed: v.pipe(wholeNumber, v.minValue(0)),
  models: v.pipe(
    v.record(name, v.variant('kind', [localLearningModel, backpropagationModel, customModel])),
    v.check((models) => Object.keys(models).length > 0, 'expected at least one model'),
  ),
  spectra: v.strictObject({
    fitImages: fitRange,
    fitNoise: fitRange,
    noiseSamples: v.pipe(count, v.minValue(2)),
  }),
  attacks: v.array(v.strictObject({ kind: v.picklist(['random', 'fgsm']), images: count, grid })),
});

/** Everything that determines a run: data, models, measurements, seed. */
export type RunConfig = v.InferOutput<typeof runConfigSchema>;
export type ModelConfig = RunConfig['models'][string];
export type LocalLearningConfig = Extract<ModelConfig, { kind: 'local-learning' }>;
export type BackpropagationConfig = Extract<ModelConfig, { kind: 'backpropagation' }>;
export type CustomModelConfig = Extract<ModelConfig, { kind: 'custom' }>;
export type AttackConfig = RunConfig['attacks'][number];
export type LearningRuleConfig = LocalLearningConfig['rule'];

/**
 * Checks a run configuration completely before anything starts.
 *
 * @param source what the error calls it, for example the file's name
 * @throws DataError that lists every fault, a line each
 * @example
 * const config = parseRunConfig(JSON.parse(text), 'my-run.json');
 */
export function parseRunConfig(value: unknown, source: string): RunConfig {
  const result = v.safeParse(runConfigSchema, value);
  const faults = result.success ? crossFaults(result.output) : result.issues.map(describeIssue);
  if (!result.success || faults.length > 0) {
    const lines = faults.map((fault) => `\n  ${fault}`).join('');
    throw new DataError(
      `run configuration: expected ${source} to fit the schema, got ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:${lines}`,
    );
  }
  return result.output;
}

/** What no single field shows. */
function crossFaults(config: RunConfig): string[] {
  const faults: string[] = [];
  for (const [model, settings] of Object.entries(config.models)) {
    if (settings.kind !== 'local-learning' || settings.rule.kind !== 'krotov-hopfield') continue;
    const { rule, hidden } = settings;
    if (rule.k > hidden)
      faults.push(`models.${model}.rule.k: expected at most hidden (${hidden}), got ${rule.k}`);
  }
  const kinds = config.attacks.map(({ kind }) => kind);
  for (const kind of new Set(kinds.filter((each, index) => kinds.indexOf(each) !== index))) {
    faults.push(`attacks: expected each kind once, got ${kind} twice`);
  }
  return faults;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'the whole';
  if (issue.expected === null) return `${path}: ${issue.message}, got ${issue.received}`;
  const expected = issue.expected === 'never' ? 'no such key' : issue.expected;
  return `${path}: expected ${expected}, got ${issue.received}`;
}
