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
import { openKernelsForCommand, parseWholeNumber } from '../environment.js';

interface SpectrumFlags {
  input: string;
  fit: string;
  samples: number;
  seed: number;
  variant: string;
  dataDir?: string;
  json: boolean;
}

export function spectrumCommand(): Command {
  return new Command('spectrum')
    .description('covariance spectrum and power-law fit of a representation, a data set or an .npy matrix')
    .argument(
      '<file>',
      'a model (.safetensors), a matrix of samples (.npy, [count, features]), or raw: the inputs themselves',
    )
    .option(
      '--input <name|noise|file.npy>',
      'what the model sees: test images of a data set, N(0, 1) draws, or samples',
      'noise',
    )
    .option('--fit <from:to>', '0-based slice of the eigenvalues that is fitted', '10:500')
    .option('--samples <n>', 'noise draws', parseWholeNumber('--samples'), 10000)
    .option('--seed <n>', 'seed of the noise', parseWholeNumber('--seed'), 1)
    .option('--variant <name>', 'auto, simd128 or relaxed', 'auto')
    .option('--data-dir <dir>', 'where full data sets are looked for first')
    .option('--json', 'print alpha and all eigenvalues as JSON on stdout', false)
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

async function spectrum(file: string, flags: SpectrumFlags): Promise<void> {
  const fit = parseFit(flags.fit);
  const kernels = await openKernelsForCommand(flags.variant);
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
      ? `no fit: the slice ${fitted.join(':')} holds fewer than three eigenvalues above rounding`
      : `alpha ${alpha.toFixed(4)} +- ${stdErr.toFixed(4)} over [${fitted.join(':')}]`,
  );
}

async function measure(
  kernels: Kernels,
  file: string,
  fit: readonly [number, number],
  flags: SpectrumFlags,
): Promise<SpectrumResult> {
  if (file.endsWith('.npy')) {
    const { data, count } = await readMatrix(file);
    return spectrumOfSamples(kernels, data, count, fit);
  }
  if (file === 'raw') {
    const { data, count } = await readInputs(kernels, flags, { kind: 'lp', p: 3 }, rawNoiseInputs);
    return spectrumOfSamples(kernels, data, count, fit);
  }
  const model = decodeModel(await readFileWhole(file), file);
  using open: OpenModel = openModel(kernels, model, measuringBatch);
  const normalisation = (model.settings.normalisation ?? { kind: 'lp', p: 3 }) as Normalisation;
  const { data, count } = await readInputs(kernels, flags, normalisation, open.inputs);
  if (data.length !== count * open.inputs) {
    throw new DataError(
      `spectrum: expected samples of ${open.inputs} values for ${file}, got ${data.length / count}`,
    );
  }
  return spectrumOf(kernels, open, data, fit);
}

/** Dimensions of raw noise: those of CIFAR-10, as in arXiv 2405.00679. */
const rawNoiseInputs = 3072;

async function readInputs(
  kernels: Kernels,
  { input, samples, seed, dataDir }: SpectrumFlags,
  normalisation: Normalisation,
  inputs: number,
): Promise<{ data: Float32Array; count: number }> {
  if (input === 'noise') return { data: noiseProbe(kernels, seed, samples, inputs), count: samples };
  if (input.endsWith('.npy')) return readMatrix(input);
  const { test } = await loadDataset(input, {
    normals: (stream, first, out) => randomNormal(kernels, { seed, stream, first }, out),
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const normalised = samplesOf(test, normalisationScales(test, normalisation));
  return { data: normalisedImages(normalised, test.count), count: test.count };
}

async function readMatrix(file: string): Promise<{ data: Float32Array; count: number }> {
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
  return { data: Float32Array.from(array.data), count };
}

function parseFit(text: string): [number, number] {
  const [from, to, ...rest] = text.split(':').map(Number);
  const whole = [from, to].every((value) => Number.isSafeInteger(value));
  if (!whole || from === undefined || to === undefined || rest.length > 0 || from < 0 || from >= to) {
    throw new DataError(`--fit: expected from:to with 0 <= from < to, got ${text}`);
  }
  return [from, to];
}
