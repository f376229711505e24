import { existsSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '@hebblab/data';
import { writeFileAtomically } from '@hebblab/data/files';
import { applyOverrides, type LayerResult, presetNamed, type RunConfig } from '@hebblab/experiments';
import { Command } from 'commander';
import { interruptSignal } from '../interrupt.js';
import type { Threads } from '../kernels.js';
import {
  dataDirOption,
  expectWritable,
  parseChangedConfig,
  placesOf,
  seedOption,
  setOption,
  threadsOption,
  variantOption,
} from '../options.js';
import { progressPrinter } from '../progress-line.js';
import { runTask } from '../tasks/task.js';

interface TrainFlags {
  dataset: string;
  out: string;
  preset: string;
  seed?: number;
  variant: string;
  threads: Threads;
  dataDir?: string;
  set: string[];
  json?: true;
}

export function trainCommand(): Command {
  return new Command('train')
    .argument('<model>', 'kh, shlp: the name of a model in the preset')
    .requiredOption('--dataset <name>', 'a data set (hebblab data list)')
    .requiredOption('--out <file>', 'the model file (.safetensors) to write; must not exist')
    .option('--preset <name>', 'preset whose settings are used', 'quick')
    .addOption(seedOption())
    .addOption(threadsOption())
    .addOption(variantOption())
    .addOption(dataDirOption())
    .addOption(setOption('change one setting of the model'))
    .option('--json', 'print what was measured as JSON on stdout, nothing else')
    .addHelpText(
      'after',
      `
Examples:
  hebblab train kh --dataset mnist-subset --out kh.safetensors
  hebblab train kh --dataset mnist --out kh.safetensors --set hidden=2000 --set layer.epochs=100`,
    )
    .action(train);
}

async function train(name: string, flags: TrainFlags): Promise<void> {
  const { out, variant, threads } = flags;
  const config = configOf(name, flags);
  expectWritable('--out', out);
  if (existsSync(out)) throw new DataError(`train: expected a new file, got ${out} that exists`);
  const progress = progressPrinter(process.stderr);
  const signal = interruptSignal(() => {
    progress.end();
    console.error('hebblab: interrupted; no file is written (Ctrl-C again: ends at once)');
  });
  const task = { config, name, variant, threads, ...placesOf(flags) };
  const { bytes, accuracy, testImages, layer } = await runTask('train', task, {
    onProgress: progress.show,
    signal,
  }).finally(progress.end);
  await writeFileAtomically(out, bytes);

  const file = path.resolve(out);
  if (flags.json) {
    console.log(JSON.stringify({ accuracy, layer: layer ?? null, file }, null, 2));
    return;
  }
  console.log(`test accuracy ${accuracy.toFixed(4)} on ${testImages} images`);
  if (isLayer(layer)) {
    const { convergedShare, medianNorm, negativeAttractorUnits, prunedUnits } = layer;
    console.log(
      `converged units ${(100 * convergedShare).toFixed(1)} %, median norm ${medianNorm.toFixed(4)}, in the negative attractor ${negativeAttractorUnits}, pruned ${prunedUnits}`,
    );
  }
  console.log(`Model: ${file}`);
}

/** The preset with this model alone, this data set, and the model's own settings changed; nothing is measured of it. */
function configOf(name: string, { preset, dataset, seed, set }: TrainFlags): RunConfig {
  const base = presetNamed(preset);
  const model = Object.hasOwn(base.models, name) ? base.models[name] : undefined;
  if (model === undefined) {
    const known = Object.keys(base.models).join(', ');
    throw new DataError(`train: expected a model of ${preset} (${known}), got ${name}`);
  }
  const models = { [name]: applyOverrides(model, set) };
  const config = { ...base, models, dataset, measurements: [], ...(seed === undefined ? {} : { seed }) };
  return parseChangedConfig(config, preset, set);
}

function isLayer(value: unknown): value is LayerResult {
  return typeof value === 'object' && value !== null && 'convergedShare' in value;
}
