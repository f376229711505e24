import { zipSync } from 'fflate';
import type { ArrayData, NamedArrays, NonFiniteOptions } from './array-data.js';
import { type ReadOptions, readingFault } from './errors.js';
import { readNpy, writeNpy } from './npy.js';
import { looksLike, recognise } from './recognise.js';
import { readZip } from './zip.js';

/**
 * Reads an .npz file: a zip archive of .npy files, stored (numpy.savez) or deflated (numpy.savez_compressed).
 *
 * @returns the arrays by name, without the ending .npy.
 * @throws DataError when the archive or one of its arrays is damaged; readNpy says what it refuses.
 * @example
 * ```ts
 * const images = readNpz(bytes, { source: 'patches.npz' }).get('images');
 * ```
 */
export function readNpz(bytes: Uint8Array, options: ReadOptions & NonFiniteOptions = {}): NamedArrays {
  const source = options.source ?? 'the given bytes';
  const fault = (problem: string) => readingFault('readNpz', problem, options);
  if (recognise(bytes) !== 'a zip or .npz file')
    throw fault(`expected a zip archive, got other bytes${looksLike(bytes)}`);
  const arrays = new Map<string, ArrayData>();
  for (const [name, content] of readZip(bytes, fault)) {
    arrays.set(name.replace(/\.npy$/, ''), readNpy(content, { ...options, source: `${name} of ${source}` }));
  }
  return arrays;
}

/** How writeNpz stores the arrays. */
export interface NpzOptions extends NonFiniteOptions {
  /** Deflate the arrays; without it they are stored as they are. */
  readonly compressed?: boolean;
}

/**
 * Writes an .npz file. The same arrays in the same order give the same bytes: no time of writing is stored.
 *
 * @throws what writeNpy throws; RangeError for an empty name.
 * @example
 * ```ts
 * const bytes = writeNpz(new Map([['spectrum', { dtype: 'float64', shape: [3], data: Float64Array.of(3, 2, 1) }]]));
 * ```
 */
export function writeNpz(arrays: NamedArrays, options: NpzOptions = {}): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  for (const [name, array] of arrays) {
    if (name === '') throw new RangeError('writeNpz: expected a name for each array, got an empty one');
    files[`${name}.npy`] = writeNpy(array, options);
  }
  // fflate stores the local time; this is the earliest that zip knows, in any time zone.
  return zipSync(files, { level: options.compressed ? 9 : 0, mtime: new Date(1980, 0, 1) });
}
