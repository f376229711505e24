import { type ArrayData, DataError, type Normalisation, normalisationScales, readNpy } from '@hebblab/data';
import { loadDataset, readFileWhole } from '@hebblab/data/files';
import {
  measuringBatch,
  noiseProbe,
  type SpectrumResult,
  spectrumOf,
  spectrumOfSamples,
} from '@hebblab/experiments';
import { decodeModel, normalisedImages, type OpenModel, openModel, samplesOf } from '@hebblab/models';
import { type Kernels, randomNormal } from '@hebblab/wasm';
import { Command } from 'commander';
import { openKernelsForCommand, type Threads } from '../kernels.js';
import { normalisationOf } from '../model-settings.js';
import {
  dataDirOption,
  parseWholeNumber,
  placesOf,
  seedOption,
  threadsOption,
  variantOption,
} from '../options.js';
import { progressPrinter } from '../progress-line.js';

interface SpectrumFlags {
  input: string;
  fit: string;
  samples: number;
  seed: number;
  variant: string;
  threads: Threads;
  dataDir?: string;
  json?: true;
}

export function spectrumCommand(): Command {
  return new Command('spectrum')
    .argument(
      '<file>',
      'a model (.safetensors), a matrix of samples (.npy, [count, features]), or raw: the inputs themselves, images divided by their L_3 norm',
    )
    .option(
      '--input <name|noise|file.npy>',
      'what the model sees: test images of a data set, N(0, 1) draws, or samples',
      'noise',
    )
    .option('--fit <from:to>', '0-based slice of the eigenvalues that is fitted', '10:500')
    .option('--samples <n>', 'noise draws', parseWholeNumber('--samples', 2), 10000)
    .addOption(seedOption().default(1))
    .addOption(threadsOption())
    .addOption(variantOption())
    .addOption(dataDirOption())
    .option('--json', 'print alpha and all eigenvalues as JSON on stdout, nothing else')
    .addHelpText(
      'after',
      `
Examples:
  hebblab spectrum runs/quick/models/kh.safetensors --input mnist-subset --fit 10:100
  hebblab spectrum raw --input cifar-10 --fit 10:500
  hebblab spectrum activity.npy --fit 10:500`,
    )
    .action(spectrum);
}

async function spectrum(file: string, flags: SpectrumFlags, command: Command): Promise<void> {
  const fit = parseFit(flags.fit);
  expectUsedOptions(file, flags.input, command);
  const kernels = await openKernelsForCommand(flags);
  const result = await measure(kernels, file, fit, flags);
  if (flags.json) {
    console.log(JSON.stringify(result, null, 2));
    return;
  }
  const { alpha, stdErr, eigenvalues, fit: fitted } = result;
  const first = eigenvalues[0] ?? Number.NaN;
  console.log(`${eigenvalues.length} eigenvalues, the first ${first.toPrecision(5)}`);
  console.log(
    alpha === undefined || stdErr === undefined
      ? `no fit: the slice [${fitted.join(':')}] holds fewer than three eigenvalues above rounding`
      : `alpha ${alpha.toFixed(4)} ± ${stdErr.toFixed(4)} over [${fitted.join(':')}]`,
  );
}

/** Refuses an option that was given and that the result would not depend on. */
function expectUsedOptions(file: string, input: string, command: Command): void {
  const given = (option: string) => command.getOptionValueSource(option) === 'cli';
  const flagOf = (option: string) => command.options.find((known) => known.attributeName() === option)?.long;
  const refuse = (options: readonly string[], reason: string) => {
    const unused = options.filter(given).map(flagOf);
    if (unused.length > 0)
      throw new DataError(`spectrum: expected no ${unused.join(', ')} ${reason}, got ${unused.join(', ')}`);
  };
  if (file.endsWith('.npy'))
    refuse(['input', 'samples', 'seed', 'dataDir'], `with ${file}, whose rows are the samples`);
  else if (input.endsWith('.npy'))
    refuse(['samples', 'seed', 'dataDir'], `with --input ${input}, whose rows are the samples`);
  else if (input === 'noise') refuse(['dataDir'], 'with noise, which comes from no file');
  else refuse(['samples'], `with --input ${input}, whose test images are the samples`);
}

async function measure(
  kernels: Kernels,
  file: string,
  fit: readonly [number, number],
  flags: SpectrumFlags,
): Promise<SpectrumResult> {
  if (file.endsWith('.npy')) return spectrumOfMatrix(kernels, await readMatrix(file), fit);
  if (file === 'raw') {
    const samples = await readInputs(kernels, flags, () => ({ kind: 'lp', p: 3 }), rawNoiseInputs);
    return spectrumOfMatrix(kernels, samples, fit);
  }
  const model = decodeModel(await readFileWhole(file), file);
  const normalisation = () => normalisationOf('spectrum', model.settings.normalisation, file);
  const { data, count, features } = await readInputs(kernels, flags, normalisation, model.inputs);
  if (features !== model.inputs) {
    throw new DataError(
      `spectrum: expected samples of ${model.inputs} values for ${file}, got ${features} in ${flags.input}`,
    );
  }
  using open: OpenModel = openModel(kernels, model, measuringBatch);
  tellSize(count, open.hidden);
  return spectrumOf(kernels, open, data, fit);
}

interface Matrix {
  /** [count, features] */
  readonly data: Float32Array;
  readonly count: number;
  readonly features: number;
}

function spectrumOfMatrix(
  kernels: Kernels,
  { data, count, features }: Matrix,
  fit: readonly [number, number],
): SpectrumResult {
  tellSize(count, features);
  return spectrumOfSamples(kernels, data, count, fit);
}

/** Thousands of features take a minute, in which nothing else is heard of. */
function tellSize(count: number, features: number): void {
  const text = `spectrum of ${count} samples of ${features} values`;
  progressPrinter(process.stderr).show({ kind: 'note', text });
}

/** Dimensions of raw noise: those of CIFAR-10, as in arXiv 2405.00679. */
const rawNoiseInputs = 3072;

async function readInputs(
  kernels: Kernels,
  flags: SpectrumFlags,
  normalisation: () => Normalisation,
  inputs: number,
): Promise<Matrix> {
  const { input, samples, seed } = flags;
  if (input === 'noise') {
    expectKernelMemory('--samples', samples, inputs);
    return { data: noiseProbe(kernels, seed, samples, inputs), count: samples, features: inputs };
  }
  if (input.endsWith('.npy')) return readMatrix(input);
  const { test } = await loadDataset(input, {
    normals: (stream, first, out) => randomNormal(kernels, { seed, stream, first }, out),
    ...placesOf(flags),
  });
  const normalised = samplesOf(test, normalisationScales(test, normalisation()));
  return {
    data: normalisedImages(normalised, test.count),
    count: test.count,
    features: normalised.inputs,
  };
}

async function readMatrix(file: string): Promise<Matrix> {
  const array: ArrayData = readNpy(await readFileWhole(file), { source: file });
  const [count, features] = array.shape;
  if (
    array.shape.length !== 2 ||
    count === undefined ||
    features === undefined ||
    count < 2 ||
    features < 1
  ) {
    throw new DataError(
      `spectrum: expected a matrix [count >= 2, features] in ${file}, got shape [${array.shape}]`,
    );
  }
  if (array.dtype !== 'float32' && array.dtype !== 'float64') {
    throw new DataError(`spectrum: expected float32 or float64 in ${file}, got ${array.dtype}`);
  }
  expectKernelMemory(file, count, features);
  const data = Float32Array.from(array.data);
  const tooLarge = data.findIndex((value) => !Number.isFinite(value));
  if (tooLarge >= 0) {
    throw new DataError(
      `spectrum: expected values within float32, got ${array.data[tooLarge]} at index ${tooLarge} in ${file}`,
    );
  }
  return { data, count, features };
}

/** Samples as float32 and their covariance as float64 each have to fit an array of kernel memory. */
function expectKernelMemory(what: string, count: number, features: number): void {
  if (4 * count * features < 2 ** 31 && 8 * features * features < 2 ** 31) return;
  throw new DataError(
    `spectrum: expected samples and a covariance below 2 GiB, got ${count} samples of ${features} values from ${what}`,
  );
}

function parseFit(text: string): [number, number] {
  const [, from = Number.NaN, to = Number.NaN] = (/^(\d+):(\d+)$/.exec(text) ?? []).map(Number);
  if (!(from < to) || !Number.isSafeInteger(to)) {
    throw new DataError(`--fit: expected FROM:TO with 0 <= FROM < TO, got ${text || 'nothing'}`);
  }
  return [from, to];
}
