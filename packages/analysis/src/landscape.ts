/** Two orthonormal directions in the space of inputs. */
export interface Plane {
  /** [inputs], of length 1 */
  readonly first: Float32Array;
  /** [inputs], of length 1, at right angles to the first */
  readonly second: Float32Array;
}

/**
 * A random plane: two directions from normal numbers, made orthonormal in float64 (Gram-Schmidt).
 *
 * @param normals - [2 inputs]: the first direction, then the second before it is turned
 * @throws Error where they are fewer than 4, odd in number, not finite, or both directions are the same.
 *
 * @example
 * const plane = randomPlane(normals); // 6144 normal numbers: a plane through images of 3072 values
 */
export function randomPlane(normals: Float32Array | Float64Array): Plane {
  const inputs = normals.length / 2;
  if (!Number.isInteger(inputs) || inputs < 2) {
    throw new Error(
      `randomPlane: expected two directions of at least 2 values, got ${normals.length} values`,
    );
  }
  const first = unit(Float64Array.from(normals.subarray(0, inputs)));
  const turned = Float64Array.from(normals.subarray(inputs));
  // Twice, so that rounding leaves no part along the first.
  for (let pass = 0; pass < 2; pass++) {
    const along = dot(first, turned);
    for (let i = 0; i < inputs; i++) turned[i] = (turned[i] as number) - along * (first[i] as number);
  }
  return { first: Float32Array.from(first), second: Float32Array.from(unit(turned)) };
}

/** A square grid of points on a plane through one image: x + e first + z second (arXiv 2405.00679, figure 6). */
export interface LandscapeGrid {
  /** x, [inputs] */
  readonly centre: Float32Array;
  readonly plane: Plane;
  /** Of e and z alike; the paper's are -20 and 20. */
  readonly from: number;
  readonly to: number;
  /** Points along each side, both ends included; the paper's are 100. */
  readonly side: number;
}

/**
 * The coordinates of a landscape's points along either side, ascending.
 *
 * @returns [side]
 * @throws Error where from >= to or the side is no whole number of at least 2.
 *
 * @example
 * landscapeAxis({ from: -20, to: 20, side: 3 }); // [-20, 0, 20]
 */
export function landscapeAxis({ from, to, side }: Pick<LandscapeGrid, 'from' | 'to' | 'side'>): Float64Array {
  if (!(Number.isFinite(to - from) && from < to)) {
    throw new Error(`landscapeAxis: expected from < to, got ${from} and ${to}`);
  }
  if (!Number.isInteger(side) || side < 2) {
    throw new Error(`landscapeAxis: expected a side of at least 2 points, got ${side}`);
  }
  return Float64Array.from({ length: side }, (_, i) => from + ((to - from) * i) / (side - 1));
}

/** A part of a landscape's points. */
export interface LandscapeBatch {
  /** The index of its first point in the grid. */
  readonly first: number;
  readonly count: number;
  /** [count, inputs]: point `row * side + column` has z of the row and e of the column. */
  readonly inputs: Float32Array;
}

/**
 * The points of a landscape in batches, row by row; all at once would be 120 MB for the paper's 100 x 100 points of 3072.
 *
 * @throws Error where the plane does not fit the centre, the axis is wrong, or batchSize is no positive integer.
 *
 * @example
 * for (const { first, count, inputs } of landscapeBatches(grid, 1000)) logits.set(network.logits(inputs, count), 10 * first);
 */
export function* landscapeBatches(grid: LandscapeGrid, batchSize: number): Generator<LandscapeBatch> {
  const { centre, plane, side } = grid;
  const axis = landscapeAxis(grid);
  const inputs = centre.length;
  if (plane.first.length !== inputs || plane.second.length !== inputs) {
    throw new Error(
      `landscapeBatches: expected a plane of ${inputs} values, got ${plane.first.length} and ${plane.second.length}`,
    );
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new Error(`landscapeBatches: expected a positive batch size, got ${batchSize}`);
  }
  for (let first = 0; first < side * side; first += batchSize) {
    const count = Math.min(batchSize, side * side - first);
    const points = new Float32Array(count * inputs);
    for (let point = 0; point < count; point++) {
      const e = axis[(first + point) % side] as number;
      const z = axis[Math.floor((first + point) / side)] as number;
      for (let i = 0; i < inputs; i++) {
        points[point * inputs + i] =
          (centre[i] as number) + e * (plane.first[i] as number) + z * (plane.second[i] as number);
      }
    }
    yield { first, count, inputs: points };
  }
}

function unit(vector: Float64Array): Float64Array {
  const norm = Math.sqrt(dot(vector, vector));
  if (!(norm > 0 && Number.isFinite(norm))) {
    throw new Error(`randomPlane: expected two different, finite directions, got one of length ${norm}`);
  }
  return vector.map((value) => value / norm);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
