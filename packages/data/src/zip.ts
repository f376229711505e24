// Zip archives as numpy.savez writes them: stored or deflated entries. Read here and not with fflate's unzip, which
// checks neither sizes nor checksums.
import { inflateSync } from 'fflate';
import { crc32 } from './crc32.js';
import type { DataError } from './errors.js';

/** The entries of a zip archive by name, each checked against its size and CRC-32. */
export function readZip(bytes: Uint8Array, fault: (problem: string) => DataError): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = findEnd(view);
  if (end < 0)
    throw fault('expected a zip archive with a directory at its end, got none (truncated or not a zip)');
  const count = view.getUint16(end + 10, true);
  const entries = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw fault('the zip directory is damaged');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const next = at + 46 + (nameLength as number) + (extraLength as number) + (commentLength as number);
    if (next > end) throw fault('the zip directory is damaged');
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + (nameLength as number)));
    if (entries.has(name)) throw fault(`expected each name once, got ${name} twice`);
    entries.set(
      name,
      readEntry(bytes, view, at, (problem) => fault(`${name} ${problem}`)),
    );
    at = next;
  }
  return entries;
}

/** The offset of the end-of-directory record, which only a comment may follow; -1 without one. */
function findEnd(view: DataView): number {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (
      view.getUint32(at, true) === 0x06054b50 &&
      at + 22 + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  }
  return -1;
}

function readEntry(
  bytes: Uint8Array,
  view: DataView,
  directory: number,
  fault: (problem: string) => DataError,
): Uint8Array {
  const flags = view.getUint16(directory + 8, true);
  const method = view.getUint16(directory + 10, true);
  const [checksum, stored, size, local] = [16, 20, 24, 42].map((field) =>
    view.getUint32(directory + field, true),
  ) as [number, number, number, number];
  if (flags & 1) throw fault('is encrypted');
  if ([stored, size, local].includes(0xffffffff))
    throw fault('needs zip64, for files over 4 GB, which is not supported');
  if (local + 30 > bytes.length || view.getUint32(local, true) !== 0x04034b50)
    throw fault('has no entry (damaged)');
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + stored > bytes.length) throw fault('is truncated');
  const content = unpack(bytes.subarray(start, start + stored), method, fault);
  if (content.length !== size || crc32(content) !== checksum)
    throw fault('does not match its checksum (damaged)');
  return content;
}

function unpack(stored: Uint8Array, method: number, fault: (problem: string) => DataError): Uint8Array {
  if (method === 0) return stored;
  if (method !== 8) throw fault(`has compression method ${method}, expected 0 (stored) or 8 (deflated)`);
  try {
    return inflateSync(stored);
  } catch {
    throw fault('cannot be inflated (damaged)');
  }
}
