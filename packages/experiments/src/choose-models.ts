import { DataError } from '@hebblab/data';
import type { RunConfig } from './config.js';
import { twinOf } from './twins.js';

/**
 * A run of some of the models of a configuration, in its order. What is measured of each is the same: parts of a run can be
 * carried out one after the other, or on several machines, and be put together by `reuse`.
 *
 * @param names of models; with one that is audited also the twin from which its audit transfers attacks
 * @throws DataError for a name that is no model's, or a twin left out
 * @example
 * const part = chooseModels(presetNamed('paper-a-165'), ['shlp', 'l2']);
 */
export function chooseModels(config: RunConfig, names: readonly string[]): RunConfig {
  const known = Object.keys(config.models);
  for (const name of names) {
    if (!known.includes(name))
      throw new DataError(`run --models: expected some of ${known.join(', ')}, got ${name}`);
    const twin = twinOf(config, name);
    if (twin !== undefined && !names.includes(twin))
      throw new DataError(
        `run --models: expected ${twin} too, from which the audit of ${name} transfers attacks, got ${names.join(', ')}`,
      );
  }
  const chosen = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
  return {
    ...config,
    models: chosen(config.models),
    measurements: config.measurements.map((each) =>
      each.kind === 'audit' ? { ...each, twins: chosen(each.twins) } : each,
    ),
  };
}
