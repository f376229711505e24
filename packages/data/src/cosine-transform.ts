// The orthonormal discrete cosine transform (DCT-II) along one axis of an array, as a product with its matrix: exact to
// rounding, and fast enough for the short axes that it is used on.

/** The orthonormal DCT-II of one length, in both directions; one is the transpose of the other. */
export interface CosineTransform {
  readonly size: number;
  /** [frequency, position] */
  readonly forward: Float64Array;
  /** [position, frequency] */
  readonly inverse: Float64Array;
}

export function cosineTransform(size: number): CosineTransform {
  const cosine = (frequency: number, position: number) =>
    Math.sqrt((frequency === 0 ? 1 : 2) / size) *
    Math.cos((Math.PI * (2 * position + 1) * frequency) / (2 * size));
  const forward = new Float64Array(size * size);
  const inverse = new Float64Array(size * size);
  for (let frequency = 0; frequency < size; frequency++) {
    for (let position = 0; position < size; position++) {
      forward[frequency * size + position] = cosine(frequency, position);
      inverse[position * size + frequency] = cosine(frequency, position);
    }
  }
  return { size, forward, inverse };
}

/**
 * Transforms every axis of one array in place: to frequencies ('forward') or back from them ('inverse').
 *
 * @param values the array, starting at offset; its shape is the sizes of the transforms.
 * @param scratch room for the longest axis.
 */
export function transformAxes(
  direction: 'forward' | 'inverse',
  transforms: readonly CosineTransform[],
  values: Float64Array,
  offset: number,
  scratch: Float64Array,
): void {
  const length = transforms.reduce((product, { size }) => product * size, 1);
  let stride = length;
  for (const transform of transforms) {
    const { size } = transform;
    stride /= size;
    for (let block = 0; block < length; block += size * stride) {
      for (let start = offset + block; start < offset + block + stride; start++) {
        multiply(transform[direction], size, values, start, stride, scratch);
      }
    }
  }
}

function multiply(
  matrix: Float64Array,
  size: number,
  values: Float64Array,
  start: number,
  stride: number,
  scratch: Float64Array,
): void {
  for (let i = 0; i < size; i++) scratch[i] = values[start + i * stride] as number;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += (matrix[row * size + i] as number) * (scratch[i] as number);
    values[start + row * stride] = sum;
  }
}
