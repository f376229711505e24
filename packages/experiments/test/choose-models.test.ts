import { chooseModels, presetNamed } from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';

const whole = presetNamed('paper-a-short');
const twinsIn = ({ measurements }: typeof whole) =>
  measurements.flatMap((each) => (each.kind === 'audit' ? [each.twins] : []));

describe('a run of some models of a configuration', () => {
  it('has these in the order of the configuration, with the twins of their audits', () => {
    const part = chooseModels(whole, ['l2', 'shlp']);
    expect(Object.keys(part.models)).toEqual(['shlp', 'l2']);
    expect(twinsIn(part)).toEqual([{ l2: 'shlp' }]);
  });

  it('is otherwise the same', () => {
    const part = chooseModels(whole, ['kh']);
    expect({ ...part, models: whole.models, measurements: whole.measurements }).toEqual(whole);
    expect(part.measurements.map(({ kind }) => kind)).toEqual(whole.measurements.map(({ kind }) => kind));
  });

  it('refuses a model that there is not', () => {
    expect(() => chooseModels(whole, ['kh', 'khm'])).toThrow(
      'run --models: expected some of kh, shlp, l2, jacreg-published, jacreg, specreg-published, specreg, initialised, got khm',
    );
  });

  it('refuses a model without the twin that its audit needs', () => {
    expect(() => chooseModels(whole, ['kh', 'l2'])).toThrow(
      'run --models: expected shlp too, from which the audit of l2 transfers attacks, got kh, l2',
    );
  });
});
