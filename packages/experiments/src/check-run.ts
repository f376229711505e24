import { DataError } from '@hebblab/data';
import type { RunConfig } from './config.js';

/** How large the data set of a run is. */
export interface RunSizes {
  /** Values of an image. */
  readonly inputs: number;
  /** Training images. */
  readonly train: number;
  /** Test images. */
  readonly test: number;
}

/**
 * Finds arrays that kernel memory could not hold, which only shows once the data set is there, before anything is
 * trained or written.
 *
 * @throws DataError naming the setting
 * @example
 * expectRunnable(config, { inputs: 784, train: 60000, test: 10000 });
 */
export function expectRunnable(
  { models, spectra }: Pick<RunConfig, 'models' | 'spectra'>,
  { inputs, train, test }: RunSizes,
): void {
  for (const [name, config] of Object.entries(models)) {
    if (config.kind === 'custom') continue;
    // A readout trains on the features [train, hidden] of all images.
    const features = config.kind === 'local-learning' ? train : 0;
    const fits = (hidden: number) =>
      4 * hidden * Math.max(inputs, features, test) <= largestArray &&
      8 * hidden ** 2 <= largestArray &&
      4 * hidden * test <= freeBesideCovariances(hidden, inputs);
    if (!fits(config.hidden)) {
      throw new DataError(
        `run: expected models.${name}.hidden of at most ${largestFitting(fits, config.hidden)} for ${train} training images of ${inputs} inputs, got ${config.hidden}`,
      );
    }
    const mostSamples = Math.floor(
      Math.min(
        largestArray / (4 * Math.max(inputs, config.hidden)),
        freeBesideCovariances(config.hidden, inputs) / (4 * config.hidden),
      ),
    );
    if (spectra.noiseSamples > mostSamples) {
      throw new DataError(
        `run: expected spectra.noiseSamples of at most ${mostSamples} for ${inputs} inputs and ${config.hidden} hidden units, got ${spectra.noiseSamples}`,
      );
    }
  }
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
