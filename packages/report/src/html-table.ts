import { cellText, commonDecimals } from './cell-text.js';
import { fail } from './check.js';
import { csv } from './csv.js';
import { escapeText, wellFormed } from './text.js';
import { drawVerdict, type VerdictTone } from './verdict.js';

/** A judgement in a table: the text, and how it is marked. */
export type VerdictCell = { readonly verdict: string; readonly tone: VerdictTone };

/** A cell; null is a missing value and shown as a dash. */
export type ReportCell = string | number | VerdictCell | null;

/** A table; the first cell of a row names the row. */
export type ReportTable = {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ReportCell[])[];
};

/** A table that scrolls where it is too wide, with its data as CSV. */
export function drawTable(table: ReportTable): string {
  const { caption, columns, rows } = table;
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns.length) {
      fail('htmlReport', `${columns.length} cells in row ${index} of ${caption}`, String(row.length));
    }
  }
  const isNumeric = columns.map((_, at) => at > 0 && isNumericColumn(rows.map((row) => row[at] ?? null)));
  const align = (at: number) => (isNumeric[at] === true ? ' class="number"' : '');
  const head = columns.map((column, at) => `<th scope="col"${align(at)}>${unbrokenWords(column)}</th>`);
  const decimals = columns.map((_, at) => commonDecimals(rows.map((row) => row[at] ?? null)));
  const body = rows.map((row) => {
    const cells = row.map((cell, at) => {
      const text =
        at === 0 && typeof cell === 'string' ? unbrokenWords(cell) : formatCell(cell, decimals[at] ?? 0);
      return at === 0 ? `<th scope="row">${text}</th>` : `<td${align(at)}>${text}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const data = rows.map((row) =>
    row.map((cell) => (typeof cell === 'object' && cell !== null ? cell.verdict : cell)),
  );
  const link = drawCsvLink(`${fileNameOf(caption)}.csv`, csv({ columns, rows: data }));
  return `<div class="table" role="region" tabindex="0" aria-label="${escapeText(caption)}">
<table>
<caption><span>${escapeText(caption)} ${link}</span></caption>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}

/** The data ride in the link itself, so that the page stays one file and needs no script. */
export function drawCsvLink(fileName: string, text: string): string {
  const address = `data:text/csv;charset=utf-8,${encodeURIComponent(wellFormed(text))}`;
  return `<a class="csv" download="${escapeText(fileName)}" href="${escapeText(address)}">CSV<span class="hidden"> of this: ${escapeText(fileName)}</span></a>`;
}

/** Names of models and runs have hyphens, at which a narrow column would break them. */
function unbrokenWords(text: string): string {
  return escapeText(text).replace(/\S*-\S*/g, '<span class="whole">$&</span>');
}

function fileNameOf(caption: string): string {
  const words = caption.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? ['table'];
  return words.join('-').slice(0, 60);
}

/** Numbers, or texts that are numbers with a sign, a unit of per cent or an interval: their ends line up. */
function isNumericColumn(cells: readonly ReportCell[]): boolean {
  const present = cells.filter((cell) => cell !== null);
  const isNumber = (cell: ReportCell) => typeof cell === 'number';
  const isNumberText = (cell: ReportCell) =>
    typeof cell === 'string' && /^[+\u2212]?[\d.]+(\u00a0%|\u00a0\[[^\]]*\])?$/.test(cell);
  return present.some(isNumber) || (present.length > 0 && present.every((cell) => isNumberText(cell)));
}

function formatCell(cell: ReportCell, decimals: number): string {
  if (typeof cell === 'object' && cell !== null) return drawVerdict(cell.verdict, cell.tone);
  return escapeText(cellText(cell, decimals));
}
