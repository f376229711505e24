import { type ChangePoint, changePoints } from './change-points.js';
import { groupsOf } from './groups.js';
import type { HistoryRecord } from './record.js';

/** One task on one machine over time. */
export interface Series {
  readonly title: string;
  /** Milliseconds, or percent of the ceiling where every value has one: that forgives a machine its slow days. */
  readonly unit: 'ms' | '% of ceiling' | 'bytes';
  readonly points: readonly { readonly value: number; readonly commit: string; readonly date: string }[];
  readonly changes: readonly ChangePoint[];
}

/** Puts records in order of time into a series for each suite, task, build, machine and clock; a size is one everywhere. */
export function seriesOf(records: readonly HistoryRecord[]): Series[] {
  const groups = groupsOf(
    records.toSorted((first, second) => first.date.localeCompare(second.date)),
    keyOf,
  );
  const machines = new Set(records.map(({ machine }) => machine));
  return [...groups.values()].map((group) => oneSeries(group, machines.size > 1));
}

function keyOf(record: HistoryRecord): string {
  const { suite, name, build, machine, clock } = record;
  return JSON.stringify('bytes' in record ? [suite, name, build] : [suite, name, build, machine, clock]);
}

function oneSeries(group: readonly HistoryRecord[], nameMachine: boolean): Series {
  const unit = unitOf(group);
  const points = group.map((record) => ({
    value: figureOf(record, unit),
    commit: record.commit,
    date: record.date,
  }));
  const { suite = '', name = '', build = '', machine = '' } = group[0] ?? {};
  return {
    title: `${suite}: ${name}, ${build}${nameMachine && unit !== 'bytes' ? ` (${machine})` : ''}`,
    unit,
    points,
    changes: changePoints(points.map(({ value }) => value)),
  };
}

function unitOf(group: readonly HistoryRecord[]): Series['unit'] {
  if (group.every((record) => 'bytes' in record)) return 'bytes';
  return group.every((record) => 'shareOfCeiling' in record) ? '% of ceiling' : 'ms';
}

function figureOf(record: HistoryRecord, unit: Series['unit']): number {
  if ('bytes' in record) return record.bytes;
  return unit === '% of ceiling' ? 100 * (record.shareOfCeiling ?? 0) : record.milliseconds;
}

/** A figure of a series as it is read: bytes whole, others to four digits. */
export function figureText(value: number, unit: Series['unit']): string {
  return `${unit === 'bytes' ? String(value) : value.toPrecision(4)} ${unit}`;
}

/** The changes of a series in words: the commit from which on, the day and how sure it is. */
export function describeChanges({ points, changes }: Series): string[] {
  return changes.map(({ index, p }) => {
    const { commit = '', date = '' } = points[index] ?? {};
    return `from ${commit.slice(0, 12)} on, ${date.slice(0, 10)} (p ${p.toPrecision(2)})`;
  });
}
