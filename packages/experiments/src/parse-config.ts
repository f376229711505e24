import { DataError } from '@hebblab/data';
import * as v from 'valibot';
import { hierarchyFaults, treeFaults } from './config/hierarchy-faults.js';
import { networkFaults } from './config/network-faults.js';
import { type RunConfig, runConfigSchema } from './config.js';

/**
 * Checks a run configuration completely before anything starts.
 *
 * @param source what the error calls it, for example the file's name
 * @throws DataError that lists every fault, a line each: path, what was expected, what came
 * @example
 * const config = parseRunConfig(JSON.parse(text), 'my-run.json');
 */
export function parseRunConfig(value: unknown, source: string): RunConfig {
  const result = v.safeParse(runConfigSchema, value);
  const faults = [...(result.issues ?? []).map(describeIssue), ...faultsBetweenFields(value)];
  if (result.success && faults.length === 0) return result.output;
  const lines = faults.map((fault) => `\n  ${fault}`).join('');
  const number = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  throw new DataError(`run configuration: expected ${source} to fit the schema, got ${number}:${lines}`);
}

/**
 * What no single field shows. Each check looks at the fields that it needs alone, so that its fault is listed beside
 * those of other fields.
 */
function faultsBetweenFields(config: unknown): string[] {
  const { models, attacks, measurements, experiments } = v.parse(
    v.fallback(looseConfig, { models: {}, attacks: [], measurements: [], experiments: [] }),
    config,
  );
  const faults = Object.entries(models).flatMap(([name, model]) => modelFaults(`models.${name}`, model));
  faults.push(...repeated('attacks', attacks), ...repeated('measurements', measurements));
  measurements.forEach((each, index) => {
    faults.push(...treeFaults(`measurements.${index}`, each));
  });
  faults.push(...repeated('experiments', experiments), ...twinFaults(models, measurements));
  return faults;
}

const looseConfig = v.object({
  models: v.fallback(v.record(v.string(), v.unknown()), {}),
  attacks: v.fallback(v.array(v.unknown()), []),
  measurements: v.fallback(v.array(v.unknown()), []),
  experiments: v.fallback(v.array(v.unknown()), []),
});

/** A twin must be trained before the model whose audit asks for it. */
function twinFaults(models: Readonly<Record<string, unknown>>, measurements: readonly unknown[]): string[] {
  const names = Object.keys(models);
  return measurements.flatMap((measurement, index) => {
    if (!v.is(withTwins, measurement)) return [];
    return Object.entries(measurement.twins).flatMap(([model, twin]) => {
      const path = `measurements.${index}.twins.${model}`;
      if (!names.includes(model)) return [`${path}: expected the name of a model, got ${model}`];
      if (names.slice(0, names.indexOf(model)).includes(twin)) return [];
      return [`${path}: expected a model that stands before ${model}, got ${twin}`];
    });
  });
}

const withTwins = v.object({ kind: v.literal('audit'), twins: v.record(v.string(), v.string()) });

/** What results are named after may be there once. */
function repeated(path: string, entries: readonly unknown[]): string[] {
  const names = entries.flatMap((entry) => {
    if (!v.is(withKind, entry)) return [];
    return [at(entry, 'form') === 'bisection' ? `${entry.kind} by bisection` : entry.kind];
  });
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) =>
      `${path}: expected each kind at most once, got ${name} ${names.filter((each) => each === name).length} times`,
  );
}
const withKind = v.object({ kind: v.string() });
const withRank = v.object({
  hidden: v.number(),
  rule: v.object({ kind: v.literal('krotov-hopfield'), k: v.number() }),
});
const ofOneLinearEpoch = v.object({
  epochs: v.literal(1),
  learningRate: v.object({ kind: v.literal('linear') }),
});

function modelFaults(path: string, model: unknown): string[] {
  const faults: string[] = [];
  if (v.is(withRank, model) && model.rule.k > model.hidden) {
    faults.push(`${path}.rule.k: expected at most hidden, which is ${model.hidden}, got ${model.rule.k}`);
  }
  const trainings = v.is(v.object({}), model)
    ? { '': model, '.layer': at(model, 'layer'), '.readout': at(model, 'readout') }
    : {};
  for (const [part, training] of Object.entries(trainings)) {
    if (!v.is(ofOneLinearEpoch, training)) continue;
    faults.push(`${path}${part}.epochs: expected at least 2 with a linear learning rate, got 1`);
  }
  faults.push(...hierarchyFaults(path, model), ...networkFaults(path, model));
  const penalties = at(model, 'penalties');
  const named = Array.isArray(penalties)
    ? penalties.flatMap((each) => (v.is(withKind, each) ? [each.kind] : []))
    : [];
  for (const kind of new Set(
    named.filter((each, index) => each !== 'custom' && named.indexOf(each) !== index),
  )) {
    const times = named.filter((each) => each === kind).length;
    faults.push(`${path}.penalties: expected ${kind} at most once, got it ${times} times`);
  }
  return faults;
}

function at(value: unknown, key: string): unknown {
  return v.is(v.record(v.string(), v.unknown()), value) ? value[key] : undefined;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'the whole';
  if (issue.expected === 'never') return `${path}: expected no such key, got one`;
  if (issue.received === 'undefined') return `${path}: expected a value, got none`;
  return `${path}: ${expectation(issue)}, got ${received(issue)}`;
}

function expectation({ expected, message }: v.BaseIssue<unknown>): string {
  if (message.startsWith('expected') || expected === null) return message;
  const bound = /^(?<sign>[<>]=?)(?<limit>.*)$/.exec(expected)?.groups;
  if (bound !== undefined) return `expected a number ${bound.sign} ${bound.limit}`;
  return `expected ${typeNames[expected] ?? expected.replace(/^\((.*)\)$/, '$1')}`;
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a number',
  string: 'a text',
  Object: 'an object',
  Array: 'a list',
};

function received({ input, received }: v.BaseIssue<unknown>): string {
  return typeof input === 'object' ? JSON.stringify(input) : received;
}
