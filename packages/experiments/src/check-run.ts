import { DataError } from '@hebblab/data';
import type { Samples } from '@hebblab/models';
import { layerWidths, parameterShapes } from '@hebblab/models/networks/architecture';
import { classFaults } from './config/hierarchy-faults.js';
import type { CustomModelConfig, ModelConfig, NetworkConfig, RunConfig } from './config.js';

/** How large the data set of a run is. */
export interface RunSizes {
  /** Values of an image. */
  readonly inputs: number;
  /** [height, width, channels] */
  readonly imageShape: readonly [number, number, number];
  /** Training images. */
  readonly train: number;
  /** Test images. */
  readonly test: number;
  readonly classes: number;
}

/** The sizes of a run's samples. */
export function sizesOf(train: Samples, test: Samples): RunSizes {
  const { inputs, classes, images, count } = train;
  return { inputs, imageShape: images.shape, train: count, test: test.count, classes };
}

/**
 * Finds what only shows once the data set is there, before anything is trained or written: arrays that kernel memory
 * could not hold, and, where spectra are measured, fits beyond their rank.
 *
 * @param others faults that were found elsewhere, to stand in the same list
 * @throws DataError that lists every fault, a line each
 * @example
 * expectRunnable(config, { inputs: 784, train: 60000, test: 10000 });
 */
export function expectRunnable(
  {
    models,
    spectra,
    measurements = [],
  }: Pick<RunConfig, 'models'> & Partial<Pick<RunConfig, 'spectra' | 'measurements'>>,
  sizes: RunSizes,
  others: readonly string[] = [],
): void {
  const all = Object.entries(models).flatMap(([name, config]) =>
    config.kind === 'custom' ? [] : modelFaults(name, config, spectra, sizes),
  );
  all.push(...classFaults({ models, measurements }, sizes), ...others);
  const faults = [...new Set(all)];
  if (faults.length === 0) return;
  if (faults.length === 1) throw new DataError(`run: ${faults[0]}`);
  const lines = faults.map((fault) => `\n  ${fault}`).join('');
  throw new DataError(`run: expected settings that fit the data set, got ${faults.length} faults:${lines}`);
}

function modelFaults(
  name: string,
  config: Exclude<ModelConfig, CustomModelConfig>,
  spectra: RunConfig['spectra'] | undefined,
  sizes: RunSizes,
): string[] {
  const { inputs, train, test, imageShape } = sizes;
  if (config.kind === 'network') {
    try {
      parameterShapes({ inputShape: imageShape, layers: config.layers });
    } catch (error) {
      return [`models.${name}.layers: ${error instanceof Error ? error.message : error}`];
    }
  }
  const shortBatch = config.kind === 'network' ? shortBatchOf(name, config, sizes) : [];
  if (shortBatch.length > 0) return shortBatch;
  const hidden = widthOf(config, imageShape, inputs);
  // A readout trains on the features [train, hidden] of all images.
  const features = config.kind === 'local-learning' ? train : 0;
  const fits = (units: number) =>
    4 * units * Math.max(inputs, features, test) <= largestArray &&
    8 * units ** 2 <= largestArray &&
    4 * units * test <= freeBesideCovariances(units, inputs);
  if (!fits(hidden)) {
    return [
      `expected models.${name}.hidden of at most ${largestFitting(fits, hidden)} for ${train} training images of ${inputs} inputs, got ${hidden}`,
    ];
  }
  if (spectra === undefined) return [];
  const faults: string[] = [];
  const mostSamples = Math.floor(
    Math.min(
      largestArray / (4 * Math.max(inputs, hidden)),
      freeBesideCovariances(hidden, inputs) / (4 * hidden),
    ),
  );
  if (spectra.noiseSamples > mostSamples) {
    faults.push(
      `expected spectra.noiseSamples of at most ${mostSamples} for ${inputs} inputs and ${hidden} hidden units, got ${spectra.noiseSamples}`,
    );
  }
  for (const [key, samples] of [
    ['fitImages', test],
    ['fitNoise', spectra.noiseSamples],
  ] as const) {
    // Centring takes one from the rank.
    const rank = Math.min(hidden, inputs, samples - 1);
    const [, end] = spectra[key];
    if (end > rank)
      faults.push(
        `expected spectra.${key} to end at ${rank} at most, the rank of the spectrum of models.${name}, got ${end}`,
      );
  }
  return faults;
}

/** The spectral penalty takes no batch of fewer than 1.25 images a unit, the last one neither. */
function shortBatchOf(
  name: string,
  { layers, penalties, batchSize, validationShare }: NetworkConfig,
  { train, imageShape }: RunSizes,
): string[] {
  const last = (train - Math.round(validationShare * train)) % batchSize;
  const widths = layerWidths({ inputShape: imageShape, layers });
  return penalties.flatMap((penalty) => {
    if (penalty.kind !== 'spectral') return [];
    const width = widths.at(penalty.layer === 'last' ? -2 : penalty.layer) ?? 0;
    if (last === 0 || last >= 1.25 * width) return [];
    return [
      `expected models.${name}.batchSize to leave a last batch of at least ${Math.ceil(1.25 * width)} images, 1.25 a unit of the layer, or none, got ${last}`,
    ];
  });
}

/** Units of the representation whose spectrum is measured. */
function widthOf(
  config: Exclude<ModelConfig, CustomModelConfig>,
  inputShape: RunSizes['imageShape'],
  inputs: number,
): number {
  if (config.kind !== 'network') return config.hidden;
  return layerWidths({ inputShape, layers: config.layers }).at(-2) ?? inputs;
}

/** Bytes of the largest array in kernel memory. */
const largestArray = 2 ** 31 - 1;

/** Bytes of kernel memory that arrays can share; the rest is the program's own and that of its small arrays. */
const kernelMemory = 2 ** 32 - 2 ** 26;

/**
 * Bytes that samples may take while a spectrum is measured: beside the weights [hidden, inputs] as float32 lie the
 * covariance [hidden, hidden] as float64 and the copy of it that the eigenvalues are found in.
 */
function freeBesideCovariances(hidden: number, inputs: number): number {
  return kernelMemory - 2 * 8 * hidden ** 2 - 4 * hidden * inputs;
}

/** The largest whole number below `refused` that fits, where all smaller ones do. */
function largestFitting(fits: (hidden: number) => boolean, refused: number): number {
  let [most, least] = [0, refused];
  while (least - most > 1) {
    const middle = Math.floor((most + least) / 2);
    if (fits(middle)) most = middle;
    else least = middle;
  }
  return most;
}
