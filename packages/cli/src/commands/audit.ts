import { DataError, normalisationScales } from '@hebblab/data';
import { loadDataset, readFileWhole } from '@hebblab/data/files';
import { auditModel } from '@hebblab/experiments';
import { normalisedImages, samplesOf } from '@hebblab/models';
import { classesOf, decodeAnyModel, inputsOf, type NetworkModel } from '@hebblab/models/networks';
import { type Kernels, randomNormal } from '@hebblab/wasm';
import { Command, Option } from 'commander';
import { openKernelsForCommand, type Threads } from '../kernels.js';
import { normalisationOf } from '../model-settings.js';
import { dataDirOption, parseWholeNumber, placesOf, threadsOption, variantOption } from '../options.js';
import { progressPrinter } from '../progress-line.js';
import { outputWidth, textTable, wrapped } from '../text-table.js';

interface AuditFlags {
  dataset?: string;
  images: number;
  norm: 'linf' | 'l2';
  epsilons?: number[];
  twin?: string;
  seed?: number;
  variant: string;
  threads: Threads;
  dataDir?: string;
  json?: true;
}

export function auditCommand(): Command {
  return new Command('audit')
    .argument('<file>', 'a model (.safetensors)')
    .option('--dataset <name>', 'whose test images; those the model was trained for where left out')
    .option('--images <n>', 'how many of them, the first', parseWholeNumber('--images', 1), 200)
    .addOption(
      new Option('--norm <name>', 'ball of the attacks: linf or l2').choices(['linf', 'l2']).default('linf'),
    )
    .option('--epsilons <list>', 'budgets, as 0.05,0.1,0.2 (default: shares of the range)', parseEpsilons)
    .option('--twin <file>', 'a plainly trained model, whose adversarial images are tried')
    .addOption(
      new Option(
        '--seed <n>',
        "seed of the attacks, and of generated images; the model's where left out",
      ).argParser(parseWholeNumber('--seed', 0)),
    )
    .addOption(threadsOption())
    .addOption(variantOption())
    .addOption(dataDirOption())
    .option('--json', 'print the whole report as JSON on stdout, nothing else')
    .addHelpText(
      'after',
      `
The verdict is trustworthy, masked (a check failed) or inconclusive (a doubt);
docs/audit has a page for each check. The exit code is 0 for any verdict.

Examples:
  hebblab audit runs/quick/models/kh.safetensors
  hebblab audit kh.safetensors --dataset mnist --twin shlp.safetensors --norm l2`,
    )
    .action(auditFile);
}

async function auditFile(file: string, flags: AuditFlags): Promise<void> {
  const kernels = await openKernelsForCommand(flags);
  const model = decodeAnyModel(await readFileWhole(file), file);
  const twin =
    flags.twin === undefined ? undefined : decodeAnyModel(await readFileWhole(flags.twin), flags.twin);
  if (twin !== undefined) expectSameTask(model, twin, flags.twin ?? '');
  const seed = flags.seed ?? (typeof model.settings.seed === 'number' ? model.settings.seed : 1);
  const dataset = flags.dataset ?? datasetOf(model, file);
  const { images, labels } = await testImages(kernels, model, file, { ...flags, dataset, seed });
  const printer = progressPrinter(process.stderr);
  const report = await auditModel(kernels, model, {
    images,
    labels,
    norm: flags.norm,
    ...(flags.epsilons === undefined ? {} : { epsilons: flags.epsilons }),
    ...(twin === undefined ? {} : { twin }),
    seed,
    onProgress: ({ part, done, total }) =>
      printer.show({ kind: 'note', text: `audit: ${part}, part ${done + 1} of ${total}` }),
  }).finally(printer.end);
  if (flags.json) {
    console.log(JSON.stringify(report, null, 2));
    return;
  }
  console.log(`${report.verdict}, by ${report.images.correct} of ${report.images.given} images\n`);
  for (const { name, status, sentence } of report.checks) {
    console.log(indented(`${marks[status]}  ${name}: ${sentence}`));
  }
  const rows = report.epsilons.map(({ epsilon, whiteBoxAccuracy, accuracy }) => [
    epsilon.toPrecision(3),
    whiteBoxAccuracy.toFixed(3),
    accuracy.toFixed(3),
  ]);
  console.log(
    `\n${textTable({ columns: [`epsilon (${report.norm})`, 'after the white-box attack', 'after all attacks'], rows })}`,
  );
  const { forward, gradient } = report.calls;
  console.log(`\n${forward} forward and ${gradient} gradient calls, counted in images`);
}

const marks = { pass: 'pass', warn: 'WARN', fail: 'FAIL', 'not measured': '–   ' } as const;

/** Broken to the width of the output, further lines below the sentence. */
function indented(text: string): string {
  return wrapped(text, outputWidth() - 6).replaceAll('\n', '\n      ');
}

/** The first test images, scaled as the model's training images were. */
async function testImages(
  kernels: Kernels,
  model: NetworkModel,
  file: string,
  flags: AuditFlags & { dataset: string; seed: number },
): Promise<{ images: Float32Array; labels: Uint8Array }> {
  const normalisation = normalisationOf('audit', model.settings.normalisation, file);
  const { test } = await loadDataset(flags.dataset, {
    normals: (stream, first, out) => randomNormal(kernels, { seed: flags.seed, stream, first }, out),
    ...placesOf(flags),
  });
  const samples = samplesOf(test, normalisationScales(test, normalisation));
  const inputs = inputsOf(model.architecture);
  if (samples.inputs !== inputs) {
    throw new DataError(
      `audit: expected images of ${inputs} values for ${file}, got ${samples.inputs} in ${flags.dataset}`,
    );
  }
  if (test.classNames.length > classesOf(model.architecture)) {
    throw new DataError(
      `audit: expected images of at most ${classesOf(model.architecture)} classes for ${file}, got ${test.classNames.length} in ${flags.dataset}`,
    );
  }
  const count = Math.min(flags.images, test.count);
  const images = normalisedImages(samples, count);
  // Written so that NaN fails as well.
  const outside = images.find((value) => !(value >= 0 && value <= 1));
  if (outside !== undefined) {
    throw new DataError(
      `audit: expected normalised images in [0, 1], to which attacks clip, got ${outside} for ${file}`,
    );
  }
  return { images, labels: test.labels.slice(0, count) };
}

function datasetOf({ settings }: NetworkModel, file: string): string {
  if (typeof settings.dataset === 'string') return settings.dataset;
  throw new DataError(
    `audit: expected --dataset for ${file}, whose settings name no data set, got ${JSON.stringify(settings.dataset) ?? 'nothing'}`,
  );
}

function expectSameTask(model: NetworkModel, twin: NetworkModel, file: string): void {
  const [inputs, theirs] = [inputsOf(model.architecture), inputsOf(twin.architecture)];
  if (inputs !== theirs) {
    throw new DataError(`--twin: expected a model of ${inputs} inputs, got ${theirs} in ${file}`);
  }
  const [classes, twinClasses] = [classesOf(model.architecture), classesOf(twin.architecture)];
  if (classes !== twinClasses) {
    throw new DataError(`--twin: expected a model of ${classes} classes, got ${twinClasses} in ${file}`);
  }
}

function parseEpsilons(text: string): number[] {
  const epsilons = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const ascending = epsilons.every((value, index) => value > (epsilons[index - 1] ?? 0));
  if (!ascending || !epsilons.every(Number.isFinite)) {
    throw new DataError(
      `--epsilons: expected ascending numbers above 0, as 0.05,0.1,0.2, got ${text || 'nothing'}`,
    );
  }
  return epsilons;
}
