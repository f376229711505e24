import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DataError } from '@hebblab/data';
import { readFileWhole } from '@hebblab/data/files';
import {
  applyOverrides,
  type Extensions,
  parseRunConfig,
  presetNamed,
  presets,
  type RunConfig,
  runExperiment,
  runFolder,
  summaryTable,
} from '@hebblab/experiments';
import { Command } from 'commander';
import {
  describeEnvironment,
  expectThreads,
  openKernelsForCommand,
  parseWholeNumber,
} from '../environment.js';
import { interruptSignal } from '../interrupt.js';
import { progressPrinter } from '../progress-line.js';
import { textTable } from '../text-table.js';

interface RunFlags {
  out?: string;
  seed?: number;
  threads: string;
  variant: string;
  dataDir?: string;
  set: string[];
  plugin?: string;
  resume: boolean;
  checkpointSeconds: number;
  json: boolean;
  print: boolean;
}

export function runCommand(): Command {
  return new Command('run')
    .description('carry out a preset or a run configuration into a folder')
    .argument('<preset|config.json>', `a preset (${Object.keys(presets).join(', ')}) or a JSON file`)
    .option('--out <dir>', 'folder of the run; empty, or with --resume one that was begun')
    .option('--seed <n>', 'seed of every random number', parseWholeNumber('--seed'))
    .option('--threads <n|auto>', 'threads of the kernels', 'auto')
    .option('--variant <name>', 'auto, simd128 (same bits everywhere) or relaxed (faster)', 'auto')
    .option('--data-dir <dir>', 'where full data sets are looked for first')
    .option('--set <key=value>', 'change one setting; may be given again', collect, [])
    .option('--plugin <file>', 'a module whose default export adds data sets, rules, penalties or models')
    .option('--resume', 'go on with the run in the folder', false)
    .option(
      '--checkpoint-seconds <n>',
      'least time between two checkpoints',
      parseWholeNumber('--checkpoint-seconds'),
      10,
    )
    .option('--json', 'print the results as JSON on stdout, nothing else', false)
    .option('--print', 'print the configuration and run nothing', false)
    .addHelpText(
      'after',
      `
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
  const { out, dataDir, resume, checkpointSeconds, plugin } = flags;
  if (out === undefined) throw new DataError('run: expected --out with the folder of the run, got none');
  expectThreads(flags.threads);
  const extensions = plugin === undefined ? {} : await importExtensions(plugin);
  const kernels = await openKernelsForCommand(flags.variant);
  const results = await runExperiment({
    config,
    kernels,
    folder: out,
    resume,
    checkpointSeconds,
    extensions,
    environment: describeEnvironment(),
    onProgress: progressPrinter(process.stderr),
    signal: interruptSignal(`go on with: hebblab run ${what} --out ${out} --resume`),
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  if (flags.json) {
    console.log(JSON.stringify(results, null, 2));
    return;
  }
  const { columns, rows } = summaryTable(results);
  console.log(`\n${textTable(columns, rows)}\n\nReport: ${path.resolve(runFolder(out).report)}`);
}

async function readConfig(what: string, { seed, set }: RunFlags): Promise<RunConfig> {
  const isFile = what.endsWith('.json') || what.includes(path.sep);
  const base = isFile ? await readJson(what) : presetNamed(what);
  const assignments = seed === undefined ? set : [`seed=${seed}`, ...set];
  return parseRunConfig(applyOverrides(base, assignments), what);
}

async function readJson(file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readFileWhole(file));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DataError(
      `run: expected JSON in ${file}, got ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function importExtensions(file: string): Promise<Extensions> {
  if (!existsSync(file)) throw new DataError(`--plugin: expected a module, got nothing at ${file}`);
  const { default: extensions } = await import(pathToFileURL(path.resolve(file)).href);
  if (typeof extensions !== 'object' || extensions === null) {
    throw new DataError(
      `--plugin: expected a default export with extensions, got ${typeof extensions} in ${file}`,
    );
  }
  return extensions;
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
