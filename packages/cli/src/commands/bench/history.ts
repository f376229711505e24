import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  describeChanges,
  figureText,
  historyChart,
  historyPage,
  type Series,
  seriesOf,
  sparkline,
} from '@hebblab/bench';
import { InputError, readConfiguration, readHistory } from '@hebblab/bench/node';
import { Command } from 'commander';
import { expectWritable } from '../../options.js';
import { configOption } from './options.js';

interface HistoryFlags {
  config?: string;
  svg?: string;
  html?: string;
  json?: true;
}

export function historyCommand(): Command {
  return new Command('history')
    .description('draw the recorded figures, with the places where they change')
    .argument('[filter]', 'only series whose "suite: case, build" contains this')
    .addOption(configOption())
    .option('--svg <file>', 'draw them into an SVG file')
    .option('--html <file>', 'draw them into a page, with the changes in words')
    .option('--json', 'print JSON on stdout, nothing else')
    .action(history);
}

async function history(filter: string | undefined, flags: HistoryFlags): Promise<void> {
  if (flags.svg !== undefined) expectWritable('--svg', flags.svg);
  if (flags.html !== undefined) expectWritable('--html', flags.html);
  const configuration = await readConfiguration(process.cwd(), flags.config);
  const { records, damaged } = readHistory(configuration.history);
  if (damaged > 0)
    console.error(`warning: ${damaged} damaged lines were skipped in ${configuration.history}`);
  const series = seriesOf(records).filter(({ title }) => filter === undefined || title.includes(filter));
  if (series.length === 0)
    throw new InputError(
      `bench history: expected recorded figures${filter === undefined ? '' : ` of ${filter}`} in ${configuration.history}, found none`,
    );
  if (flags.svg !== undefined) writeFileSync(path.resolve(flags.svg), historyChart(series));
  if (flags.html !== undefined) writeFileSync(path.resolve(flags.html), historyPage(series));
  console.log(flags.json ? JSON.stringify(series, null, 2) : series.map(linesOf).join('\n'));
}

function linesOf(series: Series): string {
  const { title, unit, points } = series;
  const values = points.map(({ value }) => value);
  const last = values.at(-1) ?? Number.NaN;
  const changes = describeChanges(series).map((change) => `  changes ${change}`);
  return [title, `  ${sparkline(values)}  ${figureText(last, unit)}`, ...changes].join('\n');
}
