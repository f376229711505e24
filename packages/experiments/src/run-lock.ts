import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DataError } from '@hebblab/data';
import type { RunFolder } from './run-folder.js';

/**
 * Does `work` while no other process of this machine does any in the folder: a file tells the others who is there. One
 * that a killed process left is taken over.
 *
 * @throws DataError where another process works in the folder
 */
export async function whileLocked<Result>(folder: RunFolder, work: () => Promise<Result>): Promise<Result> {
  const firstMade = await mkdir(folder.root, { recursive: true });
  try {
    await lock(folder);
    try {
      return await work();
    } finally {
      await rm(folder.lock, { force: true });
    }
  } finally {
    if (firstMade !== undefined) await removeEmptyFolders(folder.root, firstMade);
  }
}

/** Who holds a lock. */
interface Holder {
  readonly process: number;
  /** When that process took it, in milliseconds since 1970. */
  readonly since: number;
  /** Tells apart two holders in one process. */
  readonly token: string;
}

async function lock(folder: RunFolder): Promise<void> {
  const holder: Holder = { process: process.pid, since: Date.now(), token: randomUUID() };
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    if (await createLock(folder.lock, JSON.stringify(holder))) return;
    const found = await readLock(folder.lock);
    if (found === undefined) continue;
    if (isAlive(found)) throw occupied(folder, found);
    await removeStaleLock(folder.lock, found);
  }
  throw new DataError(
    `run: expected to be alone in ${folder.root}, got other processes that come and go there`,
  );
}

const mostAttempts = 5;

async function createLock(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The holder in a lock file, 'unreadable' where it has none, nothing where there is no file any more. */
async function readLock(file: string): Promise<Holder | 'unreadable' | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    if (parseHolder(text) !== undefined) return parseHolder(text);
    // Another process may be about to write it.
    await wait(200);
    return parseHolder(await readFile(file, 'utf8')) ?? 'unreadable';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { process, since, token } = JSON.parse(text);
    return Number.isInteger(process) && typeof since === 'number' && typeof token === 'string'
      ? { process, since, token }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process that wrote a lock still runs; numbers are given anew to others, at the latest when a machine starts. */
function isAlive(found: Holder | 'unreadable'): found is Holder {
  if (found === 'unreadable') return false;
  const started = found.process === process.pid ? process.uptime() : os.uptime();
  // A second for clocks that are set right.
  if (found.since < Date.now() - 1000 * started - 1000) return false;
  if (found.process === process.pid) return true;
  try {
    process.kill(found.process, 0);
    return true;
  } catch (error) {
    // It is there and somebody else's.
    return codeOf(error) === 'EPERM';
  }
}

/** Of two processes that find the same stale lock, one may have taken it over already: that one gets it back. */
async function removeStaleLock(file: string, stale: Holder | 'unreadable'): Promise<void> {
  const aside = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.part`);
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = parseHolder(await readFile(aside, 'utf8'));
  const expected = stale === 'unreadable' ? undefined : stale.token;
  if (moved?.token === expected) await rm(aside, { force: true });
  else await rename(aside, file);
}

function occupied(folder: RunFolder, { process: number, since }: Holder): DataError {
  return new DataError(
    `run: expected to be alone in ${folder.root}, got process ${number} that works there since ${new Date(since).toISOString()}`,
  );
}

/** Removes the folders from `last` up to `first` that nothing was written to. */
async function removeEmptyFolders(last: string, first: string): Promise<void> {
  const end = path.resolve(first);
  for (let folder = path.resolve(last); folder.startsWith(end); folder = path.dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
