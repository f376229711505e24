type Cell = string | number | null;

/** Columns of plain text, the first to the left, the others to the right; a missing value is a dash. */
export function textTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [columns, ...rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const pad = (text: string, column: number) => {
    const width = widths[column] ?? 0;
    return column === 0 ? text.padEnd(width) : text.padStart(width);
  };
  const printed = lines.map((line) => line.map(pad).join('  ').trimEnd());
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return [printed[0], rule, ...printed.slice(1)].join('\n');
}
