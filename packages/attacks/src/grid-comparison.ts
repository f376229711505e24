import type { ImageStatus } from './image-status.js';

/** What {@link compareWithGrid} is given: two searches for the critical distances of the same images. */
export interface GridComparisonRequest {
  /** From `bisectCriticalDistances`. */
  readonly bisection: readonly ImageStatus[];
  /** From `criticalDistances`. */
  readonly grid: readonly ImageStatus[];
  /** The grid's epsilons, ascending. */
  readonly epsilons: readonly number[];
  /** The bisection's. */
  readonly relativeTolerance: number;
}

/** On how many images bisection and grid disagree by more than the spacing of the grid. */
export interface GridComparison {
  /** Images that both call adversarial or robust. */
  readonly compared: number;
  readonly disagreeing: number;
  /** disagreeing / compared, in [0, 1]; 0 where nothing could be compared. */
  readonly share: number;
  /** Bisection found a smaller epsilon than the interval of the grid in which the image fell. */
  readonly smaller: number;
  /** Bisection found a larger one: it missed an earlier fall. */
  readonly larger: number;
  readonly foundByGridAlone: number;
  readonly foundByBisectionAlone: number;
}

/**
 * Holds bisection against the grid. They agree on an image where both found it robust, or where the epsilon of the
 * bisection lies in the interval of the grid in which the image fell: above the epsilon before, and not above the epsilon
 * that flipped it by more than the tolerance. They can disagree because flips are not monotone in epsilon, and, for random
 * noise, because the grid draws fresh noise at each epsilon and bisection one noise an image. Images wrong from the start
 * or unverified by either are not compared.
 *
 * @throws Error where the numbers of images differ or an epsilon is not of the grid.
 *
 * @example
 * const { share } = compareWithGrid({ bisection: bisected.images, grid: walk.images, epsilons, relativeTolerance: 0.04 });
 */
export function compareWithGrid({
  bisection,
  grid,
  epsilons,
  relativeTolerance,
}: GridComparisonRequest): GridComparison {
  if (bisection.length !== grid.length) {
    throw new Error(
      `compareWithGrid: expected as many images of the bisection as of the grid, ${grid.length}, got ${bisection.length}`,
    );
  }
  const verdicts = grid.map((ofGrid, image) =>
    compareImage(bisection[image] as ImageStatus, ofGrid, epsilons, relativeTolerance),
  );
  const count = (verdict: ReturnType<typeof compareImage>) =>
    verdicts.filter((other) => other === verdict).length;
  const counts = {
    smaller: count('smaller'),
    larger: count('larger'),
    foundByGridAlone: count('grid alone'),
    foundByBisectionAlone: count('bisection alone'),
  };
  const compared = verdicts.length - count('not compared');
  const disagreeing = compared - count('agree');
  return { compared, disagreeing, share: compared === 0 ? 0 : disagreeing / compared, ...counts };
}

function compareImage(
  bisected: ImageStatus,
  walked: ImageStatus,
  epsilons: readonly number[],
  relativeTolerance: number,
): 'agree' | 'smaller' | 'larger' | 'grid alone' | 'bisection alone' | 'not compared' {
  const decided = (image: ImageStatus) =>
    image.status === 'adversarial' || image.status === 'robust within the grid';
  if (!decided(bisected) || !decided(walked)) return 'not compared';
  if (bisected.status !== 'adversarial') return walked.status === 'adversarial' ? 'grid alone' : 'agree';
  if (walked.status !== 'adversarial') return 'bisection alone';
  const index = epsilons.indexOf(walked.epsilon);
  if (index < 0) {
    throw new Error(
      `compareWithGrid: expected an epsilon of the grid, got ${walked.epsilon}, which is not in it`,
    );
  }
  // An image that fell at the first epsilon of the grid may have its fall anywhere below.
  const before = index === 0 ? 0 : (epsilons[index - 1] as number);
  if (bisected.epsilon <= before) return 'smaller';
  return bisected.epsilon > walked.epsilon * (1 + relativeTolerance) ? 'larger' : 'agree';
}
