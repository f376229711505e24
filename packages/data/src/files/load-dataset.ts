import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { loadBuiltIn } from '../built-in.js';
import { readCifar10 } from '../cifar10.js';
import { DataError } from '../errors.js';
import { readIdxImages, readIdxLabels } from '../idx.js';
import { concatenateImages, createImageSet, type Dataset, type ImageSet } from '../images.js';
import type { NormalSource } from '../orthonormal-columns.js';
import { generatePowerLawImages, powerLawPresets } from '../power-law-images.js';
import { generateToyDataset } from '../toy-datasets.js';
import type { DatasetPlaces } from './data-folders.js';
import { type FoundDataset, findDataset, isPreset } from './find-dataset.js';
import { type FullSet, fullSets } from './full-sets.js';
import { readFileWhole } from './whole-files.js';

/** What loadDataset takes beside the name. */
export interface LoadOptions extends DatasetPlaces {
  /** The random numbers for generated sets, which carry the seed; needed for those only. */
  readonly normals?: NormalSource;
}

/**
 * Loads a data set by its name, wherever findDataset finds it.
 *
 * @throws DataError when it is not found, a file is damaged or does not hold the published number of images, or a
 * generated set is asked for without random numbers.
 * @example
 * ```ts
 * const { train, test } = await loadDataset('mnist-subset');
 * ```
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  const found = findDataset(name, options);
  if (found.origin === 'built-in') return loadBuiltIn(found.name);
  if (found.origin === 'full') return loadFullSet(found);
  if (options.normals === undefined) {
    throw new DataError(`loadDataset: expected a source of normal numbers for ${name}, got none`);
  }
  if (!isPreset(found.name)) return generateToyDataset(found.name, options.normals);
  return { ...generatePowerLawImages({ ...powerLawPresets[found.name], normals: options.normals }), name };
}

type FoundFullSet = Extract<FoundDataset, { origin: 'full' }>;

async function loadFullSet(found: FoundFullSet): Promise<Dataset> {
  const set = fullSets.find(({ name }) => name === found.name) as FullSet;
  const read = set.format === 'idx' ? readIdxSplit : readCifar10Split;
  const [train, test] = await Promise.all([read(set, found, 'train'), read(set, found, 'test')]);
  return { name: set.name, origin: 'full', train, test };
}

type Split = 'train' | 'test';

async function readIdxSplit(set: FullSet, found: FoundFullSet, split: Split): Promise<ImageSet> {
  const prefix = split === 'train' ? 'train' : 't10k';
  const images = await readContent(found, `${prefix}-images-idx3-ubyte`);
  const labels = await readContent(found, `${prefix}-labels-idx1-ubyte`);
  const { count, rows, columns, pixels } = readIdxImages(images.bytes, images);
  const [height, width] = set.shape;
  if (count !== set[split] || rows !== height || columns !== width) {
    throw new DataError(
      `loadDataset: expected ${set[split]} images of ${height} x ${width}, got ${count} of ${rows} x ${columns} in ` +
        images.source,
    );
  }
  const { name, shape, classNames } = set;
  return createImageSet({
    name,
    split,
    shape,
    pixels,
    labels: readIdxLabels(labels.bytes, labels),
    classNames,
  });
}

async function readCifar10Split(set: FullSet, found: FoundFullSet, split: Split): Promise<ImageSet> {
  const { name, shape, classNames } = set;
  const files = set.files.filter((file) => file.name.startsWith('test') === (split === 'test'));
  const parts: ImageSet[] = [];
  for (const file of files) {
    const { bytes, source } = await readContent(found, file.name);
    const { pixels, labels } = readCifar10(bytes, { source, count: set[split] / files.length });
    parts.push(createImageSet({ name, split, shape, pixels, labels, classNames }));
  }
  return concatenateImages(name, split, parts);
}

async function readContent(
  found: FoundFullSet,
  name: string,
): Promise<{ bytes: Uint8Array; source: string }> {
  const source = found.files.get(name) as string;
  return { bytes: await decompress(await readFileWhole(source)), source };
}

/**
 * The content of a gzip file by Node's own zlib, several times as fast as fflate; other bytes, and damaged gzip files,
 * stay as they are: the readers say what is wrong with them.
 */
export async function decompress(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await promisify(gunzip)(bytes);
  } catch {
    return bytes;
  }
}
