// IDX, the format of MNIST and Fashion-MNIST (LeCun, Cortes, Burges: "The MNIST database of handwritten digits").
// Integers are big-endian. Images: magic 2051, count, rows, columns, then bytes. Labels: magic 2049, count, bytes.
import { type ReadOptions, readingFault } from './errors.js';
import { gunzipIfGzipped } from './gzip.js';
import { looksLike } from './recognise.js';

/** The content of an IDX file of images. */
export interface IdxImages {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** [count, rows, columns]; 0 is background, 255 full ink. */
  readonly pixels: Uint8Array;
}

/**
 * Reads an IDX file of 8-bit images, gzipped or not.
 *
 * @throws DataError when the magic number is not 2051 or the length does not fit the header.
 * @example
 * ```ts
 * const { count, rows, columns, pixels } = readIdxImages(bytes, { source: 'train-images-idx3-ubyte.gz' });
 * ```
 */
export function readIdxImages(bytes: Uint8Array, options: ReadOptions = {}): IdxImages {
  const [content, count, rows, columns] = readSizes('readIdxImages', imagesMagic, 3, bytes, options);
  if (rows < 1 || columns < 1) {
    const problem = `expected at least one row and one column, got ${rows} x ${columns}`;
    throw readingFault('readIdxImages', problem, options);
  }
  return { count, rows, columns, pixels: content };
}

/**
 * Reads an IDX file of labels, gzipped or not: one byte an image.
 *
 * @throws DataError when the magic number is not 2049 or the length does not fit the header.
 * @example
 * ```ts
 * const labels = readIdxLabels(bytes, { source: 'train-labels-idx1-ubyte.gz' });
 * ```
 */
export function readIdxLabels(bytes: Uint8Array, options: ReadOptions = {}): Uint8Array {
  const [content] = readSizes('readIdxLabels', labelsMagic, 1, bytes, options);
  return content;
}

/**
 * Writes 8-bit images as an IDX file, not gzipped.
 *
 * @throws RangeError when the number of pixels does not fit count, rows and columns.
 * @example
 * ```ts
 * const bytes = writeIdxImages({ count: 1, rows: 1, columns: 2, pixels: Uint8Array.of(0, 255) });
 * ```
 */
export function writeIdxImages(images: IdxImages): Uint8Array {
  return write(imagesMagic, [images.count, images.rows, images.columns], images.pixels);
}

/**
 * Writes labels as an IDX file, not gzipped.
 *
 * @example
 * ```ts
 * const bytes = writeIdxLabels(Uint8Array.of(7, 2, 1));
 * ```
 */
export function writeIdxLabels(labels: Uint8Array): Uint8Array {
  return write(labelsMagic, [labels.length], labels);
}

const imagesMagic = 2051;
const labelsMagic = 2049;
const kinds = new Map([
  [imagesMagic, ' (images)'],
  [labelsMagic, ' (labels)'],
]);

/** The bytes after the header and up to three sizes of the header (0 where the format has fewer). */
function readSizes(
  operation: string,
  magic: number,
  sizeCount: number,
  bytes: Uint8Array,
  options: ReadOptions,
): [content: Uint8Array, ...sizes: [number, number, number]] {
  const file = gunzipIfGzipped(operation, bytes, options);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const headerLength = 4 + 4 * sizeCount;
  const got = file.length < 4 ? undefined : view.getUint32(0);
  if (got !== undefined && got !== magic) {
    const hint = kinds.get(got) ?? looksLike(file);
    throw readingFault(operation, `expected magic ${magic}${kinds.get(magic)}, got ${got}${hint}`, options);
  }
  if (file.length < headerLength) {
    throw readingFault(
      operation,
      `expected a header of ${headerLength} bytes, got ${file.length} bytes`,
      options,
    );
  }
  const size = (i: number) => (i < sizeCount ? view.getUint32(4 + 4 * i) : 0);
  const sizes: [number, number, number] = [size(0), size(1), size(2)];
  const expected = headerLength + sizes.slice(0, sizeCount).reduce((product, n) => product * n, 1);
  if (file.length !== expected) {
    const shape = sizes.slice(0, sizeCount).join(' x ');
    const state = file.length < expected ? 'truncated' : 'too long';
    const problem = `expected ${expected} bytes for ${shape}, got ${file.length} (${state})`;
    throw readingFault(operation, problem, options);
  }
  return [file.slice(headerLength), ...sizes];
}

function write(magic: number, sizes: readonly number[], content: Uint8Array): Uint8Array {
  const header = [magic, ...sizes];
  const expected = sizes.reduce((product, n) => product * n, 1);
  if (content.length !== expected) {
    throw new RangeError(
      `writeIdx: expected ${expected} bytes for ${sizes.join(' x ')}, got ${content.length}`,
    );
  }
  const file = new Uint8Array(4 * header.length + content.length);
  const view = new DataView(file.buffer);
  header.forEach((value, i) => {
    view.setUint32(4 * i, value);
  });
  file.set(content, 4 * header.length);
  return file;
}
