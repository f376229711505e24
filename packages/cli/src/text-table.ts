export type Cell = string | number | null;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Columns of plain text; a missing value is a dash. The first column is set to the left, the others to the right. */
export function textTable(
  { columns, rows }: Table,
  options: { readonly left?: readonly string[] } = {},
): string {
  const lines = [columns, ...rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const pad = (text: string, column: number) => {
    const width = widths[column] ?? 0;
    const toTheLeft = column === 0 || options.left?.includes(columns[column] ?? '');
    return toTheLeft ? text.padEnd(width) : text.padStart(width);
  };
  const printed = lines.map((line) => line.map(pad).join('  ').trimEnd());
  const rule = '─'.repeat(Math.max(...printed.map((line) => line.length)));
  return [printed[0], rule, ...printed.slice(1)].join('\n');
}

/** The table as it is where it fits the width; else turned by its diagonal where that is narrower. */
export function fittingTable(table: Table, width: number): string {
  const asGiven = textTable(table);
  if (widthOf(asGiven) <= width) return asGiven;
  const turned = textTable(turnedByDiagonal(table));
  return widthOf(turned) < widthOf(asGiven) ? turned : asGiven;
}

/** Breaks a text at spaces into lines of at most `width` characters; longer words stay whole. */
export function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** Characters in a line of stdout: those of the terminal, or what a file is read with. */
export function outputWidth(): number {
  return process.stdout.columns || 80;
}

function turnedByDiagonal({ columns, rows }: Table): Table {
  const [corner = '', ...measures] = columns;
  return {
    columns: [corner, ...rows.map(([name]) => String(name))],
    rows: measures.map((measure, index) => [measure, ...rows.map((row) => row[index + 1] ?? null)]),
  };
}

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}
