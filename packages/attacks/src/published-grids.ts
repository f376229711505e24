import { logarithmicGrid } from './epsilon-grid.js';

/**
 * The grids of epsilon behind published figures, as the arguments of `logarithmicGrid`: first and last exponent of 10,
 * and the number of values.
 *
 * - `holzhausen-*`: arXiv 2405.00679, 400 values from 1e-6. The random grid ends at 10^0.916; FGSM's figure reaches about 8,
 *   taken here as the same end; PGD's end is not stated and taken as the same (its 20 steps of 1e-2 reach 0.2 at most).
 * - `independent-*`: the coarser grids of an independent run of that paper on 500 images.
 * - `beshkov`: arXiv 2211.01236, 10 values from 0.01 to 1, for FGSM and PGD.
 */
export const publishedGrids = {
  'holzhausen-random': { startExponent: -6, stopExponent: 0.916, count: 400 },
  'holzhausen-fgsm': { startExponent: -6, stopExponent: 0.916, count: 400 },
  'holzhausen-pgd': { startExponent: -6, stopExponent: 0.916, count: 400 },
  'independent-random': { startExponent: -6, stopExponent: 0.916, count: 400 },
  'independent-fgsm': { startExponent: -4, stopExponent: 0.5, count: 150 },
  'independent-pgd': { startExponent: -4, stopExponent: -0.5, count: 60 },
  beshkov: { startExponent: -2, stopExponent: 0, count: 10 },
} as const;

/** The name of a published grid. */
export type PublishedGrid = keyof typeof publishedGrids;

/**
 * The epsilons of a published grid, ascending.
 *
 * @example
 * publishedEpsilons('beshkov'); // 0.01 .. 1
 */
export function publishedEpsilons(name: PublishedGrid): number[] {
  const { startExponent, stopExponent, count } = publishedGrids[name];
  return logarithmicGrid(startExponent, stopExponent, count);
}
