import { DataError } from '@hebblab/data';
import { parseRunConfig, presetNamed, presets } from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';
import { tinyConfig } from './support/tiny-run.js';

const { kh, l2 } = tinyConfig.models;
if (kh?.kind !== 'local-learning' || l2?.kind !== 'backpropagation') throw new Error('expected kh and l2');

const fallingSteps = {
  kind: 'steps',
  steps: [
    { until: 8, value: 1 },
    { until: 3, value: 2 },
  ],
  after: 1,
};

/** The lines of the error. */
function faultsOf(value: unknown): string[] {
  try {
    parseRunConfig(value, 'mine.json');
  } catch (error) {
    if (error instanceof DataError) return error.message.split('\n  ');
  }
  throw new Error('expected a DataError');
}

describe('a run configuration', () => {
  it('is given back as it came where it fits', () => {
    expect(parseRunConfig(tinyConfig, 'mine.json')).toEqual(tinyConfig);
    expect(parseRunConfig({ $schema: 'x.json', ...tinyConfig }, 'mine.json')).toMatchObject(tinyConfig);
  });

  it('is refused with epsilons too close for a float32 image to tell', () => {
    const grid = { startExponent: 0, stopExponent: 1e-4, count: 1000 };
    const wrong = { ...tinyConfig, attacks: [{ kind: 'fgsm', form: 'bisection', images: 5, grid }] };
    expect(faultsOf(wrong)[1]).toContain('expected epsilons whose logarithms lie at least 0.000001 apart');
  });

  it('has all its faults in one list, each with its path, what was expected and what came', () => {
    const { readout: _, ...withoutReadout } = kh;
    const wrong = {
      ...tinyConfig,
      name: 'My Run',
      normalisation: { kind: 'divide', by: 2 },
      seed: -1,
      models: {
        kh: {
          ...withoutReadout,
          hidden: 12,
          hiden: 400,
          rule: { ...kh.rule, k: 13, p: 1.5 },
          layer: { ...kh.layer, batchSize: 2.5, learningRate: { kind: 'cosine', value: 1 } },
        },
        l2: {
          ...l2,
          power: '1',
          penalties: [
            { kind: 'l2', weight: -1 },
            { kind: 'l2', weight: 0 },
          ],
        },
      },
      spectra: { ...tinyConfig.spectra, fitImages: [10, 5] },
      attacks: [tinyConfig.attacks[0], { ...tinyConfig.attacks[0], images: Number.POSITIVE_INFINITY }],
    };
    expect(faultsOf(wrong)).toEqual([
      'run configuration: expected mine.json to fit the schema, got 15 faults:',
      'name: expected lower-case letters, digits and hyphens, got "My Run"',
      'normalisation.by: expected a number >= 255, got 2',
      'seed: expected a number >= 0, got -1',
      'models.kh.rule.p: expected a number >= 2, got 1.5',
      'models.kh.layer.batchSize: expected a whole number, got 2.5',
      'models.kh.layer.learningRate.kind: expected "constant" | "linear" | "steps" | "exponential", got "cosine"',
      'models.kh.readout: expected a value, got none',
      'models.kh.hiden: expected no such key, got one',
      'models.l2.power: expected a number, got "1"',
      'models.l2.penalties.0.weight: expected a number >= 0, got -1',
      'spectra.fitImages: expected a range that starts before it ends, got [10,5]',
      'attacks.1.images: expected a whole number, got Infinity',
      'models.kh.rule.k: expected at most hidden, which is 12, got 13',
      'models.l2.penalties: expected l2 at most once, got it 2 times',
      'attacks: expected each kind at most once, got random 2 times',
    ]);
  });

  it('has one fault in the singular', () => {
    expect(faultsOf({ ...tinyConfig, schema: 2 })).toEqual([
      'run configuration: expected mine.json to fit the schema, got 1 fault:',
      'schema: expected 1, got 2',
    ]);
  });

  it.each([
    [null, 'the whole: expected an object, got null'],
    ['quick', 'the whole: expected an object, got "quick"'],
    [{ ...tinyConfig, models: {} }, 'models: expected at least one model, got {}'],
    [
      { ...tinyConfig, models: { l2: { ...l2, learningRate: fallingSteps } } },
      'models.l2.learningRate.steps: expected steps whose `until` rises, got [{"until":8,"value":1},{"until":3,"value":2}]',
    ],
    [{ ...tinyConfig, attacks: 'all' }, 'attacks: expected a list, got "all"'],
    [
      { ...tinyConfig, models: { kh: { ...kh, kind: 'magic' } } },
      'models.kh.kind: expected "local-learning" | "backpropagation" | "initialised" | "network" | "custom", got "magic"',
    ],
  ])('is refused as %o', (value, fault) => {
    expect(faultsOf(value)).toContain(fault);
  });

  it('needs at least 2 epochs with a linear learning rate, of which the last is not run', () => {
    const linear = { epochs: 1, learningRate: { kind: 'linear', value: 0.1 } };
    const models = {
      kh: { ...kh, layer: { ...kh.layer, ...linear }, readout: { ...kh.readout, ...linear } },
      l2: { ...l2, ...linear },
    };
    expect(faultsOf({ ...tinyConfig, models }).slice(1)).toEqual([
      'models.kh.layer.epochs: expected at least 2 with a linear learning rate, got 1',
      'models.kh.readout.epochs: expected at least 2 with a linear learning rate, got 1',
      'models.l2.epochs: expected at least 2 with a linear learning rate, got 1',
    ]);
  });
});

describe('presets', () => {
  it.each(Object.entries(presets))(
    'have the name that they are found by and fit the schema: %s',
    (name, preset) => {
      expect(preset.name).toBe(name);
      expect(parseRunConfig(preset, name)).toEqual(preset);
      expect(presetNamed(name)).toBe(preset);
    },
  );

  it.each(['quik', 'toString', ''])('are named where %o is asked for', (name) => {
    expect(() => presetNamed(name)).toThrow(
      new DataError(
        `run: expected a preset (${Object.keys(presets).join(', ')}) or a .json file, got ${name}`,
      ),
    );
  });
});
