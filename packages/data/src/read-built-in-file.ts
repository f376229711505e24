import { DataError } from './errors.js';

/** The bytes of a file of this package: from disk in Node, with fetch everywhere else. */
export async function readBuiltInFile(address: URL): Promise<Uint8Array> {
  try {
    return await (address.protocol === 'file:' ? readFromDisk(address) : download(address));
  } catch (error) {
    throw new DataError(`loadBuiltIn: expected a file at ${address}, got ${(error as Error).message}`);
  }
}

/** Node cannot fetch file: addresses. Its module is asked for and not imported, because bundlers follow imports. */
async function readFromDisk(address: URL): Promise<Uint8Array> {
  if (typeof process === 'undefined') throw new Error('a page opened from disk, which may not read files');
  return new Uint8Array(await process.getBuiltinModule('node:fs/promises').readFile(address));
}

async function download(address: URL): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
