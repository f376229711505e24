import { DataError } from '@hebblab/data';
import type { RunConfig } from './config.js';

/**
 * Finds arrays that kernel memory could not hold, which only shows once the data set is there, before anything is
 * trained or written.
 *
 * @param inputs values of an image
 * @throws DataError naming the setting
 * @example
 * expectRunnable(config, samples.inputs);
 */
export function expectRunnable(
  { models, spectra }: Pick<RunConfig, 'models' | 'spectra'>,
  inputs: number,
): void {
  for (const [name, config] of Object.entries(models)) {
    if (config.kind === 'custom') continue;
    // The weights [hidden, inputs] as float32, the covariance of the representation [hidden, hidden] as float64.
    const most = Math.min(largestArray / (4 * inputs), Math.sqrt(largestArray / 8));
    if (config.hidden > most) {
      throw new DataError(
        `run: expected models.${name}.hidden of at most ${Math.floor(most)} for ${inputs} inputs, got ${config.hidden}`,
      );
    }
    const mostSamples = Math.floor(largestArray / (4 * Math.max(inputs, config.hidden)));
    if (spectra.noiseSamples > mostSamples) {
      throw new DataError(
        `run: expected spectra.noiseSamples of at most ${mostSamples} for ${inputs} inputs and ${config.hidden} hidden units, got ${spectra.noiseSamples}`,
      );
    }
  }
}

/** Bytes of the largest array in kernel memory. */
const largestArray = 2 ** 31 - 1;
