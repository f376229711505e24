// gzip (RFC 1952): one member, checked against the CRC-32 and the length in its trailer, which fflate leaves unread.
import { inflateSync } from 'fflate';
import { crc32 } from './crc32.js';
import { type ReadOptions, readingFault } from './errors.js';

/** The content of a gzip file, or the bytes themselves where they do not start like one. */
export function gunzipIfGzipped(operation: string, bytes: Uint8Array, options: ReadOptions): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(operation, bytes, options) : bytes;
}

function gunzip(operation: string, bytes: Uint8Array, options: ReadOptions): Uint8Array {
  const start = headerLength(bytes);
  if (start < 0) throw readingFault(operation, 'the gzip header is not valid', options);
  if (bytes.length < start + trailerLength)
    throw readingFault(operation, 'the gzip data is truncated', options);
  const content = inflate(operation, bytes.subarray(start, bytes.length - trailerLength), options);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - trailerLength, trailerLength);
  const expectedLength = trailer.getUint32(4, true);
  if (content.length % 2 ** 32 !== expectedLength || crc32(content) !== trailer.getUint32(0, true)) {
    const problem = `the gzip data is damaged: its ${content.length} bytes do not match the checksum and length at its end`;
    throw readingFault(operation, problem, options);
  }
  return content;
}

function inflate(operation: string, deflated: Uint8Array, options: ReadOptions): Uint8Array {
  try {
    return inflateSync(deflated);
  } catch {
    throw readingFault(operation, 'the gzip data is truncated or damaged', options);
  }
}

const trailerLength = 8;

/** Where the deflated data starts; -1 for a header that RFC 1952 does not allow or that does not end. */
function headerLength(bytes: Uint8Array): number {
  const [, , method, flags = 0xff] = bytes;
  if (method !== 8 || flags & 0xe0) return -1;
  let end = 10;
  if (flags & 4) end += 2 + (bytes[end] ?? 0) + 256 * (bytes[end + 1] ?? 0);
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const zero = bytes.indexOf(0, end);
    if (zero < 0) return -1;
    end = zero + 1;
  }
  return flags & 2 ? end + 2 : end;
}
