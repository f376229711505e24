import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DataError } from '@hebblab/data';
import { runExperiment, runFolder } from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';
import { runAndAbort, temporaryFolder, tinyRun } from './support/tiny-run.js';

const lockOf = (pid: number, since: number) => JSON.stringify({ process: pid, since, token: 'other' });

describe('the lock of a run folder', () => {
  it('refuses a second run while one is going on, and lets the first end', async () => {
    const folder = await temporaryFolder();
    let second: Promise<unknown> | undefined;
    const onProgress = () => {
      second ??= runExperiment(tinyRun(folder, { resume: true })).catch((error: unknown) => error);
    };
    await runExperiment(tinyRun(folder, { onProgress }));
    const error = await second;
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toMatch(
      /run: expected to be alone in .*, got process \d+ that works there since 20/,
    );
  });

  it('is gone after a run and after one that was stopped', async () => {
    const folder = await temporaryFolder();
    await runAndAbort(folder, ({ kind }) => kind === 'epoch');
    expect(existsSync(runFolder(folder).lock)).toBe(false);
    await runExperiment(tinyRun(folder, { resume: true }));
    expect(existsSync(runFolder(folder).lock)).toBe(false);
  });

  it('of a living process is respected', async () => {
    const folder = await temporaryFolder();
    const content = lockOf(process.ppid, Date.now());
    await writeFile(runFolder(folder).lock, content);
    await expect(runExperiment(tinyRun(folder))).rejects.toThrow(
      `got process ${process.ppid} that works there`,
    );
    expect(await readFile(runFolder(folder).lock, 'utf8')).toBe(content);
  });

  it.each([
    ['a process that has ended', () => lockOf(spawnSync(process.execPath, ['--version']).pid, Date.now())],
    ['a living number from before the machine started', () => lockOf(process.ppid, 0)],
    ['an earlier process of the same number', () => lockOf(process.pid, 0)],
    ['nobody', () => ''],
  ])('of %s is taken over', async (_, content) => {
    const folder = await temporaryFolder();
    await writeFile(runFolder(folder).lock, content());
    await runExperiment(tinyRun(folder));
    expect(await readdir(folder)).not.toContain(path.basename(runFolder(folder).lock));
  });

  it('leaves no folder of a run that could not begin', async () => {
    const place = await temporaryFolder();
    const folder = path.join(place, 'new', 'run');
    const extensions = {
      datasets: {
        halves: async () => {
          throw new DataError('no such images');
        },
      },
    };
    await expect(runExperiment(tinyRun(folder, { extensions }))).rejects.toThrow('no such images');
    expect(await readdir(place)).toEqual([]);
  });
});
