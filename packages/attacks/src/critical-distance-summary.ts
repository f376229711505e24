import type { ImageStatus } from './image-status.js';

/** How many images ended how. */
export interface StatusCounts {
  /** Verified adversarials, which the quartiles are of. */
  readonly found: number;
  /** Initially correct images: found + robust + unverified. */
  readonly total: number;
  readonly robust: number;
  readonly wrongFromTheStart: number;
  /** Flips that the second look did not confirm; anything but 0 says that the classifier does not answer consistently. */
  readonly unverified: number;
}

/** Quartiles of the critical distances that were found. */
export type CriticalDistanceSummary =
  | ({ readonly kind: 'none found' } & StatusCounts)
  | ({
      readonly kind: 'quartiles';
      readonly median: number;
      readonly q25: number;
      readonly q75: number;
    } & StatusCounts);

/**
 * A model's robustness: the median critical distance, its quartiles (linear interpolation between order statistics), and
 * how many images they are of. Images that never flipped have no distance: they are counted, not guessed.
 *
 * @param measure - `distance`, ||x_adv - x||_2, unless told; `linfDistance`, max |x_adv - x|
 *
 * @example
 * const summary = summariseCriticalDistances(walk.images);
 * if (summary.kind === 'quartiles') console.log(summary.median, summary.found, summary.total);
 */
export function summariseCriticalDistances(
  images: readonly ImageStatus[],
  measure: 'distance' | 'linfDistance' = 'distance',
): CriticalDistanceSummary {
  const distances = images.flatMap((image) => (image.status === 'adversarial' ? [image[measure]] : []));
  const count = (status: ImageStatus['status']) => images.filter((image) => image.status === status).length;
  const counts: StatusCounts = {
    found: distances.length,
    total: images.length - count('wrong from the start'),
    robust: count('robust within the grid'),
    wrongFromTheStart: count('wrong from the start'),
    unverified: count('unverified'),
  };
  if (distances.length === 0) return { kind: 'none found', ...counts };
  const sorted = distances.sort((a, b) => a - b);
  return {
    kind: 'quartiles',
    median: quantile(sorted, 0.5),
    q25: quantile(sorted, 0.25),
    q75: quantile(sorted, 0.75),
    ...counts,
  };
}

function quantile(sorted: readonly number[], probability: number): number {
  const position = probability * (sorted.length - 1);
  const lower = sorted[Math.floor(position)] as number;
  const upper = sorted[Math.ceil(position)] as number;
  return lower + (upper - lower) * (position - Math.floor(position));
}
