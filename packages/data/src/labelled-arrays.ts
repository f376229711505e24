import type { ArrayData } from './array-data.js';
import { refuseNonFinite } from './array-data.js';
import { DataError } from './errors.js';
import { createImageSet, type ImageSet } from './images.js';

/** What imageSetFromArrays takes beside the two arrays. */
export interface LabelledArraysOptions {
  readonly name: string;
  readonly split: string;
  /** A name per class; '0', '1', ... up to the largest label without it. */
  readonly classNames?: readonly string[];
  /** The size of an image, where the array is flat: [count, height * width * channels]. */
  readonly shape?: ImageSet['shape'];
  /**
   * The values that become 0 and 255, for images of floats: each is rounded to the nearest of 256 levels between.
   * Without it floats are refused, because rounding changes the images.
   */
  readonly quantise?: { readonly from: number; readonly to: number };
}

/**
 * A labelled set from two arrays, e.g. of two .npy files. The pixels of uint8 images are not copied.
 *
 * @param images uint8 [count, height, width], [count, height, width, channels], or [count, values] with the option
 * shape; float32 or float64 only with the option quantise.
 * @param labels [count] of any whole-number type, 0..255.
 * @throws DataError when types, shapes or counts do not fit, a label has no class, or a float value is not finite or
 * outside of the range to quantise.
 * @example
 * ```ts
 * const images = readNpy(imageBytes, { source: 'x_train.npy' });
 * const labels = readNpy(labelBytes, { source: 'y_train.npy' });
 * const set = imageSetFromArrays(images, labels, { name: 'my images', split: 'train' });
 * ```
 */
export function imageSetFromArrays(
  images: ArrayData,
  labels: ArrayData,
  options: LabelledArraysOptions,
): ImageSet {
  const fault = (problem: string) =>
    new DataError(`imageSetFromArrays: ${problem} in ${options.name} ${options.split}`);
  const shape = imageShape(images.shape, options.shape, fault);
  const pixels = toBytes(images, options, fault);
  const labelBytes = toLabels(labels, fault);
  if (labelBytes.length !== images.shape[0]) {
    throw fault(`expected as many labels as images (${images.shape[0]}), got ${labelBytes.length}`);
  }
  const largest = labelBytes.reduce((most, label) => Math.max(most, label), -1);
  const classNames = options.classNames ?? Array.from({ length: largest + 1 }, (_, label) => `${label}`);
  return createImageSet({
    name: options.name,
    split: options.split,
    shape,
    pixels,
    labels: labelBytes,
    classNames,
  });
}

type Fault = (problem: string) => DataError;

function imageShape(
  shape: readonly number[],
  given: ImageSet['shape'] | undefined,
  fault: Fault,
): ImageSet['shape'] {
  const [, first = 0, second = 0, third = 1] = shape;
  if (shape.length === 2 && given !== undefined) {
    if (given[0] * given[1] * given[2] !== first) {
      throw fault(`expected rows of ${given.join(' x ')} values, got ${first} values`);
    }
    return given;
  }
  const fits = shape.length === 3 || shape.length === 4;
  const likeImages = third === 1 || third === 3;
  if (!fits || !likeImages || (given !== undefined && `${given}` !== `${[first, second, third]}`)) {
    const expected =
      given === undefined
        ? '[count, height, width] or [count, height, width, 1 or 3]'
        : `[count, ${given.join(', ')}] or [count, ${given[0] * given[1] * given[2]}]`;
    throw fault(`expected images of shape ${expected}, got [${shape.join(', ')}]`);
  }
  return [first, second, third];
}

function toBytes(images: ArrayData, { quantise }: LabelledArraysOptions, fault: Fault): Uint8Array {
  if (images.dtype === 'uint8') return images.data;
  if (images.dtype !== 'float32' && images.dtype !== 'float64') {
    throw fault(`expected images of uint8 or floats, got ${images.dtype}`);
  }
  if (quantise === undefined) {
    throw fault(`expected images of uint8 (or, for floats, the range to quantise), got ${images.dtype}`);
  }
  const { from, to } = quantise;
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) {
    throw fault(`expected a range to quantise from low to high, got ${from} to ${to}`);
  }
  refuseNonFinite('imageSetFromArrays', 'the images', images.data);
  const outside = images.data.find((value) => value < from || value > to);
  if (outside !== undefined) throw fault(`expected values from ${from} to ${to}, got ${outside}`);
  return Uint8Array.from(images.data, (value) => Math.round((255 * (value - from)) / (to - from)));
}

function toLabels({ dtype, shape, data }: ArrayData, fault: Fault): Uint8Array {
  if (dtype === 'float32' || dtype === 'float64' || dtype === 'bool') {
    throw fault(`expected labels of a whole-number type, got ${dtype}`);
  }
  if (shape.length !== 1) throw fault(`expected labels of shape [count], got [${shape.join(', ')}]`);
  const values = Array.from(data, Number);
  const outside = values.find((label) => label < 0 || label > 255);
  if (outside !== undefined) throw fault(`expected labels 0..255, got ${outside}`);
  return Uint8Array.from(values);
}
