import { createHash } from 'node:crypto';
import { readFileWhole } from '@hebblab/data/files';

/** The SHA-256 of a file's bytes in hexadecimal digits. */
export async function sha256Of(file: string): Promise<string> {
  return sha256OfBytes(await readFileWhole(file));
}

export function sha256OfBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
