import { drawReport, readManifest, readResults, runFolder, summaryTable } from '@hebblab/experiments';
import { Command } from 'commander';
import { type Cell, fittingTable, outputWidth, type Table } from '../text-table.js';

export function reportCommand(): Command {
  return new Command('report')
    .argument('<dir...>', 'folders of finished runs')
    .option('--json', 'print the results of all as JSON on stdout, nothing else')
    .addHelpText(
      'after',
      `
Examples:
  hebblab report runs/quick
  hebblab report runs/seed-1 runs/seed-2`,
    )
    .action(report);
}

async function report(roots: string[], flags: { json?: true }): Promise<void> {
  const folders = roots.map(runFolder);
  // All are read before anything is drawn.
  const runs = [];
  for (const folder of folders) {
    await readManifest(folder);
    runs.push({ folder: folder.root, results: await readResults(folder) });
  }
  for (const folder of folders) await drawReport(folder);
  if (flags.json) {
    console.log(JSON.stringify(runs, null, 2));
    return;
  }
  const tables = runs.map(({ folder, results }) => ({ folder, table: summaryTable(results) }));
  const reports = folders.map((folder) => `Report: ${folder.report}`).join('\n');
  console.log(`${fittingTable(sideBySide(tables), outputWidth())}\n\n${reports}`);
}

/** One table of several runs: a row a model, every column that any of the runs has. */
function sideBySide(tables: readonly { readonly folder: string; readonly table: Table }[]): Table {
  const columns = [...new Set(tables.flatMap(({ table }) => table.columns))];
  const rows = tables.flatMap(({ folder, table }) =>
    table.rows.map((row) =>
      columns.map((column, index): Cell => {
        const cell = row[table.columns.indexOf(column)] ?? null;
        return index === 0 && tables.length > 1 ? `${folder} ${cell}` : cell;
      }),
    ),
  );
  return { columns, rows };
}
