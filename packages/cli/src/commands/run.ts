import { existsSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '@hebblab/data';
import { readFileWhole } from '@hebblab/data/files';
import {
  applyOverrides,
  presetNamed,
  presets,
  type RunConfig,
  runFolder,
  summaryTable,
} from '@hebblab/experiments';
import { Command } from 'commander';
import { describeEnvironment } from '../environment.js';
import { commandLineWith, interruptSignal } from '../interrupt.js';
import type { Threads } from '../kernels.js';
import {
  dataDirOption,
  expectWritable,
  parseChangedConfig,
  parseWholeNumber,
  placesOf,
  seedOption,
  setOption,
  threadsOption,
  variantOption,
} from '../options.js';
import { progressPrinter } from '../progress-line.js';
import { runTask } from '../tasks/task.js';
import { fittingTable, outputWidth } from '../text-table.js';

interface RunFlags {
  out?: string;
  seed?: number;
  threads: Threads;
  variant: string;
  dataDir?: string;
  set: string[];
  plugin?: string;
  resume?: true;
  checkpointSeconds: number;
  json?: true;
  print?: true;
}

export function runCommand(): Command {
  return new Command('run')
    .argument('<preset|config.json>', `a preset (${Object.keys(presets).join(', ')}) or a JSON file`)
    .option('--out <dir>', 'folder of the run; empty, or with --resume one that was begun')
    .addOption(seedOption())
    .addOption(threadsOption())
    .addOption(variantOption())
    .addOption(dataDirOption())
    .addOption(setOption('change one setting (--print shows all)'))
    .option('--plugin <file>', 'a module whose default export adds data sets, rules, penalties or models')
    .option('--resume', 'go on with the run in the folder; other options as when it began')
    .option(
      '--checkpoint-seconds <n>',
      'least time between two checkpoints',
      parseWholeNumber('--checkpoint-seconds', 0),
      10,
    )
    .option('--json', 'print the results as JSON on stdout, nothing else')
    .option('--print', 'print the configuration and run nothing')
    .addHelpText(
      'after',
      `
Ctrl-C ends a run with a checkpoint after its epoch, a second one at once; --resume goes on either way.

Examples:
  hebblab run quick --out runs/quick
  hebblab run quick --out runs/wide --seed 2 --set models.kh.hidden=800
  hebblab run quick --out runs/quick --resume
  hebblab run quick --print > mine.json && hebblab run mine.json --out runs/mine`,
    )
    .action(run);
}

async function run(what: string, flags: RunFlags): Promise<void> {
  const config = await readConfig(what, flags);
  if (flags.print) {
    console.log(JSON.stringify(config, null, 2));
    return;
  }
  const { out, resume = false, checkpointSeconds, plugin, variant, threads } = flags;
  if (out === undefined) throw new DataError('run: expected --out with the folder of the run, got none');
  expectWritable('--out', out);
  if (resume && !existsSync(runFolder(out).manifest))
    console.error(`nothing to go on with in ${out}: the run starts at its beginning`);
  const progress = progressPrinter(process.stderr);
  const signal = interruptSignal(() => {
    progress.end();
    console.error(
      `hebblab: interrupted; a checkpoint follows this epoch (Ctrl-C again: no checkpoint). Go on with:\n  ${commandLineWith('--resume')}`,
    );
  });
  const task = {
    config,
    folder: out,
    resume,
    checkpointSeconds,
    variant,
    threads,
    environment: describeEnvironment(),
    ...placesOf(flags),
    ...(plugin === undefined ? {} : { plugin }),
  };
  const results = await runTask('run', task, { onProgress: progress.show, signal }).finally(progress.end);
  if (flags.json) {
    console.log(JSON.stringify(results, null, 2));
    return;
  }
  const report = path.resolve(runFolder(out).report);
  console.log(`\n${fittingTable(summaryTable(results), outputWidth())}\n\nReport: ${report}`);
}

async function readConfig(what: string, { seed, set }: RunFlags): Promise<RunConfig> {
  const base = isFile(what) ? await readJson(what) : presetNamed(what);
  const assignments = seed === undefined ? set : [`seed=${seed}`, ...set];
  return parseChangedConfig(applyOverrides(base, assignments), what, assignments);
}

function isFile(what: string): boolean {
  if (Object.hasOwn(presets, what)) return false;
  return what.endsWith('.json') || what.includes('/') || what.includes(path.sep) || existsSync(what);
}

async function readJson(file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readFileWhole(file));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DataError(
      `run: expected JSON in ${file}, got another text: ${error instanceof Error ? error.message : error}`,
    );
  }
}
