import { existsSync, statSync } from 'node:fs';
import { appendFile, readdir, readFile, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { DataError, readSafetensors, writeSafetensors } from '@hebblab/data';
import { readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import type { Checkpoint, EpochMetrics } from '@hebblab/models';

/** Where each part of a run lies in its folder. */
export interface RunFolder {
  readonly root: string;
  readonly manifest: string;
  readonly metrics: string;
  readonly results: string;
  readonly report: string;
  model(name: string): string;
  figure(name: string): string;
  checkpoint(model: string, stage: string): string;
  /** What was measured of a finished model, so that a resumed run need not measure again. */
  measurement(model: string): string;
}

/** The paths of a run's folder; nothing is read or written. */
export function runFolder(root: string): RunFolder {
  return {
    root,
    manifest: path.join(root, 'manifest.json'),
    metrics: path.join(root, 'metrics.jsonl'),
    results: path.join(root, 'results.json'),
    report: path.join(root, 'report.html'),
    model: (name) => path.join(root, 'models', `${name}.safetensors`),
    figure: (name) => path.join(root, 'figures', name),
    checkpoint: (model, stage) => path.join(root, 'checkpoints', `${model}.${stage}.safetensors`),
    measurement: (model) => path.join(root, 'checkpoints', `${model}.measurement.json`),
  };
}

/**
 * Refuses a folder that holds anything, so that no run mixes with another. Nothing is made: what else is wrong with a
 * run is found out first. Files that a killed run had not finished do not count.
 */
export async function expectFreshFolder(folder: RunFolder): Promise<void> {
  if (!existsSync(folder.root)) return;
  if (!statSync(folder.root).isDirectory())
    throw new DataError(`run: expected a folder, got a file at ${folder.root}`);
  const first = (await readdir(folder.root)).find((name) => !isUnfinished(name));
  if (first !== undefined) {
    throw new DataError(
      `run: expected an empty folder or --resume, got ${folder.root} with ${existsSync(folder.manifest) ? 'a run' : first} in it`,
    );
  }
}

/** Removes what a run that was killed had not finished writing. */
export async function removeUnfinishedFiles(folder: RunFolder): Promise<void> {
  for (const each of ['', 'models', 'figures', 'checkpoints']) {
    const place = path.join(folder.root, each);
    const names = existsSync(place) ? await readdir(place) : [];
    for (const name of names.filter(isUnfinished)) await rm(path.join(place, name));
  }
}

/** The name under which writeFileAtomically begins a file. */
function isUnfinished(name: string): boolean {
  return /^\..+\.[0-9a-f-]{36}\.part$/.test(name);
}

/** One epoch as a line of metrics.jsonl. */
export interface MetricsRow {
  readonly model: string;
  readonly stage: string;
  readonly epoch: number;
  readonly metrics: EpochMetrics;
}

export async function appendMetrics(folder: RunFolder, rows: readonly MetricsRow[]): Promise<void> {
  const lines = rows.map(
    ({ model, stage, epoch, metrics }) => `${JSON.stringify({ model, stage, epoch, ...metrics })}\n`,
  );
  await appendFile(folder.metrics, lines.join(''));
}

/** Cuts metrics.jsonl back to before the first row of a stage that is after `epoch`, and with it any half line. */
export async function cutMetrics(
  folder: RunFolder,
  model: string,
  stage: string,
  epoch: number,
): Promise<void> {
  if (!existsSync(folder.metrics)) return;
  const text = await readFile(folder.metrics, 'utf8');
  let kept = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    const row: { model: string; stage: string; epoch: number } = JSON.parse(line);
    if (row.model === model && row.stage === stage && row.epoch > epoch) break;
    kept += Buffer.byteLength(line) + 1;
  }
  await truncate(folder.metrics, kept);
}

/** Rows of a finished run, in order. */
export async function readMetrics(folder: RunFolder): Promise<readonly Record<string, string | number>[]> {
  if (!existsSync(folder.metrics)) return [];
  const text = await readFile(folder.metrics, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  await writeFileAtomically(file, writeSafetensors(checkpoint.arrays, { epoch: String(checkpoint.epoch) }));
}

/** The checkpoint of a stage, if there is one. */
export async function readCheckpoint(file: string): Promise<Checkpoint | undefined> {
  if (!existsSync(file)) return undefined;
  const { tensors, metadata } = readSafetensors(await readFileWhole(file), { source: file });
  return { epoch: Number(metadata.epoch), arrays: tensors };
}

export async function removeCheckpoints(folder: RunFolder): Promise<void> {
  await rm(path.join(folder.root, 'checkpoints'), { recursive: true, force: true });
}
