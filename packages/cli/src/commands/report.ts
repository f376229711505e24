import { existsSync, statSync } from 'node:fs';
import { DataError } from '@hebblab/data';
import { writeFileAtomically } from '@hebblab/data/files';
import {
  claimsPageOf,
  claimTables,
  drawReport,
  expectPlaceForPage,
  readRuns,
  runFolder,
  summaryTable,
  writeResultsPage,
} from '@hebblab/experiments';
import { Command } from 'commander';
import { expectWritable } from '../options.js';
import { type Cell, fittingTable, outputWidth, type Table } from '../text-table.js';

export function reportCommand(): Command {
  return new Command('report')
    .argument('<dir...>', 'folders of finished runs')
    .option('--claims <file>', 'write a page of the claims of all, a column a run, to this file')
    .option(
      '--markdown <dir>',
      'write a page of one run in Markdown, with figures, settings and hashes, to this folder',
    )
    .option('--json', 'print the results of all as JSON on stdout, nothing else')
    .addHelpText(
      'after',
      `
Examples:
  hebblab report runs/quick
  hebblab report runs/seed-1 runs/seed-2
  hebblab report runs/paper-a-165 runs/paper-a-short --claims claims.html
  hebblab report runs/paper-b --markdown docs/results/paper-b`,
    )
    .action(report);
}

interface ReportFlags {
  claims?: string;
  markdown?: string;
  json?: true;
}

async function report(roots: string[], flags: ReportFlags): Promise<void> {
  if (flags.markdown !== undefined) expectFolderForPage(flags.markdown);
  // All are read before anything is drawn.
  const runs = await readRuns(roots);
  const tablesOfClaims = claimTables(runs);
  if (flags.claims !== undefined && tablesOfClaims.length === 0)
    throw new DataError('report --claims: expected a run that judges claims, got none');
  const folders = runs.map(({ name }) => runFolder(name));
  const [first, ...others] = folders;
  if (flags.markdown !== undefined && others.length > 0)
    throw new DataError(`report --markdown: expected one run, got ${folders.length}`);
  for (const folder of folders) await drawReport(folder);
  if (flags.markdown !== undefined && first !== undefined) await writeResultsPage(first, flags.markdown);
  if (flags.claims !== undefined) await writeFileAtomically(flags.claims, claimsPageOf(runs));
  if (flags.json) {
    console.log(
      JSON.stringify(
        runs.map(({ name, results }) => ({ folder: name, results })),
        null,
        2,
      ),
    );
    return;
  }
  const tables = runs.map(({ name, results }) => ({ folder: name, table: summaryTable(results) }));
  const parts = [
    fittingTable(sideBySide(tables), outputWidth()),
    ...tablesOfClaims.map((table) => `${table.caption}\n${fittingTable(table, outputWidth())}`),
    [
      ...folders.map((folder) => `Report: ${folder.report}`),
      ...(flags.claims === undefined ? [] : [`Claims: ${flags.claims}`]),
      ...(flags.markdown === undefined ? [] : [`Markdown: ${flags.markdown}`]),
    ].join('\n'),
  ];
  console.log(parts.join('\n\n'));
}

function expectFolderForPage(place: string): void {
  expectWritable('--markdown', place);
  if (existsSync(place) && !statSync(place).isDirectory())
    throw new DataError(`--markdown: expected a folder, got the file ${place}`);
  expectPlaceForPage(place);
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
