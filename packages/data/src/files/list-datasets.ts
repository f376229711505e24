import { builtIns } from '../built-in.js';
import { DataError } from '../errors.js';
import type { Dataset, ImageSet } from '../images.js';
import { powerLawPresets } from '../power-law-images.js';
import { toyDatasets } from '../toy-datasets.js';
import type { DatasetPlaces } from './data-folders.js';
import { findDataset } from './find-dataset.js';
import { fullSets } from './full-sets.js';

/** A data set by its name, and whether it is there. */
export interface DatasetListing {
  readonly name: string;
  readonly origin: Dataset['origin'];
  /** How many training images it has. */
  readonly train: number;
  /** How many test images it has. */
  readonly test: number;
  readonly shape: ImageSet['shape'];
  readonly state:
    | { readonly found: true; readonly where: string }
    | { readonly found: false /** How to get it, in a sentence. */; readonly advice: string };
}

/**
 * Lists the data sets that have a name: the full ones, found or missing, then the built-in and the generated ones.
 *
 * @example
 * ```ts
 * for (const { name, state } of listDatasets()) console.log(name, state.found ? state.where : state.advice);
 * ```
 */
export function listDatasets(places: DatasetPlaces = {}): DatasetListing[] {
  return [
    ...fullSets.map(({ name, train, test, shape }) => {
      return { name, origin: 'full' as const, train, test, shape, state: stateOf(name, places) };
    }),
    ...builtIns.map(({ name, train, test, shape }) => {
      return { name, origin: 'built-in' as const, train, test, shape, state: stateOf(name, places) };
    }),
    ...Object.entries(powerLawPresets).map(([name, { train, test, shape }]) => {
      return { name, origin: 'generated' as const, train, test, shape, state: stateOf(name, places) };
    }),
    ...toyDatasets.map(({ name, train, test, shape }) => {
      return { name, origin: 'generated' as const, train, test, shape, state: stateOf(name, places) };
    }),
  ];
}

function stateOf(name: string, places: DatasetPlaces): DatasetListing['state'] {
  try {
    const found = findDataset(name, places);
    return { found: true, where: found.origin === 'full' ? found.folder : found.origin };
  } catch (error) {
    if (error instanceof DataError) return { found: false, advice: error.message };
    throw error;
  }
}
