import { fail, requireNotEmpty } from './check.js';

/** A cell; null is a missing value and becomes an empty field. */
export type CsvCell = string | number | boolean | null;

/**
 * Writes a table as CSV (RFC 4180): CRLF after each record, quotes where a field needs them, numbers with all the
 * digits that JavaScript needs to read the same number again.
 *
 * @throws Error when a row has another length than the header, or a number is not finite (use null)
 * @example
 * csv({ columns: ['model', 'accuracy'], rows: [['KH', 0.47], ['SHLP', 0.56]] });
 */
export function csv(table: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}): string {
  requireNotEmpty('csv', 'columns', table.columns);
  const records = [table.columns, ...table.rows].map((row, index) => {
    if (row.length !== table.columns.length) {
      fail('csv', `${table.columns.length} cells in row ${index - 1}`, String(row.length));
    }
    return row.map((cell, at) => formatCell(cell, index - 1, table.columns[at] ?? '')).join(',');
  });
  return `${records.join('\r\n')}\r\n`;
}

function formatCell(cell: CsvCell, row: number, column: string): string {
  if (cell === null) return '';
  if (typeof cell === 'number' && !Number.isFinite(cell)) {
    fail('csv', `finite numbers in column ${column} (null where missing)`, `${cell} in row ${row}`);
  }
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
