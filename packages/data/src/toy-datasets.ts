import { entangledRingsPoints } from './entangled-rings.js';
import { createImageSet, type Dataset, type ImageSet } from './images.js';
import type { NormalSource } from './orthonormal-columns.js';
import { torusPoints } from './torus.js';
import { greyLevelsPerUnit, type ToyPoints, type ToyPointsOptions } from './toy-points.js';

/** The toys that have a name. */
export type ToyName = 'torus' | 'entangled-rings';

/** What a toy set is: points in space as images of three grey values. */
export interface ToyDataset {
  readonly name: ToyName;
  readonly train: number;
  readonly test: number;
  readonly shape: ImageSet['shape'];
  readonly classNames: readonly string[];
}

const quarters = ['first', 'second', 'third', 'fourth'];

/** The toy sets of arXiv 2211.01236. */
export const toyDatasets: readonly ToyDataset[] = [
  {
    name: 'torus',
    train: 1600,
    test: 1600,
    shape: [1, 3, 1],
    classNames: Array.from({ length: 8 }, (_, sector) => `sector ${sector}`),
  },
  {
    name: 'entangled-rings',
    train: 800,
    test: 800,
    shape: [1, 3, 1],
    classNames: ['flat', 'upright'].flatMap((ring) =>
      quarters.map((part) => `${ring} ring, ${part} quarter`),
    ),
  },
];

/**
 * The levels of both toys, coarse to fine: the group of each of the 8 classes among 2 (halves of the torus; the rings), 4 and
 * 8 groups.
 */
export const toyLevels: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 1, 1, 1, 1],
  [0, 0, 1, 1, 2, 2, 3, 3],
  [0, 1, 2, 3, 4, 5, 6, 7],
];

/**
 * Generates a toy set with noise of 1e-3: training points evenly placed, test points at random places of the same surface.
 * A point is an image of three grey values, 127.5 + 125 c for each coordinate c, so that distances between images are 125
 * times those between points up to the rounding (see `greyLevelsPerUnit`).
 *
 * @throws Error of the random source.
 * @example
 * ```ts
 * const normals = (stream, first, out) => randomNormal(kernels, { seed: 1, stream, first }, out);
 * const { train, test } = generateToyDataset('torus', normals);
 * ```
 */
export function generateToyDataset(name: ToyName, normals: NormalSource): Dataset {
  const { train, test, shape, classNames } = toyDatasets.find((each) => each.name === name) as ToyDataset;
  const pointsOf: (options: ToyPointsOptions) => ToyPoints =
    name === 'torus' ? torusPoints : entangledRingsPoints;
  const images = (split: string, points: ToyPoints) =>
    createImageSet({
      name,
      split,
      shape,
      pixels: Uint8Array.from(points.coordinates, (coordinate) =>
        Math.max(0, Math.min(255, Math.round(127.5 + greyLevelsPerUnit * coordinate))),
      ),
      labels: points.labels,
      classNames,
    });
  const common = { noise: 1e-3, normals };
  return {
    name,
    origin: 'generated',
    train: images('train', pointsOf({ ...common, count: train, placement: 'even', stream: `${name} train` })),
    test: images('test', pointsOf({ ...common, count: test, placement: 'random', stream: `${name} test` })),
  };
}
