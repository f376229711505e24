import { fitLine, type Line, spearman } from './correlation.js';
import { type MatrixShape, requireLabels, requireMatrix } from './matrix.js';

/** Pairs of images of one class. */
export interface ImagePairs {
  /** [pairs] */
  readonly first: Uint32Array;
  /** [pairs], never the same image as the first */
  readonly second: Uint32Array;
}

/**
 * Random pairs of different images of the same class, with the numbers given: the first is drawn from all images whose class
 * has another one, the second from the rest of its class. A pair may come more than once.
 *
 * @param labels - [images]
 * @param uniforms - in [0, 1): two for each pair
 * @returns uniforms.length / 2 pairs
 * @throws Error where no class has two images, a label is no whole number from 0, or a number is not in [0, 1).
 *
 * @example
 * const pairs = pairsWithinClasses(labels, uniforms); // 20,000 numbers: 10,000 pairs
 */
export function pairsWithinClasses(labels: ArrayLike<number>, uniforms: ArrayLike<number>): ImagePairs {
  requireLabels('pairsWithinClasses', labels, labels.length);
  const members = new Map<number, number[]>();
  for (let image = 0; image < labels.length; image++) {
    const label = labels[image] as number;
    const own = members.get(label);
    if (own === undefined) members.set(label, [image]);
    else own.push(image);
  }
  const candidates = [...members.values()]
    .filter((own) => own.length > 1)
    .flatMap((own) => own.map((_, place) => ({ own, place })));
  if (candidates.length === 0) {
    throw new Error('pairsWithinClasses: expected a class with 2 images, got none');
  }
  const faulty = Array.from(uniforms).find((uniform) => !(uniform >= 0 && uniform < 1));
  if (faulty !== undefined) {
    throw new Error(`pairsWithinClasses: expected uniform numbers in [0, 1), got ${faulty}`);
  }
  const pairs = Math.floor(uniforms.length / 2);
  const first = new Uint32Array(pairs);
  const second = new Uint32Array(pairs);
  for (let pair = 0; pair < pairs; pair++) {
    const drawn = candidates[Math.floor((uniforms[2 * pair] as number) * candidates.length)];
    if (drawn === undefined) continue;
    const { own, place } = drawn;
    const step = 1 + Math.floor((uniforms[2 * pair + 1] as number) * (own.length - 1));
    first[pair] = own[place] as number;
    second[pair] = own[(place + step) % own.length] as number;
  }
  return { first, second };
}

/**
 * Euclidean distances of pairs of rows, by differences in float64.
 *
 * @param data - [rows, columns], finite
 * @returns [pairs]
 * @throws Error where the data do not fit or are not finite, or a pair names a row that is not there.
 *
 * @example
 * pairDistances(Float32Array.of(0, 0, 3, 4), { rows: 2, columns: 2 }, { first: Uint32Array.of(0), second: Uint32Array.of(1) }); // [5]
 */
export function pairDistances(
  data: Float32Array | Float64Array,
  shape: MatrixShape,
  pairs: ImagePairs,
): Float64Array {
  requireMatrix('pairDistances', data, shape);
  const { rows, columns } = shape;
  return Float64Array.from(pairs.first, (a, pair) => {
    const b = pairs.second[pair] as number;
    if (!(a < rows && b < rows)) {
      throw new Error(`pairDistances: expected rows below ${rows}, got the pair ${a}, ${b}`);
    }
    let squares = 0;
    for (let i = 0; i < columns; i++) {
      squares += ((data[a * columns + i] as number) - (data[b * columns + i] as number)) ** 2;
    }
    return Math.sqrt(squares);
  });
}

/** How isometric a layer is within classes: D_hid = intercept + slope D_in, correlation 1 for a perfect one. */
export interface LayerIsometry extends Line {
  readonly layer: string;
  readonly pairs: number;
}

/**
 * Distances of hidden activations against those of the inputs, within classes and for each layer (arXiv 2211.01236): the map
 * is isometric where the correlation is near 1, with the penalty's 1 / K as slope.
 *
 * @param inputDistances - [pairs], of {@link pairDistances}
 * @param layers - distances of the same pairs in each layer
 * @throws Error where numbers of pairs differ, or all input distances are equal.
 *
 * @example
 * const [last] = layerIsometry(inputDistances, [{ layer: 'hidden 5', distances }]);
 */
export function layerIsometry(
  inputDistances: Float64Array,
  layers: readonly { readonly layer: string; readonly distances: Float64Array }[],
): LayerIsometry[] {
  return layers.map(({ layer, distances }) => ({
    layer,
    pairs: distances.length,
    ...fitLine(inputDistances, distances),
  }));
}

/** How isometric the map is at one distance from the decision boundary. */
export interface BoundaryIsometry extends Line {
  readonly pairs: number;
  /** The range of boundary distances of these pairs. */
  readonly from: number;
  readonly to: number;
}

/** Isometry against the distance to the decision boundary. */
export interface IsometryByBoundary {
  /** Equally many pairs each, nearest to the boundary first. */
  readonly groups: readonly BoundaryIsometry[];
  /**
   * Spearman's correlation of the boundary distance with the residual |D_hid - line|: negative where the map is less
   * isometric near the boundary; undefined where one of the two does not vary.
   */
  readonly residualCorrelation: number | undefined;
}

/**
 * Isometry by distance to the decision boundary, which arXiv 2211.01236 expects to break near it. A pair's boundary distance
 * is the smaller one of its two images.
 *
 * @param boundaryDistances - [images], for example critical distances; an image without one may have Infinity
 * @param groups - how many groups of pairs; each needs 2 pairs
 * @throws Error where sizes differ, there are too few pairs, or the input distances of a group are all equal.
 *
 * @example
 * const { groups } = isometryByBoundary({ inputDistances, hiddenDistances, pairs, boundaryDistances, groups: 4 });
 */
export function isometryByBoundary(settings: {
  readonly inputDistances: Float64Array;
  readonly hiddenDistances: Float64Array;
  readonly pairs: ImagePairs;
  readonly boundaryDistances: ArrayLike<number>;
  readonly groups: number;
}): IsometryByBoundary {
  const { inputDistances, hiddenDistances, pairs, boundaryDistances, groups } = settings;
  const count = pairs.first.length;
  if (inputDistances.length !== count || hiddenDistances.length !== count) {
    throw new Error(
      `isometryByBoundary: expected distances of ${count} pairs, got ${inputDistances.length} and ${hiddenDistances.length}`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1 || 2 * groups > count) {
    throw new Error(
      `isometryByBoundary: expected 1 to ${Math.floor(count / 2)} groups of ${count} pairs, got ${groups}`,
    );
  }
  const boundary = Float64Array.from(pairs.first, (a, pair) => {
    const b = pairs.second[pair] as number;
    const nearer = Math.min(boundaryDistances[a] ?? Number.NaN, boundaryDistances[b] ?? Number.NaN);
    if (!(nearer >= 0)) {
      throw new Error(
        `isometryByBoundary: expected boundary distances of at least 0, got ${nearer} for the pair ${a}, ${b}`,
      );
    }
    return nearer;
  });
  const byDistance = [...boundary.keys()].sort(
    (a, b) => Math.sign((boundary[a] as number) - (boundary[b] as number)) || a - b,
  );
  const { slope, intercept } = fitLine(inputDistances, hiddenDistances);
  const measured = byDistance.filter((pair) => Number.isFinite(boundary[pair]));
  const residuals = measured.map((pair) =>
    Math.abs((hiddenDistances[pair] as number) - intercept - slope * (inputDistances[pair] as number)),
  );
  return {
    groups: Array.from({ length: groups }, (_, group) => {
      const members = byDistance.slice(
        Math.round((group * count) / groups),
        Math.round(((group + 1) * count) / groups),
      );
      const pick = (values: Float64Array) => members.map((pair) => values[pair] as number);
      return {
        ...fitLine(pick(inputDistances), pick(hiddenDistances)),
        pairs: members.length,
        from: pick(boundary)[0] as number,
        to: pick(boundary).at(-1) as number,
      };
    }),
    residualCorrelation:
      measured.length < 2
        ? undefined
        : spearman(
            measured.map((pair) => boundary[pair] as number),
            residuals,
          ),
  };
}
