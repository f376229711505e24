import { readFile } from 'node:fs/promises';
import { DataError } from './errors.js';

/** The bytes of a file of this package: from disk, or with fetch where the address is not a file's. */
export async function readBuiltInFile(address: URL): Promise<Uint8Array> {
  try {
    if (address.protocol === 'file:') return new Uint8Array(await readFile(address));
    const response = await fetch(address);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new Error(`status ${response.status}`);
  } catch (error) {
    throw new DataError(`loadBuiltIn: expected a file at ${address}, got ${(error as Error).message}`);
  }
}
