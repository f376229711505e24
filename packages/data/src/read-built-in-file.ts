import { DataError } from './errors.js';

/** The bytes of a file of this package, with fetch; read-built-in-file.node.ts is its counterpart in Node. */
export async function readBuiltInFile(address: URL): Promise<Uint8Array> {
  const response = await fetch(address).catch((error: unknown) => {
    throw new DataError(`loadBuiltIn: expected a file at ${address}, got ${(error as Error).message}`);
  });
  if (!response.ok)
    throw new DataError(`loadBuiltIn: expected a file at ${address}, got status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
