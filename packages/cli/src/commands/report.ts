import { drawReport, readResults, runFolder, summaryTable } from '@hebblab/experiments';
import { Command } from 'commander';
import { textTable } from '../text-table.js';

export function reportCommand(): Command {
  return new Command('report')
    .description('draw the figures and the report of finished runs again; several runs in one table')
    .argument('<dir...>', 'folders of runs')
    .addHelpText(
      'after',
      `
Examples:
  hebblab report runs/quick
  hebblab report runs/seed-1 runs/seed-2`,
    )
    .action(report);
}

async function report(folders: string[]): Promise<void> {
  const tables = [];
  for (const root of folders) {
    const folder = runFolder(root);
    tables.push({ root, table: summaryTable(await readResults(folder)) });
    await drawReport(folder);
  }
  const [first] = tables;
  if (first === undefined) return;
  const rows = tables.flatMap(({ root, table }) =>
    table.rows.map(([model = null, ...cells]) => [`${root} ${model}`, ...cells]),
  );
  console.log(textTable(first.table.columns, rows));
  for (const { root } of tables) console.log(`Report: ${runFolder(root).report}`);
}
