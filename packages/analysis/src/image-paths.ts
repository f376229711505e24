import { type JacobianShape, jacobianSingularValues } from './jacobian-geometry.js';

/** Two images of different classes, by their index. */
export interface ImagePair {
  readonly from: number;
  readonly to: number;
}

/**
 * Pairs of images of different classes, drawn with the numbers given: each takes a `from` uniformly from all images, and a
 * `to` uniformly from those of another class.
 *
 * @param labels - [images], of two classes or more
 * @param uniforms - in [0, 1): two for each pair
 * @returns [uniforms.length / 2]
 * @throws Error where all labels are the same, or a number is not in [0, 1).
 *
 * @example
 * const pairs = pairsAcrossClasses(labels, uniforms); // 20 numbers: 10 pairs
 */
export function pairsAcrossClasses(labels: ArrayLike<number>, uniforms: ArrayLike<number>): ImagePair[] {
  const all = Array.from(labels);
  if (new Set(all).size < 2) {
    throw new Error(`pairsAcrossClasses: expected labels of at least 2 classes, got ${new Set(all).size}`);
  }
  const faulty = Array.from(uniforms).find((uniform) => !(uniform >= 0 && uniform < 1));
  if (faulty !== undefined) {
    throw new Error(`pairsAcrossClasses: expected uniform numbers in [0, 1), got ${faulty}`);
  }
  const others = new Map(
    [...new Set(all)].map((label) => [label, [...all.keys()].filter((image) => all[image] !== label)]),
  );
  return Array.from({ length: Math.floor(uniforms.length / 2) }, (_, pair) => {
    const from = Math.floor((uniforms[2 * pair] as number) * all.length);
    const candidates = others.get(all[from] as number) as number[];
    const to = candidates[Math.floor((uniforms[2 * pair + 1] as number) * candidates.length)] as number;
    return { from, to };
  });
}

/**
 * Points on the straight line between two images, both ends included.
 *
 * @param from - [inputs]
 * @param to - [inputs]
 * @param points - 2 or more
 * @returns [points, inputs]: point i is from + (to - from) i / (points - 1)
 * @throws Error where the images differ in length or there are fewer than 2 points.
 *
 * @example
 * straightPath(Float32Array.of(0, 0), Float32Array.of(1, 2), 3); // [0, 0, 0.5, 1, 1, 2]
 */
export function straightPath(from: Float32Array, to: Float32Array, points: number): Float32Array {
  if (from.length !== to.length || from.length === 0) {
    throw new Error(
      `straightPath: expected two images of one length, got ${from.length} and ${to.length} values`,
    );
  }
  if (!Number.isInteger(points) || points < 2) {
    throw new Error(`straightPath: expected at least 2 points, got ${points}`);
  }
  const path = new Float32Array(points * from.length);
  for (let point = 0; point < points; point++) {
    const share = point / (points - 1);
    for (let i = 0; i < from.length; i++) {
      path[point * from.length + i] = (1 - share) * (from[i] as number) + share * (to[i] as number);
    }
  }
  return path;
}

/** What {@link singularValuesAlongPath} walks along. */
export interface PathSettings {
  /** [inputs] */
  readonly from: Float32Array;
  /** [inputs] */
  readonly to: Float32Array;
  /** 2 or more */
  readonly points: number;
  readonly classes: number;
  /** d logits / d inputs at inputs [count, inputs], as [count, classes, inputs]. */
  readonly jacobian: (inputs: Float32Array, count: number) => Float32Array | Float64Array;
}

/**
 * Singular values of the Jacobian along the straight path from one image to another: a network that is flat but for the
 * class boundary has one peak on the way (arXiv 1703.09202).
 *
 * @returns [points, min(classes, inputs)], descending for each point
 * @throws Error where the images, the number of points, or the Jacobians do not fit.
 *
 * @example
 * const values = singularValuesAlongPath({ from: a, to: b, points: 50, classes: 10, jacobian: network.jacobian });
 */
export function singularValuesAlongPath(settings: PathSettings): Float64Array {
  const { from, to, points, classes, jacobian } = settings;
  const path = straightPath(from, to, points);
  const shape: JacobianShape = { count: points, classes, inputs: from.length };
  return jacobianSingularValues(jacobian(path, points), shape);
}
