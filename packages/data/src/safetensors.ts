// The safetensors format of Hugging Face: the header's length (8 bytes, little-endian), a JSON header with dtype,
// shape and data_offsets per tensor, then the values without gaps.
import {
  type ArrayData,
  arrayFromBytes,
  bytesOfArray,
  checkArray,
  checkFinite,
  dtypes,
  elementCount,
  elementTypes,
  type NamedArrays,
  type NonFiniteOptions,
} from './array-data.js';
import { type DataError, type ReadOptions, readingFault } from './errors.js';
import { looksLike } from './recognise.js';

/** The content of a safetensors file: tensors by name, and the texts that its writer added. */
export interface Safetensors {
  readonly tensors: NamedArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file.
 *
 * @returns the tensors in the order of their bytes in the file.
 * @throws DataError when the header is not valid, a type is not supported (F16, BF16 and smaller), tensors overlap,
 * leave gaps or do not fill the file, or a value is NaN or infinite while `nonFinite` is not 'accept'.
 * @example
 * ```ts
 * const { tensors, metadata } = readSafetensors(bytes, { source: 'model.safetensors' });
 * ```
 */
export function readSafetensors(
  bytes: Uint8Array,
  options: ReadOptions & NonFiniteOptions = {},
): Safetensors {
  const fault = (problem: string) => readingFault('readSafetensors', problem, options);
  const { header, end } = readHeader(bytes, fault);
  const { __metadata__: metadata = {}, ...descriptions } = header;
  const entries = Object.entries(descriptions).map(([name, entry]) => parseEntry(name, entry, fault));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  const values = bytes.subarray(end);
  const tensors = new Map<string, ArrayData>();
  let expectedStart = 0;
  for (const { name, dtype, shape, start, end: stop } of entries) {
    if (start !== expectedStart) {
      const problem = start < expectedStart ? 'overlaps the tensor before it' : 'leaves a gap before it';
      throw fault(`expected ${name} to start at byte ${expectedStart}, got ${start}: it ${problem}`);
    }
    if (stop > values.length)
      throw fault(`expected ${stop} bytes of values, got ${values.length} (truncated)`);
    const array = arrayFromBytes(dtype, shape, values.subarray(start, stop));
    checkFinite('readSafetensors', `${name} of ${options.source ?? 'the given bytes'}`, array, options);
    tensors.set(name, array);
    expectedStart = stop;
  }
  if (expectedStart !== values.length) {
    throw fault(`expected ${expectedStart} bytes of values, got ${values.length} (too long)`);
  }
  return { tensors, metadata: parseMetadata(metadata, fault) };
}

/**
 * Writes a safetensors file. The order of the maps does not matter: tensors are sorted by the size of their
 * elements, largest first, then by name (so that all values are aligned), metadata by key; the same content gives
 * the same bytes.
 *
 * @throws RangeError or TypeError when shape and data do not fit together; DataError when a value is NaN or
 * infinite while `nonFinite` is not 'accept'.
 * @example
 * ```ts
 * const weights: ArrayData = { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) };
 * const bytes = writeSafetensors(new Map([['weights', weights]]), { rule: 'Krotov-Hopfield' });
 * ```
 */
export function writeSafetensors(
  tensors: NamedArrays,
  metadata: Readonly<Record<string, string>> = {},
  options: NonFiniteOptions = {},
): Uint8Array {
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      elementTypes[b.dtype].bytes - elementTypes[a.dtype].bytes || (nameA < nameB ? -1 : 1),
  );
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const header: [string, unknown][] = texts.length > 0 ? [['__metadata__', Object.fromEntries(texts)]] : [];
  let length = 0;
  for (const [name, array] of sorted) {
    if (name === '__metadata__')
      throw new RangeError('writeSafetensors: __metadata__ is not a name for a tensor');
    checkArray('writeSafetensors', name, array);
    checkFinite('writeSafetensors', name, array, options);
    const { dtype, shape, data } = array;
    const offsets = [length, length + data.byteLength];
    header.push([name, { dtype: elementTypes[dtype].safetensors, shape, data_offsets: offsets }]);
    length += data.byteLength;
  }
  return assemble(headerBytes(header), sorted, length);
}

type Fault = (problem: string) => DataError;

/** The limit of the reference implementation. */
const longestHeader = 100_000_000;

function readHeader(bytes: Uint8Array, fault: Fault): { header: Record<string, unknown>; end: number } {
  if (bytes.length < 8)
    throw fault(`expected a header length of 8 bytes, got ${bytes.length} bytes (truncated)`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader) {
    throw fault(`expected a header of at most ${longestHeader} bytes, got ${length}${looksLike(bytes)}`);
  }
  const end = 8 + length;
  if (end > bytes.length)
    throw fault(`expected a header of ${length} bytes, got ${bytes.length - 8} (truncated)`);
  const header = parseJson(bytes.subarray(8, end));
  if (!isRecord(header)) throw fault('expected a header that is a JSON object, got another text');
  return { header, end };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function parseEntry(name: string, entry: unknown, fault: Fault) {
  const { dtype: code, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw fault(`expected dtype, shape and data_offsets for ${name}, got ${JSON.stringify(entry)}`);
  }
  const dtype = dtypes.find((known) => elementTypes[known].safetensors === code);
  if (dtype === undefined) {
    const known = dtypes.map((each) => elementTypes[each].safetensors).join(', ');
    throw fault(`expected one of the types ${known} for ${name}, got ${JSON.stringify(code)}`);
  }
  const [start, end] = offsets as [number, number];
  const expected = elementCount(shape) * elementTypes[dtype].bytes;
  if (end - start !== expected) {
    throw fault(`expected ${expected} bytes for ${name} ${code} [${shape}], got offsets ${start} to ${end}`);
  }
  return { name, dtype, shape, start, end };
}

function parseMetadata(metadata: unknown, fault: Fault): Record<string, string> {
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw fault('expected metadata of texts, got other values');
  }
  return metadata as Record<string, string>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The header as JSON, filled up with spaces so that the values start at a multiple of 8 bytes. */
function headerBytes(header: readonly [string, unknown][]): Uint8Array {
  const entries = header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = new TextEncoder().encode(`{${entries.join(',')}}`);
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}

function assemble(header: Uint8Array, tensors: readonly [string, ArrayData][], length: number): Uint8Array {
  const file = new Uint8Array(8 + header.length + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  let at = 8 + header.length;
  for (const [, array] of tensors) {
    file.set(bytesOfArray(array), at);
    at += array.data.byteLength;
  }
  return file;
}
