import { createHash } from 'node:crypto';
import path from 'node:path';
import { type DatasetPlaces, dataFolders } from './data-folders.js';
import { filesIn } from './find-dataset.js';
import { type FullSet, type FullSetFile, type FullSetName, fullSets } from './full-sets.js';
import { decompress } from './load-dataset.js';
import { readFileWhole } from './whole-files.js';

/** What a file of a full set is, measured by its SHA-256. */
export type VerifiedFile = {
  readonly dataset: FullSetName;
  /** The file's name without .gz. */
  readonly file: string;
} & (
  | { readonly verdict: 'missing' }
  | {
      /**
       * - published: the published file, or the same content gzipped in another way or not at all.
       * - recovered: the test images of CIFAR-10 recovered from a lossless copy of changed contrast: all labels and all
       *   but at most 409 of 30,720,000 pixel values equal the published file; 199 images are uncertain by one grey
       *   level in a few values.
       * - different: neither.
       */
      readonly verdict: 'published' | 'recovered' | 'different';
      readonly path: string;
      /** SHA-256 of the file as it is stored. */
      readonly sha256: string;
    }
);

/**
 * Compares the files of the full sets with the published ones: for each set those of the first folder that has any.
 *
 * @example
 * ```ts
 * const wrong = (await verifyDatasets()).filter(({ verdict }) => verdict === 'different');
 * ```
 */
export async function verifyDatasets(places: DatasetPlaces = {}): Promise<VerifiedFile[]> {
  const verified: VerifiedFile[] = [];
  for (const set of fullSets) {
    const files = firstFilesOf(set, places);
    for (const file of set.files) verified.push(await verify(set.name, file, files.get(file.name)));
  }
  return verified;
}

function firstFilesOf(set: FullSet, places: DatasetPlaces): Map<string, string> {
  const found = dataFolders(places).map((folder) => filesIn(path.join(folder, set.name), set));
  return (
    found.find((files) => files.size === set.files.length) ?? found.find(({ size }) => size > 0) ?? new Map()
  );
}

async function verify(
  dataset: FullSetName,
  file: FullSetFile,
  at: string | undefined,
): Promise<VerifiedFile> {
  if (at === undefined) return { dataset, file: file.name, verdict: 'missing' };
  const stored = await readFileWhole(at);
  const sha256 = hash(stored);
  const found = { dataset, file: file.name, path: at, sha256 };
  if (sha256 === file.gzipped) return { ...found, verdict: 'published' };
  const content = hash(await decompress(stored));
  if (content === file.content) return { ...found, verdict: 'published' };
  return { ...found, verdict: content === file.recovered ? 'recovered' : 'different' };
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
