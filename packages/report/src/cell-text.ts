import type { ReportCell } from './html-table.js';
import { formatFixed, formatNumber } from './number-format.js';

/** A cell as plain text; a dash where it is missing. */
export function cellText(cell: ReportCell, decimals: number): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'object') return cell.verdict;
  // A number too small or large for the column's decimals keeps its digits as a power of ten.
  const plain = formatNumber(cell, 4);
  return plain.includes('e') ? plain : formatFixed(cell, decimals);
}

/** Decimals that show every number of a column to four significant digits, so that its points line up. */
export function commonDecimals(cells: readonly ReportCell[]): number {
  const needed = cells.map((cell) =>
    typeof cell === 'number' ? (formatNumber(cell, 4).split('.')[1] ?? '').length : 0,
  );
  return Math.min(4, Math.max(0, ...needed));
}
