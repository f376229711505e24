import { requireLabels, requireMatrix } from './matrix.js';

/** How well classes separate as clusters. */
export interface Silhouette {
  /** Mean over all images, in [-1, 1]. */
  readonly overall: number;
  /** Mean over the images of each class that occurs, by ascending label. */
  readonly byClass: readonly { readonly label: number; readonly images: number; readonly mean: number }[];
  /** [images]: (b - a) / max(a, b), a the mean distance within the class, b that to the nearest other class. */
  readonly values: Float64Array;
}

/**
 * Silhouette of labelled images from their distances (Rousseeuw 1987): near 1 where classes are compact and apart, 0 where
 * they overlap, negative where images are nearer to another class. The only image of a class has 0.
 *
 * @param distances - [images, images], finite, symmetric
 * @param labels - [images], at least 2 classes
 * @throws Error where distances or labels do not fit, a distance is not finite, or there is one class only.
 *
 * @example
 * silhouette(dissimilarities(matrix, 'correlation'), labels).overall;
 */
export function silhouette(distances: Float64Array, labels: ArrayLike<number>): Silhouette {
  const images = labels.length;
  requireLabels('silhouette', labels, images);
  requireMatrix('silhouette', distances, { rows: images, columns: images });
  const members = new Map<number, number[]>();
  for (let image = 0; image < images; image++) {
    const label = labels[image] as number;
    members.set(label, [...(members.get(label) ?? []), image]);
  }
  if (members.size < 2) {
    throw new Error(`silhouette: expected at least 2 classes, got ${members.size}`);
  }
  const values = Float64Array.from({ length: images }, (_, image) => {
    const own = labels[image] as number;
    let within = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (const [label, others] of members) {
      const total = others.reduce((sum, other) => sum + (distances[image * images + other] as number), 0);
      if (label !== own) nearest = Math.min(nearest, total / others.length);
      else if (others.length === 1) return 0;
      else within = (total - (distances[image * (images + 1)] as number)) / (others.length - 1);
    }
    const larger = Math.max(within, nearest);
    return larger === 0 ? 0 : (nearest - within) / larger;
  });
  const meanOf = (chosen: readonly number[]) =>
    chosen.reduce((sum, image) => sum + (values[image] as number), 0) / chosen.length;
  return {
    overall: meanOf([...values.keys()]),
    byClass: [...members]
      .sort(([a], [b]) => a - b)
      .map(([label, own]) => ({ label, images: own.length, mean: meanOf(own) })),
    values,
  };
}
