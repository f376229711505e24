// The .npy format of NumPy, versions 1.0, 2.0 and 3.0 (numpy.lib.format): magic, version, header length, a Python
// dictionary literal with the keys descr, fortran_order and shape, then the values.
import {
  type ArrayData,
  arrayFromBytes,
  bytesOfArray,
  checkArray,
  checkFinite,
  type Dtype,
  dtypes,
  elementCount,
  elementTypes,
  type NonFiniteOptions,
} from './array-data.js';
import { type DataError, type ReadOptions, readingFault } from './errors.js';
import { toRowMajor } from './fortran-order.js';
import { looksLike } from './recognise.js';

/**
 * Reads an .npy file. Big-endian values are swapped and Fortran order is turned into row-major order, so that the
 * array always has the same form; objects, structures, text, complex numbers and float16 are refused.
 *
 * @throws DataError when the file is not .npy, truncated, too long, of an unsupported type, or holds NaN or
 * Infinity while `nonFinite` is not 'accept'.
 * @example
 * ```ts
 * const { dtype, shape, data } = readNpy(bytes, { source: 'responses.npy' });
 * ```
 */
export function readNpy(bytes: Uint8Array, options: ReadOptions & NonFiniteOptions = {}): ArrayData {
  const fault = (problem: string) => readingFault('readNpy', problem, options);
  const { header, end } = readHeader(bytes, fault);
  const { descr, fortranOrder, shape } = parseHeader(header, fault);
  const { dtype, bigEndian } = parseType(descr, fault);
  const expected = elementCount(shape) * elementTypes[dtype].bytes;
  const got = bytes.length - end;
  if (got !== expected) {
    const state = got < expected ? 'truncated' : 'too long';
    throw fault(`expected ${expected} bytes of values for ${dtype} [${shape}], got ${got} (${state})`);
  }
  const values = bytes.slice(end);
  if (bigEndian) swapBytes(values, elementTypes[dtype].bytes);
  const ordered = fortranOrder ? toRowMajor(values, shape, elementTypes[dtype].bytes) : values;
  const array = arrayFromBytes(dtype, shape, ordered);
  if (dtype === 'bool' && ordered.some((value) => value > 1))
    throw fault('expected 0 or 1 for bool, got another value');
  checkFinite('readNpy', options.source ?? 'the given bytes', array, options);
  return array;
}

/**
 * Writes an .npy file of version 1.0 (2.0 for a header over 65,535 bytes), row-major, little-endian, its values
 * aligned to 64 bytes as NumPy does. The same array gives the same bytes.
 *
 * @throws RangeError or TypeError when shape and data do not fit together; DataError when a value is NaN or
 * infinite while `nonFinite` is not 'accept'.
 * @example
 * ```ts
 * const bytes = writeNpy({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * ```
 */
export function writeNpy(array: ArrayData, options: NonFiniteOptions = {}): Uint8Array {
  checkArray('writeNpy', 'the array', array);
  checkFinite('writeNpy', 'the array', array, options);
  const { bytes, numpy } = elementTypes[array.dtype];
  const tuple = array.shape.length === 1 ? `(${array.shape[0]},)` : `(${array.shape.join(', ')})`;
  const order = bytes === 1 ? '|' : '<';
  const text = `{'descr': '${order}${numpy}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const long = text.length > 65_000;
  const prefix = long ? 12 : 10;
  const headerEnd = Math.ceil((prefix + text.length + 1) / 64) * 64;
  const file = new Uint8Array(headerEnd + array.data.byteLength);
  file.set([...magic, long ? 2 : 1, 0]);
  const view = new DataView(file.buffer);
  if (long) view.setUint32(8, headerEnd - prefix, true);
  else view.setUint16(8, headerEnd - prefix, true);
  file.set(new TextEncoder().encode(`${text.padEnd(headerEnd - prefix - 1)}\n`), prefix);
  file.set(bytesOfArray(array), headerEnd);
  return file;
}

type Fault = (problem: string) => DataError;

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

function readHeader(bytes: Uint8Array, fault: Fault): { header: string; end: number } {
  if (magic.some((value, i) => bytes[i] !== value)) {
    throw fault(`expected the magic \\x93NUMPY, got other bytes${looksLike(bytes)}`);
  }
  const [major, minor] = bytes.subarray(6);
  if (bytes.length < 12) throw fault(`expected a header, got ${bytes.length} bytes (truncated)`);
  if (major === undefined || major < 1 || major > 3 || minor !== 0) {
    throw fault(`expected version 1.0, 2.0 or 3.0, got ${major}.${minor}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = major === 1 ? 10 : 12;
  const end = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) {
    throw fault(`expected a header of ${end - start} bytes, got ${bytes.length - start} (truncated)`);
  }
  return { header: new TextDecoder().decode(bytes.subarray(start, end)), end };
}

function parseHeader(header: string, fault: Fault) {
  const form = /^\{((?:\s*'\w+'\s*:\s*(?:'[^']*'|True|False|\([\d\s,L]*\))\s*,?)*)\s*\}\s*$/.exec(header);
  const entry = (key: string, value: string) =>
    new RegExp(`'${key}'\\s*:\\s*${value}`).exec(form?.[1] ?? '')?.[1];
  const descr = entry('descr', "'([^']*)'");
  const fortranOrder = entry('fortran_order', '(True|False)');
  const tuple = entry('shape', '\\(([^)]*)\\)');
  if (descr === undefined || fortranOrder === undefined || tuple === undefined) {
    if (/'descr'\s*:\s*\[/.test(header)) throw fault('expected numbers of one type, got a structured array');
    throw fault('expected a header with descr, fortran_order and shape, got another text');
  }
  const shape = tuple
    .split(',')
    .map((size) => size.trim().replace(/L$/, ''))
    .filter((size, i, sizes) => size !== '' || i < sizes.length - 1)
    .map((size) => (/^\d+$/.test(size) ? Number(size) : Number.NaN));
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(elementCount(shape))) {
    throw fault(`expected a shape of whole numbers, got (${tuple})`);
  }
  return { descr, fortranOrder: fortranOrder === 'True', shape };
}

function parseType(descr: string, fault: Fault): { dtype: Dtype; bigEndian: boolean } {
  const dtype = dtypes.find((name) => elementTypes[name].numpy === descr.slice(1));
  if (dtype === undefined || !'<>|='.includes(descr.charAt(0))) {
    throw fault(`expected one of the types ${dtypes.join(', ')}, got ${descr}`);
  }
  return { dtype, bigEndian: descr.startsWith('>') };
}

function swapBytes(values: Uint8Array, size: number): void {
  for (let start = 0; start < values.length; start += size) values.subarray(start, start + size).reverse();
}
