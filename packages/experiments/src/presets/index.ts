import { DataError } from '@hebblab/data';
import type { RunConfig } from '../config.js';
import { paperA, paperA165, paperAShort } from './paper-a.js';
import {
  paperB,
  paperBCifar10,
  paperBFashion,
  paperBLayers,
  paperBRings,
  paperBShort,
  paperBTorus,
} from './paper-b.js';
import { paperC, paperCShort } from './paper-c.js';
import { quick } from './quick.js';

/** Run configurations by name. */
export const presets: Readonly<Record<string, RunConfig>> = {
  quick,
  'paper-a-short': paperAShort,
  'paper-a-165': paperA165,
  'paper-a': paperA,
  'paper-b-short': paperBShort,
  'paper-b': paperB,
  'paper-b-fashion': paperBFashion,
  'paper-b-cifar-10': paperBCifar10,
  'paper-b-layers': paperBLayers,
  'paper-b-torus': paperBTorus,
  'paper-b-rings': paperBRings,
  'paper-c-short': paperCShort,
  'paper-c': paperC,
};

/**
 * A preset by its name.
 *
 * @throws DataError naming the presets there are
 * @example
 * const config = presetNamed('quick');
 */
export function presetNamed(name: string): RunConfig {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset === undefined)
    throw new DataError(
      `run: expected a preset (${Object.keys(presets).join(', ')}) or a .json file, got ${name}`,
    );
  return preset;
}
