import { DataError } from './errors.js';
import type { NormalSource } from './orthonormal-columns.js';

/** Points in space on a known surface or curve, with the classes of its parts. */
export interface ToyPoints {
  readonly count: number;
  /** [count, 3]: x, y, z, within -1..1 but for the noise. */
  readonly coordinates: Float32Array;
  /** [count], 0..7: the finest of {@link toyLevels}. */
  readonly labels: Uint8Array;
}

/** What the generators of toy points take. */
export interface ToyPointsOptions {
  readonly count: number;
  /** Evenly over the angles, or at random ones, uniform. */
  readonly placement: 'even' | 'random';
  /** Standard deviation of the normal noise added to each coordinate; 1e-3 in arXiv 2211.01236. */
  readonly noise: number;
  /** The random numbers, which carry the seed. */
  readonly normals: NormalSource;
  /** Names the random numbers of these points; another name gives others. */
  readonly stream: string;
}

/**
 * How many grey levels a unit of length becomes in the images of a toy: a coordinate c is the byte 127.5 + 125 c, rounded.
 * Rounding is an error of up to 0.004, uniform, which is more than noise of 1e-3; the float points are there for those who
 * need them.
 */
export const greyLevelsPerUnit = 125;

/** The points of a toy from its parametrisation: angles in [0, 2 pi) to a place and its class. */
export function toyPoints(
  operation: string,
  { count, noise, normals, stream }: ToyPointsOptions,
  place: (index: number) => { readonly at: readonly [number, number, number]; readonly label: number },
): ToyPoints {
  if (!(noise >= 0 && Number.isFinite(noise))) {
    throw new DataError(`${operation}: expected a noise of at least 0, got ${noise}`);
  }
  const shift = new Float32Array(3 * count);
  normals(`${stream}: noise`, 0, shift);
  const coordinates = new Float32Array(3 * count);
  const labels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const { at, label } = place(index);
    at.forEach((coordinate, axis) => {
      const i = 3 * index + axis;
      coordinates[i] = coordinate + noise * (shift[i] as number);
    });
    labels[index] = label;
  }
  return { count, coordinates, labels };
}

/** Angles in [0, 2 pi), uniform: the direction of a pair of normal numbers. */
export function randomAngles(normals: NormalSource, stream: string, count: number): Float64Array {
  const pairs = new Float32Array(2 * count);
  normals(stream, 0, pairs);
  return Float64Array.from({ length: count }, (_, i) => {
    const angle = Math.atan2(pairs[2 * i] as number, pairs[2 * i + 1] as number);
    return angle < 0 ? Math.min(angle + 2 * Math.PI, largestAngle) : angle;
  });
}

/** Which of `parts` equal parts of the circle an angle in [0, 2 pi) lies in. */
export function sectorOf(angle: number, parts: number): number {
  return Math.floor((angle * parts) / (2 * Math.PI));
}

/** The number below 2 pi: a tiny negative angle must not become 2 pi itself. */
const largestAngle = 2 * Math.PI * (1 - Number.EPSILON);
