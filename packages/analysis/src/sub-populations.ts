import { requireMatrix } from './matrix.js';
import {
  clipFitRange,
  type FitRange,
  fitPowerLaw,
  fitPowerLawWeighted,
  type OrdinaryPowerLawFit,
  type PowerLawFit,
} from './power-law.js';

/** The sizes of sub-populations that arXiv 2405.00679 shows: the first n units of a layer. */
export const subPopulationSizes: readonly number[] = [10, 50, 100, 500, 1000, 1500, 2000];

/**
 * The sizes below the layer's own, and the layer as a whole.
 *
 * @throws Error where a size or the number of units is no positive integer, or sizes do not ascend.
 *
 * @example
 * subPopulationsOf(600, subPopulationSizes); // [10, 50, 100, 500, 600]
 */
export function subPopulationsOf(units: number, sizes: readonly number[]): number[] {
  for (const size of [units, ...sizes]) {
    if (!Number.isInteger(size) || size < 1) {
      throw new Error(`subPopulationsOf: expected positive numbers of units, got ${size}`);
    }
  }
  const falling = sizes.findIndex((size, i) => i > 0 && size <= (sizes[i - 1] as number));
  if (falling >= 0) {
    throw new Error(
      `subPopulationsOf: expected ascending sizes, got ${sizes[falling]} after ${sizes[falling - 1]}`,
    );
  }
  return [...sizes.filter((size) => size < units), units];
}

/**
 * Covariance of the first n units, the leading block of the covariance of all: what a sub-population needs once the
 * covariance of the layer is there.
 *
 * @param covariance - [units, units], row-major
 * @returns [n, n], a copy
 * @throws Error where the covariance is not [units, units] and finite, or n is not 1..units.
 *
 * @example
 * leadingCovariance(Float64Array.of(1, 2, 2, 5), 2, 1); // [1]
 */
export function leadingCovariance(covariance: Float64Array, units: number, n: number): Float64Array {
  requireMatrix('leadingCovariance', covariance, { rows: units, columns: units });
  if (!Number.isInteger(n) || n < 1 || n > units) {
    throw new Error(`leadingCovariance: expected 1 to ${units} units, got ${n}`);
  }
  const block = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    block.set(covariance.subarray(row * units, row * units + n), row * n);
  }
  return block;
}

/** The spectrum of the first `units` units. */
export interface SubPopulation {
  readonly units: number;
  /** [units], descending */
  readonly eigenvalues: Float64Array;
}

/** Power laws of one sub-population, or why there are none. */
export type SubPopulationFit =
  | {
      readonly kind: 'fitted';
      readonly units: number;
      readonly ordinary: OrdinaryPowerLawFit;
      /** With weights 1/n, as Stringer et al. 2019 fit. */
      readonly weighted: PowerLawFit;
    }
  | {
      readonly kind: 'too few eigenvalues';
      readonly units: number;
      /** What the spectrum leaves of the range asked for: fewer than 3 eigenvalues. */
      readonly range: FitRange;
    };

/**
 * Power laws of spectra of sub-populations, beside each other: over the range asked for, shortened to what each spectrum
 * offers, so that exponents of small populations belong to shorter ranges (they are in the fits).
 *
 * @param relativeFloor - of {@link clipFitRange}
 * @throws Error where a spectrum is not positive at its top.
 *
 * @example
 * const fits = fitSubPopulations([{ units: 50, eigenvalues }], { from: 10, to: 500 }, 1e-12);
 */
export function fitSubPopulations(
  populations: readonly SubPopulation[],
  range: FitRange,
  relativeFloor: number,
): SubPopulationFit[] {
  return populations.map(({ units, eigenvalues }) => {
    const offered = clipFitRange(eigenvalues, range, relativeFloor);
    if (offered.to - offered.from < 3) return { kind: 'too few eigenvalues', units, range: offered };
    return {
      kind: 'fitted',
      units,
      ordinary: fitPowerLaw(eigenvalues, offered),
      weighted: fitPowerLawWeighted(eigenvalues, offered),
    };
  });
}
