import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DataError } from '../errors.js';

/**
 * Writes a file so that it appears whole or not at all: into a file beside it, synchronised to disk, then renamed.
 * What was there before stays until then. Missing folders are made.
 *
 * @throws the system's error when the file cannot be written; nothing is left behind.
 * @example
 * ```ts
 * await writeFileAtomically('run/model.safetensors', writeSafetensors(tensors));
 * ```
 */
export async function writeFileAtomically(file: string, content: Uint8Array | string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  await mkdir(folder, { recursive: true });
  const aside = path.join(folder, `.${path.basename(file)}.${randomUUID()}.part`);
  try {
    const handle = await open(aside, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/**
 * The whole content of a file.
 *
 * @throws DataError when there is no such file, or it is a folder or may not be read.
 * @example
 * ```ts
 * const array = readNpy(await readFileWhole('activity.npy'), { source: 'activity.npy' });
 * ```
 */
export async function readFileWhole(file: string): Promise<Uint8Array> {
  try {
    const content = await readFile(file);
    return new Uint8Array(content.buffer, content.byteOffset, content.length);
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new DataError(`readFileWhole: expected a file, got ${reason} at ${file}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'nothing',
  ENOTDIR: 'nothing',
  EISDIR: 'a folder',
  EACCES: 'one that may not be read',
};

/** Makes the renaming last through a loss of power; not every system can open a folder (Windows cannot). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}
