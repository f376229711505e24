import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { DataError } from '@hebblab/data';
import { writeFileAtomically } from '@hebblab/data/files';
import type { EpochMetrics } from '@hebblab/models';
import type { RunFolder } from './run-folder.js';

/** One epoch; its line in metrics.jsonl has the metrics beside the other keys. */
export interface MetricsRow {
  readonly model: string;
  readonly stage: string;
  readonly epoch: number;
  readonly metrics: EpochMetrics;
}

/** A line of metrics.jsonl: model, stage, epoch and whatever metrics there are. */
type StoredRow = Readonly<Record<string, string | number>>;

/** Appends a line for each row; on disk when the promise resolves, so before the checkpoint that relies on them. */
export async function appendMetrics(folder: RunFolder, rows: readonly MetricsRow[]): Promise<void> {
  const lines = rows.map(
    ({ model, stage, epoch, metrics }) => `${JSON.stringify({ model, stage, epoch, ...metrics })}\n`,
  );
  await appendFile(folder.metrics, lines.join(''), { flush: true });
}

/** Takes the rows of a stage that are after `epoch` out of metrics.jsonl, and any half line at its end. */
export async function cutMetrics(
  folder: RunFolder,
  { model, stage, epoch }: Omit<MetricsRow, 'metrics'>,
): Promise<void> {
  await removeRows(folder, (row) => row.model === model && row.stage === stage && Number(row.epoch) > epoch);
}

/** Writes the epochs of a model of another run behind those of this one, under its name here. */
export async function takeMetrics(
  folder: RunFolder,
  model: string,
  from: { readonly folder: RunFolder; readonly model: string },
): Promise<void> {
  const rows = (await readMetrics(from.folder)).filter((row) => row.model === from.model);
  // What was written before a kill.
  await removeRows(folder, (row) => row.model === model);
  const lines = rows.map((row) => `${JSON.stringify({ ...row, model })}\n`);
  await appendFile(folder.metrics, lines.join(''), { flush: true });
}

/** Those of other models may follow: a model can be trained late, as the twin of another. */
async function removeRows(folder: RunFolder, isUnwanted: (row: StoredRow) => boolean): Promise<void> {
  if (!existsSync(folder.metrics)) return;
  const kept = (await readLines(folder)).filter(({ row }) => !isUnwanted(row));
  await writeFileAtomically(folder.metrics, kept.map(({ line }) => `${line}\n`).join(''));
}

/** Rows of a run, in order. */
export async function readMetrics(folder: RunFolder): Promise<readonly StoredRow[]> {
  return (await readLines(folder)).map(({ row }) => row);
}

/** The whole lines; what a kill left of the last one is no line. */
async function readLines(folder: RunFolder): Promise<{ line: string; row: StoredRow }[]> {
  if (!existsSync(folder.metrics)) return [];
  const lines = (await readFile(folder.metrics, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return { line, row: JSON.parse(line) };
    } catch {
      throw new DataError(
        `readMetrics: expected JSON, got another text in line ${index + 1} of ${folder.metrics}`,
      );
    }
  });
}
