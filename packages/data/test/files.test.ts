import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataError } from '@hebblab/data';
import {
  type DatasetPlaces,
  dataFolders,
  datasetNames,
  findDataset,
  listDatasets,
  loadDataset,
  readFileWhole,
  verifyDatasets,
  writeFileAtomically,
} from '@hebblab/data/files';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cifarRecord, faultOf, gzip, hashedNormals, idx } from './builders.js';

let folder: string;
let places: DatasetPlaces;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebblab-data-'));
  places = {
    dataDir: path.join(folder, 'first'),
    environmentDir: path.join(folder, 'second'),
    workingDir: folder,
  };
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const idxFiles = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

/** Writes files, all with the same content unless they are given one. */
function put(
  place: string,
  dataset: string,
  files: readonly string[],
  content: Uint8Array = new Uint8Array(1),
): void {
  mkdirSync(path.join(folder, place, dataset), { recursive: true });
  for (const file of files) writeFileSync(path.join(folder, place, dataset, file), content);
}

/** Writes the four files of a set in the format and with the counts of MNIST: blank images, labels all 3. */
function putBlankMnist(place: string, trainCount = 60_000): void {
  const counts = [trainCount, trainCount, 10_000, 10_000];
  idxFiles.forEach((file, i) => {
    const count = counts[i] as number;
    const images = file.includes('images');
    const header = images ? idx(2051, [count, 28, 28], []) : idx(2049, [count], []);
    const content = new Uint8Array(header.length + count * (images ? 784 : 1)).fill(images ? 0 : 3);
    content.set(header);
    put(place, 'mnist', [`${file}.gz`], gzip(content));
  });
}

describe('dataFolders', () => {
  it('looks in the folder given, then in that of the environment, then in data', () => {
    expect(dataFolders(places)).toEqual(['first', 'second', 'data'].map((name) => path.join(folder, name)));
  });

  it('looks in data at the root of the workspace as well', () => {
    writeFileSync(path.join(folder, 'pnpm-workspace.yaml'), '');
    const workingDir = path.join(folder, 'packages', 'mine');
    expect(dataFolders({ environmentDir: '', workingDir })).toEqual([
      path.join(workingDir, 'data'),
      path.join(folder, 'data'),
    ]);
  });
});

describe('findDataset', () => {
  it('finds a full set in the first folder that has all files, gzipped or not', () => {
    put('second', 'mnist', idxFiles.slice(1));
    put('data', 'mnist', ['train-images-idx3-ubyte.gz', ...idxFiles.slice(1)]);
    const found = findDataset('mnist', places);
    expect(found).toMatchObject({
      origin: 'full',
      name: 'mnist',
      folder: path.join(folder, 'data', 'mnist'),
    });
    expect(found.origin === 'full' && found.files.get('train-images-idx3-ubyte')).toBe(
      path.join(folder, 'data', 'mnist', 'train-images-idx3-ubyte.gz'),
    );
  });

  it('prefers the folder given', () => {
    for (const place of ['data', 'second', 'first']) put(place, 'mnist', idxFiles);
    expect(findDataset('mnist', places)).toMatchObject({ folder: path.join(folder, 'first', 'mnist') });
  });

  it('says for a missing set which files to put where, where it looked, and what to use instead', () => {
    const message = faultOf(() => findDataset('mnist', places));
    for (const file of idxFiles) expect(message).toContain(file);
    for (const place of ['first', 'second', 'data'])
      expect(message).toContain(path.join(folder, place, 'mnist'));
    expect(message).toContain('or use mnist-subset, which is built in');
    expect(faultOf(() => findDataset('cifar-10', places))).toContain(
      'or use power-law-images, which is generated',
    );
  });

  it('says for an incomplete set which file is missing', () => {
    put('second', 'mnist', idxFiles.slice(0, 3));
    expect(faultOf(() => findDataset('mnist', places))).toBe(
      `findDataset: expected all files of mnist, got a folder ${path.join(folder, 'second', 'mnist')} without ` +
        't10k-labels-idx1-ubyte (gzipped or not)',
    );
  });

  it('refuses a name that it does not know', () => {
    expect(faultOf(() => findDataset('minst', places))).toBe(
      `findDataset: expected one of ${datasetNames.join(', ')}, got minst`,
    );
  });
});

describe('loadDataset', () => {
  it('loads gzipped IDX files', async () => {
    putBlankMnist('data');
    const { origin, train, test } = await loadDataset('mnist', places);
    expect([origin, train.count, test.count, train.labels[59_999], train.classNames[3]]).toEqual([
      'full',
      60_000,
      10_000,
      3,
      '3',
    ]);
  });

  it('refuses a file with another number of images', async () => {
    putBlankMnist('data', 5);
    await expect(loadDataset('mnist', places)).rejects.toThrow(
      /^loadDataset: expected 60000 images of 28 x 28, got 5 of 28 x 28 in .*train-images-idx3-ubyte\.gz$/,
    );
  });

  it('refuses a truncated gzip file with the path of the file', async () => {
    putBlankMnist('data', 5);
    const file = path.join(folder, 'data', 'mnist', 'train-images-idx3-ubyte.gz');
    writeFileSync(file, readFileSync(file).subarray(0, 30));
    await expect(loadDataset('mnist', places)).rejects.toThrow(
      `readIdxImages: the gzip data is truncated or damaged in ${file}`,
    );
  });

  it('refuses images and labels that were swapped', async () => {
    put('data', 'mnist', idxFiles, idx(2049, [1], [3]));
    await expect(loadDataset('mnist', places)).rejects.toThrow(
      'expected magic 2051 (images), got 2049 (labels)',
    );
  });

  it('joins the five training files of CIFAR-10', async () => {
    const names = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
    [...names, 'test_batch.bin'].forEach((name, i) => {
      const record = cifarRecord(i, [i, i, i], [i, i, i]);
      const content = new Uint8Array(30_730_000);
      for (let at = 0; at < content.length; at += 3073) content.set(record, at);
      put('data', 'cifar-10', [name], content);
    });
    const { train, test } = await loadDataset('cifar-10', places);
    expect([train.count, test.count]).toEqual([50_000, 10_000]);
    expect([0, 10_000, 20_000, 30_000, 40_000].map((i) => train.labels[i])).toEqual([0, 1, 2, 3, 4]);
    expect(train.pixels[49_999 * 3072]).toBe(4);
  });

  it('loads the built-in and the generated sets', async () => {
    expect((await loadDataset('fashion-mnist-subset', places)).origin).toBe('built-in');
    const normals = hashedNormals(3);
    const generated = await loadDataset('power-law-images-small', { ...places, normals });
    expect([generated.name, generated.origin, generated.train.count]).toEqual([
      'power-law-images-small',
      'generated',
      512,
    ]);
  });

  it('refuses to generate without random numbers', async () => {
    await expect(loadDataset('power-law-images-small', places)).rejects.toThrow(DataError);
  });
});

describe('listDatasets', () => {
  it('lists every name, found or with advice', () => {
    put('data', 'mnist', idxFiles);
    const listed = listDatasets(places);
    expect(listed.map(({ name }) => name)).toEqual(datasetNames);
    expect(listed[0]).toEqual({
      name: 'mnist',
      origin: 'full',
      train: 60_000,
      test: 10_000,
      shape: [28, 28, 1],
      state: { found: true, where: path.join(folder, 'data', 'mnist') },
    });
    expect(listed[1]?.state).toMatchObject({ found: false });
    expect(listed[3]).toMatchObject({
      name: 'mnist-subset',
      train: 10_000,
      test: 2_000,
      state: { found: true },
    });
  });
});

describe('verifyDatasets', () => {
  it('tells missing files from different ones', async () => {
    put('data', 'mnist', idxFiles.slice(0, 1));
    const [images, labels] = await verifyDatasets(places);
    expect(images).toEqual({
      dataset: 'mnist',
      file: 'train-images-idx3-ubyte',
      verdict: 'different',
      path: path.join(folder, 'data', 'mnist', 'train-images-idx3-ubyte'),
      // SHA-256 of one zero byte.
      sha256: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    });
    expect(labels).toEqual({ dataset: 'mnist', file: 'train-labels-idx1-ubyte', verdict: 'missing' });
  });

  // Needs the full sets: set HEBBLAB_DATA to the folder that has them.
  it.skipIf(!process.env.HEBBLAB_DATA)('finds the published files to be published', async () => {
    const different = (await verifyDatasets()).filter(
      ({ verdict }) => verdict === 'different' || verdict === 'missing',
    );
    expect(different).toEqual([]);
  });
});

describe('writeFileAtomically', () => {
  it('writes bytes and text, makes folders and replaces what was there', async () => {
    const file = path.join(folder, 'run', 'models', 'layer.bin');
    await writeFileAtomically(file, 'text');
    await writeFileAtomically(file, Uint8Array.of(1, 2, 3));
    expect([...(await readFileWhole(file))]).toEqual([1, 2, 3]);
    expect(readdirSync(path.dirname(file))).toEqual(['layer.bin']);
  });

  it('leaves nothing behind when it fails', async () => {
    mkdirSync(path.join(folder, 'taken'));
    await expect(writeFileAtomically(path.join(folder, 'taken'), 'text')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('readFileWhole', () => {
  it('refuses a missing file and a folder in one sentence', async () => {
    const missing = path.join(folder, 'missing.npy');
    await expect(readFileWhole(missing)).rejects.toThrow(
      `readFileWhole: expected a file, got nothing at ${missing}`,
    );
    await expect(readFileWhole(folder)).rejects.toThrow(
      `readFileWhole: expected a file, got a folder at ${folder}`,
    );
  });
});
