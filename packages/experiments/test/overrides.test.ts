import { DataError } from '@hebblab/data';
import { applyOverrides } from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';
import { tinyConfig } from './support/tiny-run.js';

describe('an override', () => {
  it('sets a value at a path and leaves what it was given unchanged', () => {
    const before = structuredClone(tinyConfig);
    const changed = applyOverrides(tinyConfig, ['models.kh.hidden=400', 'seed=7']);
    expect(changed).toEqual({
      ...tinyConfig,
      seed: 7,
      models: { ...tinyConfig.models, kh: { ...tinyConfig.models.kh, hidden: 400 } },
    });
    expect(tinyConfig).toEqual(before);
  });

  it('reaches into lists by index', () => {
    const changed = applyOverrides(tinyConfig, ['attacks.1.grid.count=20']);
    expect(changed).toMatchObject({ attacks: [{ grid: { count: 8 } }, { grid: { count: 20 } }] });
  });

  it.each([
    ['a=[1, 2]', [1, 2]],
    ['a={"b": true}', { b: true }],
    ['a=null', null],
    ['a=1e-3', 0.001],
    ['a="1"', '1'],
    ['a=mnist-subset', 'mnist-subset'],
    ['a=x=y', 'x=y'],
    ['a=', ''],
  ])('reads %s as JSON where it is JSON, else as text', (assignment, value) => {
    expect(applyOverrides({ a: 0 }, [assignment])).toEqual({ a: value });
  });

  it('is applied after those before it', () => {
    expect(applyOverrides({ a: 0 }, ['a={"b": 1}', 'a.b=2'])).toEqual({ a: { b: 2 } });
  });

  it.each([
    [
      'models.kh.hiden=4',
      '--set models.kh.hiden=4: expected one of kind, hidden, rule, layer, pruning, readout at models.kh, got hiden',
    ],
    ['sed=4', 'at the top, got sed'],
    ['seed.of=4', '--set seed.of=4: expected seed as the end of the path, got of after it'],
    ['attacks.2=4', '--set attacks.2=4: expected one of 0, 1 at attacks, got 2'],
    ['__proto__.x=4', 'at the top, got __proto__'],
    ['attacks.length=4', '--set attacks.length=4: expected one of 0, 1 at attacks, got length'],
    ['seed', '--set: expected key=value, got seed'],
    ['=4', '--set: expected key=value, got =4'],
  ])('is refused as %s', (assignment, message) => {
    expect(() => applyOverrides(tinyConfig, [assignment])).toThrow(DataError);
    expect(() => applyOverrides(tinyConfig, [assignment])).toThrow(message);
  });
});
