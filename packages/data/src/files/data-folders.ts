import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where data sets are looked for. */
export interface DatasetPlaces {
  /** A folder to look in first. */
  readonly dataDir?: string;
  /** The folder to look in next; what the environment variable HEBBLAB_DATA says without it, '' for none. */
  readonly environmentDir?: string;
  /** Where data/ is looked for last: here and at the root of the workspace around; the current folder without it. */
  readonly workingDir?: string;
}

/**
 * The folders in which data sets are looked for, in this order, whether they exist or not.
 *
 * @example
 * ```ts
 * const [first] = dataFolders({ dataDir: 'my-data' }); // 'my-data' as an absolute path
 * ```
 */
export function dataFolders(places: DatasetPlaces = {}): string[] {
  const environmentDir = places.environmentDir ?? process.env.HEBBLAB_DATA ?? '';
  const workingDir = path.resolve(places.workingDir ?? '.');
  const workspace = foldersAbove(workingDir).find((folder) =>
    existsSync(path.join(folder, 'pnpm-workspace.yaml')),
  );
  const folders = [
    ...(places.dataDir === undefined ? [] : [places.dataDir]),
    ...(environmentDir === '' ? [] : [environmentDir]),
    path.join(workingDir, 'data'),
    ...(workspace === undefined ? [] : [path.join(workspace, 'data')]),
  ];
  return [...new Set(folders.map((folder) => path.resolve(folder)))];
}

function foldersAbove(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}
