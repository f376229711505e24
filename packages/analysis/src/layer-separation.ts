import { type MatrixShape, requireLabels } from './matrix.js';
import { type Silhouette, silhouette } from './silhouette.js';
import {
  classOrder,
  directionless,
  dissimilarities,
  type SimilarityMeasure,
  similarityMatrix,
} from './similarity.js';

/** How the classes lie to each other in one layer. */
export interface LayerSeparation {
  readonly layer: string;
  /** [images, images], images side by side by class: the order of `order`. */
  readonly matrix: Float64Array;
  /** [images], the image at each place of the matrix */
  readonly order: Uint32Array;
  /** Mean similarity (for 'euclidean': distance) of different images of one class; undefined where no class has two. */
  readonly withinClasses: number | undefined;
  /** Mean similarity (for 'euclidean': distance) of images of different classes. */
  readonly acrossClasses: number;
  /** Of the dissimilarities; its values are in the order of the matrix. */
  readonly silhouette: Silhouette;
  /** Images whose representation has no direction, which all measures but 'euclidean' need. */
  readonly directionless: number;
}

/**
 * Similarity matrix and silhouette of each layer: in a saturated network the classes are said to separate layer by layer
 * (arXiv 1703.09202).
 *
 * @param layers - representations [images, units] of the same images
 * @param labels - [images], at least 2 classes
 * @throws Error where representations or labels do not fit, a value is not finite, or there is one class only.
 *
 * @example
 * const [first, second] = layerSeparation([{ layer: 'hidden 1', representations, units: 200 }], labels, 'correlation');
 */
export function layerSeparation(
  layers: readonly {
    readonly layer: string;
    readonly representations: Float32Array | Float64Array;
    readonly units: number;
  }[],
  labels: ArrayLike<number>,
  measure: SimilarityMeasure,
): LayerSeparation[] {
  requireLabels('layerSeparation', labels, labels.length);
  const order = classOrder(labels);
  const ordered = Array.from(order, (image) => labels[image] as number);
  return layers.map(({ layer, representations, units }) => {
    const shape: MatrixShape = { rows: labels.length, columns: units };
    const matrix = similarityMatrix(representations, shape, measure, order);
    return {
      layer,
      matrix,
      order,
      ...classMeans(matrix, ordered),
      silhouette: silhouette(dissimilarities(matrix, measure), ordered),
      directionless: directionless(representations, shape, measure),
    };
  });
}

function classMeans(matrix: Float64Array, labels: readonly number[]) {
  const sums = { within: 0, across: 0 };
  const pairs = { within: 0, across: 0 };
  labels.forEach((label, i) => {
    for (let j = i + 1; j < labels.length; j++) {
      const kind = labels[j] === label ? 'within' : 'across';
      sums[kind] += matrix[i * labels.length + j] as number;
      pairs[kind]++;
    }
  });
  return {
    withinClasses: pairs.within === 0 ? undefined : sums.within / pairs.within,
    acrossClasses: sums.across / pairs.across,
  };
}
