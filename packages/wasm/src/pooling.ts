import type { Float32Buffer } from './arrays.js';
import { expectLength } from './check.js';
import { type ImageGeometry, lengthsOf, sizesOf } from './image-geometry.js';
import type { Kernels } from './open.js';

/**
 * The largest value in each window of each channel, as TensorFlow.js defines maxPool: padding is in no window, and NaN
 * is passed over. Minus infinity where nothing is left. Arrays need the right length, in any shape.
 *
 * @param geometry with as many out channels as in channels
 * @param input [batch, inHeight, inWidth, inChannels]
 * @param out [batch, outHeight, outWidth, outChannels]
 * @throws where lengths or channels do not fit the geometry, or `input` overlaps `out`
 * @example
 * maxPool(kernels, geometry, images, out);
 */
export function maxPool(
  kernels: Kernels,
  geometry: ImageGeometry,
  input: Float32Buffer,
  out: Float32Buffer,
): void {
  pool('maxPool', 0, kernels, geometry, input, out);
}

/**
 * The mean value in each window of each channel, as TensorFlow.js defines avgPool: padding is in no window, and not
 * counted. NaN for a window without values.
 *
 * @param geometry with as many out channels as in channels
 * @param input [batch, inHeight, inWidth, inChannels]
 * @param out [batch, outHeight, outWidth, outChannels]
 * @throws as {@link maxPool}
 * @example
 * avgPool(kernels, geometry, images, out);
 */
export function avgPool(
  kernels: Kernels,
  geometry: ImageGeometry,
  input: Float32Buffer,
  out: Float32Buffer,
): void {
  pool('avgPool', 1, kernels, geometry, input, out);
}

/**
 * The gradient by the input, from the gradient by the output of {@link maxPool}: each value goes to the first of the
 * largest in its window, row by row.
 *
 * @param outGradient [batch, outHeight, outWidth, outChannels]
 * @param input [batch, inHeight, inWidth, inChannels]
 * @param inputGradient [batch, inHeight, inWidth, inChannels], is written
 * @throws as {@link maxPool}
 * @example
 * maxPoolBackprop(kernels, geometry, outGradient, images, inputGradient);
 */
export function maxPoolBackprop(
  kernels: Kernels,
  geometry: ImageGeometry,
  outGradient: Float32Buffer,
  input: Float32Buffer,
  inputGradient: Float32Buffer,
): void {
  const operation = 'maxPoolBackprop';
  const sizes = sizesOf(operation, geometry);
  const lengths = lengthsOf(geometry);
  expectLength(operation, 'outGradient', kernels, outGradient, lengths.out);
  expectLength(operation, 'input', kernels, input, lengths.input);
  expectLength(operation, 'inputGradient', kernels, inputGradient, lengths.input);
  kernels.raw.pooling(2, sizes, outGradient.offset, input.offset, inputGradient.offset);
}

/**
 * What an output's gradient is divided by: `window`, the values that its mean was taken of, or `filter`, all places of
 * the filter. The former is the gradient of {@link avgPool}; the latter is what TensorFlow.js computes, and differs where
 * a window reaches into the padding.
 */
export type AvgPoolDivisor = 'window' | 'filter';

/**
 * The gradient by the input, from the gradient by the output of {@link avgPool}.
 *
 * @param outGradient [batch, outHeight, outWidth, outChannels]
 * @param inputGradient [batch, inHeight, inWidth, inChannels], is written
 * @throws as {@link maxPool}
 * @example
 * avgPoolBackprop(kernels, geometry, outGradient, 'window', inputGradient);
 */
export function avgPoolBackprop(
  kernels: Kernels,
  geometry: ImageGeometry,
  outGradient: Float32Buffer,
  divisor: AvgPoolDivisor,
  inputGradient: Float32Buffer,
): void {
  const operation = 'avgPoolBackprop';
  const sizes = sizesOf(operation, geometry);
  const lengths = lengthsOf(geometry);
  expectLength(operation, 'outGradient', kernels, outGradient, lengths.out);
  expectLength(operation, 'inputGradient', kernels, inputGradient, lengths.input);
  kernels.raw.pooling(divisor === 'window' ? 3 : 4, sizes, outGradient.offset, 0, inputGradient.offset);
}

function pool(
  operation: 'maxPool' | 'avgPool',
  code: number,
  kernels: Kernels,
  geometry: ImageGeometry,
  input: Float32Buffer,
  out: Float32Buffer,
): void {
  const sizes = sizesOf(operation, geometry);
  const lengths = lengthsOf(geometry);
  expectLength(operation, 'input', kernels, input, lengths.input);
  expectLength(operation, 'out', kernels, out, lengths.out);
  kernels.raw.pooling(code, sizes, input.offset, 0, out.offset);
}
