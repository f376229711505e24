import { existsSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '@hebblab/data';
import { readFileWhole } from '@hebblab/data/files';
import {
  applyOverrides,
  chooseModels,
  presetNamed,
  presets,
  type RunConfig,
  readManifest,
  runFolder,
  summaryTable,
} from '@hebblab/experiments';
import { Command, Option } from 'commander';
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
  seeds?: number;
  models?: readonly string[];
  reuse: string[];
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
    .argument(
      '[preset|config.json]',
      `a preset (${Object.keys(presets).join(', ')}) or a JSON file; with --resume the settings of the run where it is left out`,
    )
    .option('--out <dir>', 'folder of the run; empty, or with --resume one that was begun')
    .addOption(seedOption())
    .option(
      '--seeds <n>',
      'train every model with n seeds: seed, seed + 1, ...; results are means with intervals',
      parseWholeNumber('--seeds', 1),
    )
    .option(
      '--models <names>',
      'only these models, separated by commas; --reuse puts parts together',
      (names: string, before: readonly string[] = []) => [...before, ...parseNames(names)],
    )
    .addOption(threadsOption())
    .addOption(variantOption())
    .addOption(dataDirOption())
    .addOption(setOption('change one setting (--print shows all)'))
    .option('--plugin <file>', 'a module whose default export adds data sets, rules, penalties or models')
    .addOption(
      new Option(
        '--reuse <dir>',
        'take trained models, and what was measured of them, from the folder of another run where settings, seed and images are the same; may be given again',
      )
        .argParser((folder: string, before: string[]) => [...before, folder])
        .default([], 'none'),
    )
    .option('--resume', 'go on with the run in the folder, with the settings that it began with')
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
  hebblab run quick --out runs/five --seeds 5
  hebblab run --out runs/quick --resume
  hebblab run quick --print > mine.json && hebblab run mine.json --out runs/mine
  hebblab run quick --models kh --out runs/kh && hebblab run quick --reuse runs/kh --out runs/all`,
    )
    .action(run);
}

async function run(what: string | undefined, given: RunFlags, command: Command): Promise<void> {
  if (what === undefined && given.resume === undefined)
    command.error("error: missing required argument 'preset|config.json'");
  const { config, flags } =
    what === undefined ? await readBegun(given) : { config: await readConfig(what, given), flags: given };
  if (flags.print) {
    console.log(JSON.stringify(config, null, 2));
    return;
  }
  const { out, resume = false, checkpointSeconds, plugin, reuse, variant, threads } = flags;
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
    reuse,
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

/** The settings and the variant of the run in the folder; what is given besides changes them and is refused for it. */
async function readBegun(flags: RunFlags): Promise<{ config: RunConfig; flags: RunFlags }> {
  const { out, variant } = flags;
  if (out === undefined) throw new DataError('run: expected --out with the folder of the run, got none');
  const begun = await readManifest(runFolder(out));
  return {
    config: changedConfig(begun.settings, out, flags),
    flags: { ...flags, variant: variant === 'auto' ? begun.variant : variant },
  };
}

async function readConfig(what: string, flags: RunFlags): Promise<RunConfig> {
  return changedConfig(isFile(what) ? await readJson(what) : presetNamed(what), what, flags);
}

function changedConfig(base: unknown, source: string, { seed, seeds, set, models }: RunFlags): RunConfig {
  const given = { ...(seed === undefined ? {} : { seed }), ...(seeds === undefined ? {} : { seeds }) };
  const named = Object.entries(given).map(([name, value]) => `${name}=${value}`);
  const changed = typeof base === 'object' && base !== null ? { ...base, ...given } : base;
  const config = parseChangedConfig(applyOverrides(changed, set), source, [...named, ...set]);
  return models === undefined ? config : chooseModels(config, models);
}

function parseNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes(''))
    throw new DataError(`run --models: expected names separated by commas, got ${JSON.stringify(text)}`);
  return names;
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
