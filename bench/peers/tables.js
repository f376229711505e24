/** Participants of one work, ours first, with the ratio to our fastest. */
export function textTable(participants) {
  const rows = rowsOf(participants);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** All works, a section each. */
export function markdownTable({ node, cpu, cores, versions }, results) {
  const libraries = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const machine = [`Node ${node}`, cpu, `${cores} cores`, ...libraries].join(', ');
  const sections = results.map(({ work, what, participants }) => {
    const [header, ...rows] = rowsOf(participants);
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [`### ${work}: ${what}`, '', line(header), line(header.map(() => '---')), ...rows.map(line)].join(
      '\n',
    );
  });
  return `${[machine, ...sections].join('\n\n')}\n`;
}

function rowsOf(participants) {
  const fastestOfOurs = Math.min(
    ...participants.flatMap(({ name, state, median }) =>
      name.startsWith('hebblab') && state === 'measured' ? [median] : [],
    ),
  );
  return [
    ['', 'ms', 'p25 - p75', 'over our fastest'],
    ...participants.map(({ name, state, median, p25, p75, note }) =>
      state === 'failed'
        ? [name, 'failed', '', note]
        : [name, show(median), `${show(p25)} - ${show(p75)}`, `${(median / fastestOfOurs).toFixed(2)} x`],
    ),
  ];
}

function show(milliseconds) {
  if (milliseconds < 0.1) return milliseconds.toFixed(4);
  return milliseconds.toFixed(milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0);
}
