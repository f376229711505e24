import { cellText, commonDecimals } from './cell-text.js';
import { fail } from './check.js';
import type { Claim } from './claims.js';
import { comparisonTable } from './comparison.js';
import type { NamedValue, ReportSection } from './html-report.js';
import type { ReportTable } from './html-table.js';
import { formatNumber } from './number-format.js';

/** A section whose figures are files beside the page. */
export type MarkdownSection = Omit<ReportSection, 'figures'> & {
  readonly figures: readonly {
    /** Relative to the page: 'figures/spectra.svg'. */
    readonly file: string;
    readonly caption: string;
  }[];
};

/** What {@link markdownReport} puts on the page, in its order. */
export type MarkdownReport = {
  readonly title: string;
  readonly subtitle: string;
  readonly summary: readonly ReportTable[];
  readonly sections: readonly MarkdownSection[];
  /** What made the numbers: version, commit, seed, variant, machine. */
  readonly provenance: readonly NamedValue[];
};

/**
 * Writes a report as a page of Markdown that can be kept beside code and compared line by line; figures are linked.
 *
 * @throws Error when a table's row has another length than its header
 * @example
 * const page = markdownReport({
 *   title: 'quick', subtitle: 'MNIST subset',
 *   summary: [{ caption: 'Models', columns: ['model', 'alpha'], rows: [['KH', 1.2]] }],
 *   sections: [{ heading: 'Spectra', text: [], figures: [{ file: 'spectra.svg', caption: 'Spectra' }], tables: [] }],
 *   provenance: [{ name: 'seed', value: 1 }],
 * });
 */
export function markdownReport({ title, subtitle, summary, sections, provenance }: MarkdownReport): string {
  const blocks = [
    `# ${plain(title)}`,
    plain(subtitle),
    ...summary.map(drawTable),
    ...sections.flatMap(drawSection),
    '## Provenance',
    drawTable({
      caption: '',
      columns: ['name', 'value'],
      rows: provenance.map(({ name, value }) => [name, String(value)]),
    }),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function drawSection({ heading, text, claims, figures, comparisons, tables }: MarkdownSection): string[] {
  return [
    `## ${plain(heading)}`,
    ...text.map(plain),
    ...(claims === undefined ? [] : drawClaims(claims)),
    ...figures.map(({ file, caption }) => `![${plain(caption).replace(/[[\]]/g, '')}](${encodeURI(file)})`),
    ...(comparisons ?? []).map((comparison) => drawTable(comparisonTable(comparison))),
    ...tables.map(drawTable),
  ];
}

function drawClaims(claims: readonly Claim[]): string[] {
  const several = claims.some(({ findings }) => findings.length > 1);
  const list = claims.map(({ claim, findings }, index) => {
    const verdicts = findings.map(
      ({ run, verdict, evidence }) => `${several ? `${plain(run)}: ` : ''}**${verdict}**. ${plain(evidence)}`,
    );
    return `${index + 1}. ${[plain(claim), ...verdicts].join(' — ')}`;
  });
  return [list.join('\n'), drawTable(measuresOf(claims))];
}

/** The numbers that the verdicts rest on. */
function measuresOf(claims: readonly Claim[]): ReportTable {
  return {
    caption: 'Numbers behind the verdicts.',
    columns: ['claim', 'quantity', 'estimate', 'interval', 'required'],
    rows: claims.flatMap(({ findings }, index) =>
      findings.flatMap(({ measures = [] }) =>
        measures.map(({ quantity, estimate, interval, required }) => [
          String(index + 1),
          quantity,
          formatNumber(estimate, 4),
          interval === undefined
            ? null
            : `${formatNumber(interval[0], 4)} to ${formatNumber(interval[1], 4)}`,
          required ?? null,
        ]),
      ),
    ),
  };
}

function drawTable({ caption, columns, rows }: ReportTable): string {
  if (rows.length === 0) return '';
  const odd = rows.find((row) => row.length !== columns.length);
  if (odd !== undefined)
    fail('markdownReport', `${columns.length} cells in each row of ${caption}`, String(odd.length));
  const decimals = columns.map((_, at) => commonDecimals(rows.map((row) => row[at] ?? null)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    line(columns.map(plain)),
    line(columns.map((_, at) => (rows.some((row) => typeof row[at] === 'number') ? '--:' : '---'))),
    ...rows.map((row) => line(row.map((cell, at) => plain(cellText(cell, decimals[at] ?? 0))))),
  ].join('\n');
  return caption === '' ? table : `${plain(caption)}\n\n${table}`;
}

/** Text in which nothing is taken for Markdown or HTML, on one line. */
function plain(text: string): string {
  return text
    .replaceAll('\u00a0', ' ')
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_|<>]/g, '\\$&');
}
