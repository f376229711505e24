import { DataError } from './errors.js';
import { randomAngles, sectorOf, type ToyPoints, type ToyPointsOptions, toyPoints } from './toy-points.js';

const ringRadius = 0.67;
const tubeRadius = 0.33;

/**
 * Points on a torus of the radii 0.67 and 0.33 about the z axis (arXiv 2211.01236, toy data). The class is the eighth of the
 * way round the axis; how the paper cuts its classes is not known. Even points are a square grid of the two angles.
 *
 * @throws DataError when the noise is negative, or the count is no positive integer, or no square for even points.
 * @example
 * ```ts
 * const { coordinates } = torusPoints({ count: 1600, placement: 'even', noise: 1e-3, normals, stream: 'torus' });
 * ```
 */
export function torusPoints(options: ToyPointsOptions): ToyPoints {
  const { count, placement, normals, stream } = options;
  const side = Math.sqrt(count);
  if (!Number.isInteger(count) || count < 1 || (placement === 'even' && !Number.isInteger(side))) {
    const expected = placement === 'even' ? 'a square number of points' : 'a positive number of points';
    throw new DataError(`torusPoints: expected ${expected}, got ${count}`);
  }
  const even = (step: number) => (2 * Math.PI * (step + 0.5)) / side;
  const random = (name: string) => randomAngles(normals, `${stream}: ${name}`, count);
  const [around, across] =
    placement === 'even'
      ? [
          Float64Array.from({ length: count }, (_, i) => even(Math.floor(i / side))),
          Float64Array.from({ length: count }, (_, i) => even(i % side)),
        ]
      : [random('around'), random('across')];
  return toyPoints('torusPoints', options, (index) => {
    const theta = around[index] as number;
    const phi = across[index] as number;
    const distance = ringRadius + tubeRadius * Math.cos(phi);
    return {
      at: [distance * Math.cos(theta), distance * Math.sin(theta), tubeRadius * Math.sin(phi)],
      label: sectorOf(theta, 8),
    };
  });
}
