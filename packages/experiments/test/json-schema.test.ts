import { readFileSync } from 'node:fs';
import { DataError } from '@hebblab/data';
import { parseRunConfig, presets } from '@hebblab/experiments';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentFile, makeDocument, makeSchemaFile } from '../../../scripts/lib/run-configuration.js';
import { fits } from './support/json-schema.js';
import { tinyConfig } from './support/tiny-run.js';

const text = readFileSync(
  new URL(import.meta.resolve('@hebblab/experiments/run-configuration.schema.json')),
  'utf8',
);
const schema = JSON.parse(text);

describe('the JSON Schema of run configurations', () => {
  it('is in step with the valibot schema (else run scripts/write-run-configuration.js)', () => {
    expect(text).toBe(makeSchemaFile());
  });

  it('is in step with the tables of docs/run-configuration.md', () => {
    const page = readFileSync(documentFile, 'utf8');
    expect(makeDocument(page)).toBe(page);
    expect(page).toContain('| `models` |');
  });

  it.each(Object.entries(presets))('accepts the preset %s', (_, preset) => {
    expect(fits(schema, JSON.parse(JSON.stringify(preset)))).toBe(true);
  });

  it('accepts and refuses what hebblab does, wherever one value is changed', () => {
    const places = placesIn(tinyConfig);
    const values = fc.constantFrom(
      null,
      0,
      1,
      2,
      254,
      255,
      -1,
      0.5,
      'mnist',
      'fgsm',
      'l2',
      'No Name',
      [],
      {},
      [1, 8],
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), values, (place, value) => {
        // valibot takes a list for a record; an empty one is then refused as no models.
        fc.pre(!(Array.isArray(value) && place.at(-1) === 'models'));
        const changed = structuredClone(tinyConfig);
        setAt(changed, place, value);
        // Checks between fields are not in the file: it may accept more.
        const betweenFields = /range that starts|grid that starts|at least one model|at most|at least 2/;
        const faults = faultsOf(changed);
        expect(fits(schema, changed)).toBe(faults.every((fault) => betweenFields.test(fault)));
      }),
      { numRuns: 2000 },
    );
  });
});

type Place = readonly (string | number)[];

function placesIn(value: unknown, path: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]));
  return path.length === 0 ? inside : [path, ...inside, [...path, 'surplus']];
}

function setAt(root: unknown, place: Place, value: unknown): void {
  const holder = place.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], root);
  if (!Array.isArray(holder) || place.at(-1) !== 'surplus') {
    (holder as Record<string, unknown>)[String(place.at(-1))] = value;
  }
}

function faultsOf(value: unknown): string[] {
  try {
    parseRunConfig(value, 'changed');
  } catch (error) {
    if (error instanceof DataError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}
