import { DataError } from './errors.js';

/** Labelled 8-bit images of one size. */
export interface ImageSet {
  /** The data set, e.g. 'mnist'. */
  readonly name: string;
  /** The part of it, e.g. 'train' or 'test'. */
  readonly split: string;
  /** How many images there are. */
  readonly count: number;
  /** The size of one image; channels is 1 (grey) or 3 (red, green, blue). */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** [count, height, width, channels], row-major, 0..255. */
  readonly pixels: Uint8Array;
  /** [count], each an index into classNames. */
  readonly labels: Uint8Array;
  readonly classNames: readonly string[];
}

/** A data set as experiments take it: images to learn from and images to measure on. */
export interface Dataset {
  readonly name: string;
  /** Where it came from: the published files, a built-in subset, a generator, or files of the user. */
  readonly origin: 'full' | 'built-in' | 'generated' | 'file';
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** How many bytes one image takes: height * width * channels. */
export function pixelsPerImage(shape: ImageSet['shape']): number {
  return shape[0] * shape[1] * shape[2];
}

/**
 * Checks that the parts of a set fit together and returns the set. Every reader of this package ends here; so
 * should a reader of your own.
 *
 * @throws DataError when sizes do not fit or a label has no class name.
 * @example
 * ```ts
 * const set = createImageSet({
 *   name: 'dots', split: 'train', shape: [1, 2, 1], pixels: Uint8Array.of(0, 255), labels: Uint8Array.of(0),
 *   classNames: ['dot'],
 * });
 * ```
 */
export function createImageSet(parts: Omit<ImageSet, 'count'>): ImageSet {
  const { name, split, shape, pixels, labels, classNames } = parts;
  const fault = (problem: string) => new DataError(`createImageSet: ${problem} in ${name} ${split}`);
  if (shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw fault(`expected height, width and channels of at least 1, got ${shape.join(' x ')}`);
  }
  const expected = labels.length * pixelsPerImage(shape);
  if (pixels.length !== expected) {
    throw fault(`expected ${expected} pixel values for ${labels.length} labels, got ${pixels.length}`);
  }
  checkLabels('createImageSet', labels, classNames.length, `${name} ${split}`);
  return { name, split, count: labels.length, shape, pixels, labels, classNames };
}

/** Throws where a label is not below the number of classes. */
export function checkLabels(operation: string, labels: Uint8Array, classes: number, source: string): void {
  const at = labels.findIndex((label) => label >= classes);
  if (at < 0) return;
  const allowed = classes === 0 ? 'no labels (there are no classes)' : `labels 0..${classes - 1}`;
  throw new DataError(`${operation}: expected ${allowed}, got ${labels[at]} at index ${at} in ${source}`);
}

/**
 * Joins sets of the same shape and classes, one after the other (the five CIFAR-10 training files).
 *
 * @throws DataError when there is no set or when shapes or class names differ.
 * @example
 * ```ts
 * const train = concatenateImages('cifar-10', 'train', batches);
 * ```
 */
export function concatenateImages(name: string, split: string, sets: readonly ImageSet[]): ImageSet {
  const [first] = sets;
  if (first === undefined) throw new DataError('concatenateImages: expected at least one set, got none');
  for (const { shape, classNames } of sets) {
    if (`${shape}` !== `${first.shape}` || `${classNames}` !== `${first.classNames}`) {
      throw new DataError(
        `concatenateImages: expected images of ${first.shape.join(' x ')} and the same classes, got ${shape.join(' x ')}`,
      );
    }
  }
  return createImageSet({
    name,
    split,
    shape: first.shape,
    pixels: joinBytes(sets.map((set) => set.pixels)),
    labels: joinBytes(sets.map((set) => set.labels)),
    classNames: first.classNames,
  });
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
