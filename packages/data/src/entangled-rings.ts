import { DataError } from './errors.js';
import { randomAngles, sectorOf, type ToyPoints, type ToyPointsOptions, toyPoints } from './toy-points.js';

const radius = 2 / 3;
const centre = 1 / 3;

/**
 * Points on two rings of radius 2/3 that go through each other, one in the plane z = 0 about (-1/3, 0, 0), one in the plane
 * y = 0 about (1/3, 0, 0): no plane parts them (arXiv 2211.01236, entangled rings; its sizes are not known). The class is the
 * ring and the quarter of it. Points alternate between the rings.
 *
 * @throws DataError when the noise is negative, or the count is no even positive integer.
 * @example
 * ```ts
 * const rings = entangledRingsPoints({ count: 800, placement: 'even', noise: 1e-3, normals, stream: 'rings' });
 * ```
 */
export function entangledRingsPoints(options: ToyPointsOptions): ToyPoints {
  const { count, placement, normals, stream } = options;
  const perRing = count / 2;
  if (!Number.isInteger(perRing) || perRing < 1) {
    throw new DataError(`entangledRingsPoints: expected an even number of points, got ${count}`);
  }
  const angles =
    placement === 'random'
      ? randomAngles(normals, `${stream}: angles`, count)
      : Float64Array.from({ length: count }, (_, i) => (2 * Math.PI * (Math.floor(i / 2) + 0.5)) / perRing);
  return toyPoints('entangledRingsPoints', options, (index) => {
    const ring = index % 2;
    const angle = angles[index] as number;
    const along = radius * Math.cos(angle);
    const across = radius * Math.sin(angle);
    return {
      at: ring === 0 ? [along - centre, across, 0] : [along + centre, 0, across],
      label: 4 * ring + sectorOf(angle, 4),
    };
  });
}
