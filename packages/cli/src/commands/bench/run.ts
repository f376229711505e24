import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Rate } from '@hebblab/bench';
import {
  appendHistory,
  type CaseResult,
  InputError,
  type RunResult,
  readConfiguration,
  runSuites,
  runSuitesInBrowser,
} from '@hebblab/bench/node';
import { Command } from 'commander';
import { expectWritable } from '../../options.js';
import { textTable } from '../../text-table.js';
import { chosenPlans, type MeasuringFlags, measuringOptions, withMeasuringOptions } from './options.js';

interface RunFlags extends MeasuringFlags {
  browser?: true;
  record?: true;
}

export function runSuitesCommand(): Command {
  const command = new Command('run').description('measure suites; exit code 1 where a case fails');
  return withMeasuringOptions(command, 2)
    .option('--record', 'append the figures to the history')
    .option('--browser', 'measure in Chromium, by elapsed time')
    .action(run);
}

async function run(filter: string | undefined, flags: RunFlags): Promise<void> {
  if (flags.out !== undefined) expectWritable('--out', flags.out);
  if (flags.browser === true && flags.threads > 1)
    throw new InputError(`--threads: expected 1 beside --browser, got ${flags.threads}`);
  const configuration = await readConfiguration(process.cwd(), flags.config);
  const runIn = flags.browser === true ? runSuitesInBrowser : runSuites;
  const result = await runIn({
    configuration,
    plans: await chosenPlans(configuration, filter, flags),
    options: measuringOptions(flags),
    onSuite: (suite, build) => console.error(`${suite}, ${build}`),
  });
  if (flags.out !== undefined) writeFileSync(path.resolve(flags.out), `${JSON.stringify(result, null, 2)}\n`);
  if (flags.json) console.log(JSON.stringify(result, null, 2));
  else print(result);
  if (flags.record) {
    const count = appendHistory(configuration.history, result);
    console.error(`${count} figures appended to ${configuration.history}`);
  }
  const failed = result.results.filter(({ state }) => state === 'failed');
  if (failed.length > 0)
    throw new Error(
      `bench run: expected every case to be measured, got a failure of ${failed.map(({ suite, name, build }) => `${suite}: ${name}, ${build}`).join('; ')}`,
    );
}

function print({ machine, commit, changed, load, clock, results }: RunResult): void {
  const { node, v8, cpu, cores, platform } = machine;
  console.log(`Node ${node} (V8 ${v8}) on ${platform}, ${cpu}, ${cores} cores`);
  console.log(
    `commit ${commit.slice(0, 12)}${changed ? ' and changes' : ''}; load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after\n`,
  );
  const columns = ['case', 'build', `${clock} ms`, 'interval', 'samples', 'rate', 'of ceiling', 'memory', ''];
  const rows = results.map((item) => [`${item.suite}: ${item.name}`, item.build, ...cellsOf(item)]);
  console.log(textTable({ columns, rows }, { left: ['build', ''] }));
}

function cellsOf(item: CaseResult): (string | number | null)[] {
  if (item.state === 'failed') return [null, null, null, null, null, null, `failed: ${item.error}`];
  if (item.state === 'sized') return [null, null, null, `${item.bytes} bytes`, null, null, ''];
  const { milliseconds, samples, rates, shareOfCeiling, memoryBytes, warmUp } = item;
  const { estimate, low, high } = milliseconds;
  return [
    estimate.toPrecision(4),
    `${low.toPrecision(4)} - ${high.toPrecision(4)}`,
    samples,
    rates.map(rateText).join(', '),
    shareOfCeiling === undefined ? null : `${(100 * shareOfCeiling).toFixed(0)} %`,
    memoryBytes === undefined ? null : `${(memoryBytes / 2 ** 20).toFixed(1)} MiB`,
    notesOf(item.samples, warmUp),
  ];
}

/** Why a figure is to be read with care. */
function notesOf(samples: number, warmUp: string): string {
  const notes = [
    ...(samples < fewestTrusted ? ['few samples, give it more --seconds'] : []),
    ...(warmUp === 'still falling' ? ['still became quicker after the warm-up'] : []),
    ...(warmUp === 'too short to tell' ? ['the warm-up was too short to tell its end'] : []),
  ];
  return notes.join('; ');
}

/** The bootstrap interval of a median of fewer is too narrow. */
const fewestTrusted = 10;

function rateText({ value, unit }: Rate): string {
  return `${value >= 1e4 ? value.toExponential(2) : value.toPrecision(3)} ${unit}`;
}
