/** A figure of a run: one line of a history file. */
export type HistoryRecord = TimeRecord | SizeRecord;

interface RecordSubject {
  readonly schema: 1;
  /** ISO 8601. */
  readonly date: string;
  readonly commit: string;
  /** Whether tracked files differed from the commit. */
  readonly changed: boolean;
  /** Processor, cores, platform and engine in one text: figures of another machine are another series. */
  readonly machine: string;
  readonly clock: string;
  readonly suite: string;
  readonly name: string;
  readonly build: string;
  readonly sha256: string;
}

export interface TimeRecord extends RecordSubject {
  /** Median of a call, with its interval. */
  readonly milliseconds: number;
  readonly low: number;
  readonly high: number;
  readonly shareOfCeiling?: number;
}

export interface SizeRecord extends RecordSubject {
  readonly bytes: number;
}

/** Records of JSON lines; lines that are none are counted and left out. */
export function parseHistory(text: string): { readonly records: HistoryRecord[]; readonly damaged: number } {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const records = lines.flatMap((line) => {
    const record = parseLine(line);
    return record === undefined ? [] : [record];
  });
  return { records, damaged: lines.length - records.length };
}

function parseLine(line: string): HistoryRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is HistoryRecord {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<string, unknown>>;
  const texts = ['date', 'commit', 'machine', 'clock', 'suite', 'name', 'build', 'sha256'];
  const numbers = fields.bytes === undefined ? ['milliseconds', 'low', 'high'] : ['bytes'];
  return (
    fields.schema === 1 &&
    typeof fields.changed === 'boolean' &&
    texts.every((field) => typeof fields[field] === 'string') &&
    numbers.every((field) => typeof fields[field] === 'number' && Number.isFinite(fields[field])) &&
    (fields.shareOfCeiling === undefined || Number.isFinite(fields.shareOfCeiling))
  );
}
