// CIFAR-10, "binary version" (Krizhevsky 2009): records of 3,073 bytes without a header, 1 label byte, then the red,
// green and blue plane of 32 x 32 bytes each, row by row.
import { type ReadOptions, readingFault } from './errors.js';
import { gunzipIfGzipped } from './gzip.js';
import { recognise } from './recognise.js';

/** The content of one CIFAR-10 file. */
export interface Cifar10Images {
  readonly count: number;
  /** [count, 32, 32, 3]: the file's planes, interleaved. */
  readonly pixels: Uint8Array;
  /** [count], 0..9. */
  readonly labels: Uint8Array;
}

/** What readCifar10 takes beside the bytes. */
export interface Cifar10Options extends ReadOptions {
  /** How many images the file must hold, 10,000 in a published file; any number without it. */
  readonly count?: number;
}

/**
 * Reads a file of the binary version of CIFAR-10, gzipped or not. The format has no magic number: what protects
 * against a wrong file is its length and that every label is 0..9.
 *
 * @throws DataError when the length is not a multiple of 3,073 (or not the count asked for) or a label is above 9.
 * @example
 * ```ts
 * const { pixels, labels } = readCifar10(bytes, { count: 10_000, source: 'data_batch_1.bin' });
 * ```
 */
export function readCifar10(bytes: Uint8Array, options: Cifar10Options = {}): Cifar10Images {
  const file = gunzipIfGzipped('readCifar10', bytes, options);
  const count = file.length / recordLength;
  const wrongLength = !Number.isInteger(count) || count === 0;
  if (wrongLength || (options.count !== undefined && count !== options.count)) {
    const expected =
      options.count === undefined
        ? `records of ${recordLength} bytes`
        : `${options.count} records of ${recordLength} bytes (${options.count * recordLength} bytes)`;
    const format = recognise(file);
    const hint = wrongLength && format !== '' ? ` of what looks like ${format}` : '';
    throw readingFault('readCifar10', `expected ${expected}, got ${file.length} bytes${hint}`, options);
  }
  return unpack(file, count, options);
}

const planeLength = 32 * 32;
const recordLength = 1 + 3 * planeLength;

function unpack(file: Uint8Array, count: number, options: ReadOptions): Cifar10Images {
  const pixels = new Uint8Array(count * 3 * planeLength);
  const labels = new Uint8Array(count);
  let to = 0;
  for (let image = 0; image < count; image++) {
    const record = image * recordLength;
    const label = file[record] as number;
    if (label > 9) {
      throw readingFault('readCifar10', `expected labels 0..9, got ${label} at image ${image}`, options);
    }
    labels[image] = label;
    for (let red = record + 1; red <= record + planeLength; red++) {
      pixels[to++] = file[red] as number;
      pixels[to++] = file[red + planeLength] as number;
      pixels[to++] = file[red + 2 * planeLength] as number;
    }
  }
  return { count, pixels, labels };
}
