import { DataError } from '@hebblab/data';
import {
  type AttackMeasurement,
  evaluatedAttacks,
  evaluationForms,
  evaluationGrids,
} from '@hebblab/experiments';
import { Command, Option } from 'commander';
import { interruptSignal } from '../interrupt.js';
import type { Threads } from '../kernels.js';
import { dataDirOption, parseWholeNumber, placesOf, threadsOption, variantOption } from '../options.js';
import { progressPrinter } from '../progress-line.js';
import type { EvaluatedModel, EvaluateTask } from '../tasks/evaluate-task.js';
import { runTask } from '../tasks/task.js';
import { fittingTable, outputWidth, type Table } from '../text-table.js';

interface EvaluateFlags extends Pick<EvaluateTask, 'attacks' | 'form' | 'grid' | 'images'> {
  dataset?: string;
  seed?: number;
  variant: string;
  threads: Threads;
  dataDir?: string;
  json?: true;
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .argument('<file>', 'a model (.safetensors)')
    .option('--dataset <name>', 'whose test images; those the model was trained for where left out')
    .addOption(
      new Option('--attacks <list>', `any of ${evaluatedAttacks.join(',')}`)
        .argParser(parseAttacks)
        .default(['random', 'fgsm', 'pgd'], 'random,fgsm,pgd'),
    )
    .addOption(
      new Option(
        '--grid <name>',
        'epsilons: published, 400 as in arXiv 2405.00679; independent, the 400, 150 and 60 of an independent run',
      )
        .choices(evaluationGrids)
        .default('independent'),
    )
    .addOption(
      new Option(
        '--form <form>',
        'how critical distances are found; both: and on how many images they differ',
      )
        .choices(evaluationForms)
        .default('grid'),
    )
    .addOption(
      new Option('--images <n|all>', 'test images: the first n that the model gets right')
        .argParser(parseImages)
        .default(500),
    )
    .addOption(
      new Option(
        '--seed <n>',
        "seed of the noise, and of generated images; the model's where left out",
      ).argParser(parseWholeNumber('--seed', 0)),
    )
    .addOption(threadsOption())
    .addOption(variantOption())
    .addOption(dataDirOption())
    .option('--json', 'print everything, image by image, as JSON on stdout, nothing else')
    .addHelpText(
      'after',
      `
Noise, FGSM and PGD move images by a growing epsilon; minimal looks for the
shortest perturbation in any direction, which the lengths of the others
overstate.

Examples:
  hebblab evaluate runs/quick/models/kh.safetensors
  hebblab evaluate kh.safetensors --attacks fgsm,minimal --form both --images 100
  hebblab evaluate kh.safetensors --grid published --images all --json > kh.json`,
    )
    .action(evaluate);
}

async function evaluate(file: string, flags: EvaluateFlags): Promise<void> {
  const { attacks, form, grid, images, variant, threads, dataset, seed, json } = flags;
  const progress = progressPrinter(process.stderr);
  const signal = interruptSignal(() => {
    progress.end();
    console.error('hebblab: interrupted; nothing is printed (Ctrl-C again: ends at once)');
  });
  const task: EvaluateTask = {
    file,
    attacks,
    form,
    grid,
    images,
    variant,
    threads,
    ...placesOf(flags),
    ...(dataset === undefined ? {} : { dataset }),
    ...(seed === undefined ? {} : { seed }),
  };
  const result = await runTask('evaluate', task, { onProgress: progress.show, signal }).finally(progress.end);
  if (json) {
    console.log(JSON.stringify(result, null, 2));
    return;
  }
  console.log(describeEvaluation(result));
}

function describeEvaluation({
  dataset,
  accuracy,
  testImages,
  attackedImages,
  measurements,
}: EvaluatedModel): string {
  const lines = [
    `test accuracy ${accuracy.toFixed(4)} on ${testImages} images of ${dataset}`,
    `critical L2 distances of the first ${attackedImages.length} images that the model gets right:`,
    '',
    fittingTable(measurementTable(measurements), outputWidth()),
  ];
  for (const measurement of measurements) {
    if (measurement.form !== 'bisection' || measurement.againstGrid === undefined) continue;
    const { attack, againstGrid } = measurement;
    const { disagreeing, compared, share } = againstGrid;
    lines.push(
      '',
      `${attack}: bisection and grid differ on ${disagreeing} of ${compared} images (${(100 * share).toFixed(1)} %)${attack === 'random' ? randomDiffers : ''}`,
    );
  }
  return lines.join('\n');
}

const randomDiffers = ', as the grid draws fresh noise at each epsilon and bisection one noise an image';

function measurementTable(measurements: readonly AttackMeasurement[]): Table {
  return {
    columns: ['attack', 'median', 'quartiles', 'flipped', 'half correct at', 'calls an image'],
    rows: measurements.map((measurement) => {
      const { attack, form, criticalDistance, calls } = measurement;
      const { found, total } = criticalDistance;
      const [median, quartiles] =
        criticalDistance.kind === 'quartiles'
          ? [short(criticalDistance.median), `${short(criticalDistance.q25)}–${short(criticalDistance.q75)}`]
          : [null, null];
      return [
        form === 'minimal norm' ? attack : `${attack}, ${form}`,
        median,
        quartiles,
        `${found} of ${total}`,
        form === 'grid' ? halfCorrectAt(measurement.relativeAccuracy) : null,
        total === 0 ? null : Math.round((calls.forward + calls.gradient) / total),
      ];
    }),
  };
}

/** The least epsilon at which at most half of the images stay correct. */
function halfCorrectAt({
  epsilon,
  accuracy,
}: {
  readonly epsilon: readonly number[];
  readonly accuracy: readonly number[];
}): string | null {
  const value = epsilon[accuracy.findIndex((share) => share <= 0.5)];
  return value === undefined ? null : short(value);
}

function short(value: number): string {
  return value.toPrecision(3);
}

function parseAttacks(text: string): EvaluateTask['attacks'] {
  const names = text.split(',');
  const attacks = evaluatedAttacks.filter((attack) => names.includes(attack));
  const unknown = names.filter((name) => !evaluatedAttacks.some((attack) => attack === name));
  if (unknown.length > 0 || attacks.length !== names.length)
    throw new DataError(
      `--attacks: expected each of ${evaluatedAttacks.join(', ')} at most once, separated by commas, got ${text || 'nothing'}`,
    );
  return attacks;
}

function parseImages(text: string): EvaluateTask['images'] {
  return text === 'all' ? text : parseWholeNumber('--images', 1)(text);
}
