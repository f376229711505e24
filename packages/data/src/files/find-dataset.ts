import { existsSync } from 'node:fs';
import path from 'node:path';
import { type BuiltInName, builtIns } from '../built-in.js';
import { DataError } from '../errors.js';
import { type PowerLawPresetName, powerLawPresets } from '../power-law-images.js';
import { type ToyName, toyDatasets } from '../toy-datasets.js';
import { type DatasetPlaces, dataFolders } from './data-folders.js';
import { type FullSet, type FullSetName, fullSets } from './full-sets.js';

/** Where a data set is. */
export type FoundDataset =
  | {
      readonly origin: 'full';
      readonly name: FullSetName;
      readonly folder: string;
      /** The files' paths by their names without .gz. */
      readonly files: ReadonlyMap<string, string>;
    }
  | { readonly origin: 'built-in'; readonly name: BuiltInName }
  | { readonly origin: 'generated'; readonly name: GeneratedName };

/** The sets that are made on loading. */
export type GeneratedName = PowerLawPresetName | ToyName;

/** The names that findDataset and loadDataset know. */
export const datasetNames: readonly string[] = [
  ...fullSets.map(({ name }) => name),
  ...builtIns.map(({ name }) => name),
  ...Object.keys(powerLawPresets),
  ...toyDatasets.map(({ name }) => name),
];

/**
 * Finds a data set by its name: mnist, fashion-mnist and cifar-10 in the first of the folders of `dataFolders` that has
 * all files, gzipped or not; the built-in and the generated sets are always there. A full set that is missing is an
 * error and never replaced by a subset.
 *
 * @throws DataError when the name is not known, or when the set is missing: which files to put where.
 * @example
 * ```ts
 * const found = findDataset('mnist', { dataDir: 'downloads' });
 * ```
 */
export function findDataset(name: string, places: DatasetPlaces = {}): FoundDataset {
  const builtIn = builtIns.find((each) => each.name === name);
  if (builtIn) return { origin: 'built-in', name: builtIn.name };
  const toy = toyDatasets.find((each) => each.name === name);
  if (toy) return { origin: 'generated', name: toy.name };
  if (isPreset(name)) return { origin: 'generated', name };
  const full = fullSets.find((each) => each.name === name);
  if (full === undefined) {
    throw new DataError(`findDataset: expected one of ${datasetNames.join(', ')}, got ${name}`);
  }
  const folders = dataFolders(places).map((folder) => path.join(folder, full.name));
  for (const folder of folders) {
    const files = filesIn(folder, full);
    if (files.size === full.files.length) return { origin: 'full', name: full.name, folder, files };
  }
  throw new DataError(missing(full, folders));
}

/** The files of the set that are in the folder, by their names without .gz; the plain one where both are there. */
export function filesIn(folder: string, set: FullSet): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name } of set.files) {
    const file = [name, `${name}.gz`].map((each) => path.join(folder, each)).find(existsSync);
    if (file !== undefined) found.set(name, file);
  }
  return found;
}

/** Whether a name is one of the power-law presets. */
export function isPreset(name: string): name is PowerLawPresetName {
  return Object.hasOwn(powerLawPresets, name);
}

function missing(set: FullSet, folders: readonly string[]): string {
  const found = folders.map((folder) => filesIn(folder, set));
  const partly = found.findIndex((files) => files.size > 0);
  const names = set.files.map(({ name }) => name);
  if (partly >= 0) {
    const absent = names.filter((name) => !found[partly]?.has(name)).join(', ');
    return `findDataset: expected all files of ${set.name}, got a folder ${folders[partly]} without ${absent} (gzipped or not)`;
  }
  return (
    `findDataset: expected the full set ${set.name}, found it nowhere: put ${names.join(', ')} (published ` +
    `${set.published}; gzipped or not) into ${folders.at(-1)} (looked in ${folders.join(', ')}), or use ${set.instead}`
  );
}
