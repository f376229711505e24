import { existsSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DataError, readSafetensors, writeSafetensors } from '@hebblab/data';
import { readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import type { Checkpoint } from '@hebblab/models';

/** Where each part of a run lies in its folder. */
export interface RunFolder {
  readonly root: string;
  /** There while a process works in the folder. */
  readonly lock: string;
  readonly manifest: string;
  readonly metrics: string;
  readonly results: string;
  readonly report: string;
  /** The page of a paper's claims, where the run judges some. */
  readonly claims: string;
  model(name: string): string;
  figure(name: string): string;
  checkpoint(model: string, stage: string): string;
  /** What was measured of a finished model, so that a resumed run need not measure again. */
  measurement(model: string): string;
  /** The spectra of the inputs, kept likewise. */
  readonly inputSpectra: string;
}

/**
 * The paths of a run's folder; nothing is read or written.
 *
 * @example
 * runFolder('runs/quick').model('kh'); // runs/quick/models/kh.safetensors
 */
export function runFolder(root: string): RunFolder {
  return {
    root,
    lock: path.join(root, lockName),
    manifest: path.join(root, 'manifest.json'),
    metrics: path.join(root, 'metrics.jsonl'),
    results: path.join(root, 'results.json'),
    report: path.join(root, 'report.html'),
    claims: path.join(root, 'claims.html'),
    inputSpectra: path.join(root, 'checkpoints', 'input-spectra.json'),
    model: (name) => path.join(root, 'models', `${name}.safetensors`),
    figure: (name) => path.join(root, 'figures', name),
    checkpoint: (model, stage) => path.join(root, 'checkpoints', `${model}.${stage}.safetensors`),
    measurement: (model) => path.join(root, 'checkpoints', `${model}.measurement.json`),
  };
}

const lockName = 'run.lock';

/** Refuses a folder that holds anything, so that no run mixes with another. */
export async function expectFreshFolder(folder: RunFolder): Promise<void> {
  if (!existsSync(folder.root)) return;
  if (!statSync(folder.root).isDirectory())
    throw new DataError(`run: expected a folder or nothing at ${folder.root}, got a file`);
  const first = (await readdir(folder.root)).find((file) => file !== lockName && !isUnfinished(file));
  if (first === undefined) return;
  const found = existsSync(folder.manifest) ? 'a run' : first;
  throw new DataError(`run: expected an empty folder or --resume, got ${folder.root} with ${found} in it`);
}

/** Removes the files beside the whole ones that a killed run was writing. */
export async function removeUnfinishedFiles(folder: RunFolder): Promise<void> {
  if (!existsSync(folder.root)) return;
  for (const file of await readdir(folder.root, { recursive: true })) {
    if (isUnfinished(path.basename(file))) await rm(path.join(folder.root, file), { force: true });
  }
}

/** As `writeFileAtomically` names the file that it writes aside. */
function isUnfinished(file: string): boolean {
  return file.startsWith('.') && file.endsWith('.part');
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
