import { DataError } from './errors.js';
import { createImageSet, type ImageSet, pixelsPerImage } from './images.js';

/**
 * The images at the given indices, in that order, copied; an index may come more than once.
 *
 * @throws DataError when an index is not one of the set.
 * @example
 * ```ts
 * const firstHundred = selectImages(images, Uint32Array.from({ length: 100 }, (_, i) => i));
 * ```
 */
export function selectImages(images: ImageSet, indices: ArrayLike<number>): ImageSet {
  const length = pixelsPerImage(images.shape);
  const pixels = new Uint8Array(indices.length * length);
  const labels = new Uint8Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    if (!(Number.isInteger(index) && index >= 0 && index < images.count)) {
      throw new DataError(`selectImages: expected indices below ${images.count}, got ${index}`);
    }
    pixels.set(images.pixels.subarray(index * length, (index + 1) * length), i * length);
    labels[i] = images.labels[index] as number;
  }
  const { name, split, shape, classNames } = images;
  return createImageSet({ name, split, shape, pixels, labels, classNames });
}

/**
 * The same number of images of each class, the first ones of the order, in that order.
 *
 * @param perClass how many images of each class.
 * @param order the order in which images are looked at: the set's own without it, a permutation for a random choice.
 * @throws DataError when a class has fewer images.
 * @example
 * ```ts
 * const small = balancedSubset(train, 25); // 250 images of ten classes
 * ```
 */
export function balancedSubset(images: ImageSet, perClass: number, order?: ArrayLike<number>): ImageSet {
  const taken = images.classNames.map(() => 0);
  const indices: number[] = [];
  const candidates = order ?? Array.from({ length: images.count }, (_, i) => i);
  for (let i = 0; i < candidates.length; i++) {
    const index = candidates[i] as number;
    const label = images.labels[index] as number;
    const soFar = taken[label] ?? perClass;
    if (soFar >= perClass) continue;
    taken[label] = soFar + 1;
    indices.push(index);
  }
  const lacking = taken.findIndex((count) => count < perClass);
  if (lacking >= 0) {
    throw new DataError(
      `balancedSubset: expected ${perClass} images of each class, got ${taken[lacking]} of class ` +
        `${images.classNames[lacking]} in ${images.name} ${images.split}`,
    );
  }
  return selectImages(images, indices);
}
