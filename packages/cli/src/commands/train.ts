import { existsSync } from 'node:fs';
import path from 'node:path';
import { DataError, normalisationScales } from '@hebblab/data';
import { loadDataset, writeFileAtomically } from '@hebblab/data/files';
import {
  accuracyOf,
  applyOverrides,
  measuringBatch,
  parseRunConfig,
  presetNamed,
  trainModel,
} from '@hebblab/experiments';
import { decodeModel, normalisedImages, openModel, samplesOf } from '@hebblab/models';
import { randomNormal } from '@hebblab/wasm';
import { Command } from 'commander';
import { openKernelsForCommand, parseWholeNumber } from '../environment.js';
import { interruptSignal } from '../interrupt.js';
import { progressPrinter } from '../progress-line.js';

interface TrainFlags {
  dataset: string;
  out: string;
  preset: string;
  seed?: number;
  variant: string;
  dataDir?: string;
  set: string[];
  json: boolean;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('train one model of a preset into one file')
    .argument('<model>', 'kh, shlp: the name of a model in the preset')
    .requiredOption('--dataset <name>', 'a data set (hebblab data list)')
    .requiredOption('--out <file>', 'the model file (.safetensors) to write; must not exist')
    .option('--preset <name>', 'preset whose settings are used', 'quick')
    .option('--seed <n>', 'seed of every random number', parseWholeNumber('--seed'))
    .option('--variant <name>', 'auto, simd128 or relaxed', 'auto')
    .option('--data-dir <dir>', 'where full data sets are looked for first')
    .option(
      '--set <key=value>',
      'change one setting of the model; may be given again',
      (value, before: string[]) => [...before, value],
      [],
    )
    .option('--json', 'print what was measured as JSON on stdout', false)
    .addHelpText(
      'after',
      `
Examples:
  hebblab train kh --dataset mnist-subset --out kh.safetensors
  hebblab train kh --dataset mnist --out kh.safetensors --set hidden=2000 --set rule.k=7 --set layer.epochs=100`,
    )
    .action(train);
}

async function train(name: string, flags: TrainFlags): Promise<void> {
  const { dataset: datasetName, out, dataDir } = flags;
  if (existsSync(out)) throw new DataError(`train: expected a new file, got ${out} that exists`);
  const config = parseRunConfig(configOf(name, flags), flags.preset);
  const model = config.models[name];
  if (model === undefined) throw new DataError(`train: expected a model of ${flags.preset}, got ${name}`);

  const kernels = await openKernelsForCommand(flags.variant);
  const { seed, normalisation } = config;
  const dataset = await loadDataset(datasetName, {
    normals: (stream, first, values) => randomNormal(kernels, { seed, stream, first }, values),
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const train = samplesOf(dataset.train, normalisationScales(dataset.train, normalisation));
  const test = samplesOf(dataset.test, normalisationScales(dataset.test, normalisation));
  const onProgress = progressPrinter(process.stderr);
  const signal = interruptSignal('no file was written');
  const context = {
    model: name,
    store: { kind: 'none' },
    onProgress,
    signal,
    kernels,
    train,
    normalisation,
  } as const;
  const bytes = await trainModel({ ...context, dataset: datasetName, seed, extensions: {} }, model);
  await writeFileAtomically(out, bytes);

  const decoded = decodeModel(bytes, out);
  using open = openModel(kernels, decoded, measuringBatch);
  const accuracy = accuracyOf(open, normalisedImages(test, test.count), test.images.labels);
  const { layer } = decoded.settings;
  if (flags.json) {
    console.log(JSON.stringify({ accuracy, layer: layer ?? null, file: path.resolve(out) }, null, 2));
    return;
  }
  console.log(`test accuracy ${accuracy.toFixed(4)} on ${test.count} images`);
  if (isLayer(layer)) {
    const { convergedShare, medianNorm, negativeAttractorUnits, prunedUnits } = layer;
    console.log(
      `converged units ${(100 * convergedShare).toFixed(1)} %, median norm ${medianNorm.toFixed(4)}, in the negative attractor ${negativeAttractorUnits}, pruned ${prunedUnits}`,
    );
  }
  console.log(`Model: ${path.resolve(out)}`);
}

/** The preset with this data set and the model's own settings changed. */
function configOf(name: string, { preset, dataset, seed, set }: TrainFlags): unknown {
  const own = set.map((assignment) => `models.${name}.${assignment}`);
  return applyOverrides(presetNamed(preset), [
    `dataset=${dataset}`,
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...own,
  ]);
}

interface Layer {
  readonly convergedShare: number;
  readonly medianNorm: number;
  readonly negativeAttractorUnits: number;
  readonly prunedUnits: number;
}

function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'convergedShare' in value;
}
