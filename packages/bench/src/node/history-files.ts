import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { groupsOf } from '../history/groups.js';
import { type HistoryRecord, parseHistory } from '../history/record.js';
import { type CaseResult, measuredOf, type RunResult, sizedOf } from './run-suites.js';

/** Appends the measured tasks of a run to the history of their suites, and returns how many there were. */
export function appendHistory(folder: string, run: RunResult): number {
  const records = historyRecords(run);
  mkdirSync(folder, { recursive: true });
  for (const [suite, ofSuite] of groupsOf(records, (record) => record.suite)) {
    const lines = ofSuite.map((record) => `${JSON.stringify(record)}\n`).join('');
    appendFileSync(path.join(folder, `${suite.replaceAll(/[^\w-]/g, '-')}.jsonl`), lines);
  }
  return records.length;
}

/** All records of a folder, and how many lines were none. */
export function readHistory(folder: string): { readonly records: HistoryRecord[]; readonly damaged: number } {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.jsonl')) : [];
  const parsed = files.sort().map((file) => parseHistory(readFileSync(path.join(folder, file), 'utf8')));
  return {
    records: parsed.flatMap(({ records }) => records),
    damaged: parsed.reduce((sum, { damaged }) => sum + damaged, 0),
  };
}

function historyRecords({
  machine,
  date,
  commit,
  changed,
  clock,
  builds,
  results,
}: RunResult): HistoryRecord[] {
  const { cpu, cores, platform, node } = machine;
  const subjectOf = ({ suite, name, build }: CaseResult) => ({
    schema: 1 as const,
    date,
    commit,
    changed,
    machine: `${cpu}, ${cores} cores, ${platform}, Node ${node}`,
    clock,
    suite,
    name,
    build,
    sha256: builds.find((one) => one.name === build)?.sha256 ?? 'unknown',
  });
  const times = measuredOf(results)
    .filter(({ role }) => role === 'task')
    .map((result) => ({
      ...subjectOf(result),
      milliseconds: result.milliseconds.estimate,
      low: result.milliseconds.low,
      high: result.milliseconds.high,
      ...(result.shareOfCeiling !== undefined && { shareOfCeiling: result.shareOfCeiling }),
    }));
  return [...times, ...sizedOf(results).map((result) => ({ ...subjectOf(result), bytes: result.bytes }))];
}
