import { commonDecimals } from './cell-text.js';
import { requireFinite, requireNotEmpty, requireSameLength } from './check.js';
import { drawTable, type ReportTable } from './html-table.js';
import { formatFixed, formatNumber } from './number-format.js';

/** A number of a run, with its interval over seeds or images. */
export type MeasuredValue = { readonly value: number; readonly interval?: readonly [number, number] };

/** One quantity of several models: what runs measured beside what others published. */
export type Comparison = {
  /** The quantity, with its unit: 'Median critical distance under FGSM (L2 norm)'. */
  readonly caption: string;
  /** Names of the runs, a column each: ['ours'] or the names of several. */
  readonly runs: readonly string[];
  /** Names of the other sources, a column each: ['published', 'independent run']. */
  readonly references: readonly string[];
  /** 'relative': per cent of the reference. 'absolute': in the quantity's unit. */
  readonly difference: 'relative' | 'absolute';
  readonly rows: readonly {
    readonly model: string;
    /** One a run; null where it has none. */
    readonly measured: readonly (MeasuredValue | null)[];
    /** One a reference; null where it has none. */
    readonly references: readonly (number | null)[];
  }[];
};

/**
 * A table of a comparison: the runs' values, then each reference followed by the difference of every run from it.
 *
 * @throws Error when there is no run, a row has not one value a run and a reference, or a number is not finite
 * @example
 * const table = comparisonTable({
 *   caption: 'Test accuracy', runs: ['ours'], references: ['published'], difference: 'absolute',
 *   rows: [{ model: 'KH', measured: [{ value: 0.47 }], references: [0.472] }],
 * });
 */
export function comparisonTable(comparison: Comparison): ReportTable {
  validate(comparison);
  const { caption, runs, references, difference, rows } = comparison;
  const decimals = runs.map((_, run) =>
    commonDecimals(rows.flatMap(({ measured }) => [measured[run]?.value ?? null])),
  );
  return {
    caption,
    columns: [
      'model',
      ...runs,
      ...references.flatMap((reference) => [reference, ...runs.map((run) => `${run} − ${reference}`)]),
    ],
    rows: rows.map(({ model, measured, references: values }) => [
      model,
      ...measured.map((one, run) => (one === null ? null : measuredText(one, decimals[run] ?? 4))),
      ...values.flatMap((value) => [
        value,
        ...measured.map((one) =>
          one === null || value === null ? null : differenceText(one.value, value, difference),
        ),
      ]),
    ]),
  };
}

/** The comparison as HTML. */
export function drawComparison(comparison: Comparison): string {
  return drawTable(comparisonTable(comparison));
}

/** Numbers without an interval stay numbers. */
function measuredText({ value, interval }: MeasuredValue, decimals: number): string | number {
  if (interval === undefined) return value;
  const [low, high] = interval.map((bound) => formatFixed(bound, decimals));
  return `${formatFixed(value, decimals)} [${low}, ${high}]`.replaceAll(' ', '\u00a0');
}

function differenceText(ours: number, theirs: number, kind: Comparison['difference']): string {
  const sign = (value: number) => (value > 0 ? '+' : '');
  if (kind === 'absolute' || theirs === 0) {
    const value = ours - theirs;
    return `${sign(value)}${formatNumber(Number(value.toPrecision(6)), 2)}`;
  }
  const percent = (100 * (ours - theirs)) / Math.abs(theirs);
  return `${sign(percent)}${formatFixed(percent, 1)}\u00a0%`;
}

function validate({ caption, runs, references, rows }: Comparison): void {
  const operation = 'comparisonTable';
  requireNotEmpty(operation, `runs of ${caption}`, runs);
  for (const { model, measured, references: values } of rows) {
    requireSameLength(operation, 'runs', runs.length, `values measured of ${model}`, measured.length);
    requireSameLength(operation, 'references', references.length, `values of ${model}`, values.length);
    for (const one of measured) {
      if (one !== null)
        requireFinite(operation, `${caption} of ${model}`, [one.value, ...(one.interval ?? [])]);
    }
    requireFinite(
      operation,
      `references of ${model}`,
      values.filter((value) => value !== null),
    );
  }
}
