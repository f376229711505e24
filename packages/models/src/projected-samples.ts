import {
  allocateFloat32,
  allocateUint8,
  createKrotovHopfieldProjection,
  type Kernels,
  type KrotovHopfieldProjection,
  type ProjectedRows,
  projectKrotovHopfieldRows,
  rowsOf,
} from '@hebblab/wasm';
import { buildOwning } from './owned-parts.js';
import { principalDirections } from './principal-directions.js';
import type { Samples } from './samples.js';

/** All samples in the coordinates of a projection, and the rows of one batch in kernel memory. */
export interface ProjectedSamples {
  readonly projection: KrotovHopfieldProjection;
  /** The rows of these samples. */
  batchOf(indices: Uint32Array): ProjectedRows;
  dispose(): void;
}

/**
 * Projects samples onto their 256 principal directions, for Krotov-Hopfield steps with the ranking `sieve`: about 1 KB of
 * JavaScript memory for each sample.
 *
 * @param batchSize most samples in a batch
 * @throws where memory is exhausted
 * @example
 * using screen = createKrotovHopfieldScreen(kernels, effective, projectSamples(kernels, samples, 100).projection);
 */
export function projectSamples(kernels: Kernels, samples: Samples, batchSize: number): ProjectedSamples {
  return buildOwning((own, dispose) => {
    const dimensions = Math.min(mostDimensions, samples.inputs);
    const projection = createKrotovHopfieldProjection(
      kernels,
      own(principalDirections(kernels, samples, dimensions)),
    );
    const rows = {
      coefficients: own(allocateFloat32(kernels, [batchSize, dimensions])),
      tails: own(allocateFloat32(kernels, [batchSize, 2])),
    };
    const coefficients = new Float32Array(samples.count * dimensions);
    const tails = new Float32Array(samples.count * 2);
    const part = (count: number) => ({
      coefficients: rowsOf(rows.coefficients, 0, count),
      tails: rowsOf(rows.tails, 0, count),
    });
    using pixels = allocateUint8(kernels, [batchSize, samples.inputs]);
    for (let first = 0; first < samples.count; first += batchSize) {
      const count = Math.min(batchSize, samples.count - first);
      const from = samples.images.pixels.subarray(first * samples.inputs, (first + count) * samples.inputs);
      pixels.view().set(from);
      projectKrotovHopfieldRows(kernels, projection, rowsOf(pixels, 0, count), part(count));
      coefficients.set(rows.coefficients.view().subarray(0, count * dimensions), first * dimensions);
      tails.set(rows.tails.view().subarray(0, count * 2), first * 2);
    }
    return {
      projection,
      batchOf(indices) {
        const [intoCoefficients, intoTails] = [rows.coefficients.view(), rows.tails.view()];
        indices.forEach((sample, row) => {
          const from = sample * dimensions;
          intoCoefficients.set(coefficients.subarray(from, from + dimensions), row * dimensions);
          intoTails.set(tails.subarray(2 * sample, 2 * sample + 2), 2 * row);
        });
        return part(indices.length);
      },
      dispose,
    };
  });
}

/** At 3072 inputs the first sieve then costs a twelfth of the whole product; a converged layer leaves it 29 of 2000 units. */
const mostDimensions = 256;
