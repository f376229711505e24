import type { Float32Buffer } from './arrays.js';
import { expectLength } from './check.js';
import type { ConvolutionActivation } from './convolution.js';
import { type ImageGeometry, lengthsOf, sizesOf } from './image-geometry.js';
import type { Kernels } from './open.js';

/**
 * A convolution in which out channel c m + q reads in channel c alone, with m = outChannels / inChannels, as TensorFlow.js
 * defines depthwiseConv2d. An image of `out` does not depend on the other images, bit for bit. Denormal operands count as
 * zero. The padding is multiplied too: an infinite filter value beside it gives NaN. Arrays need the right length, in any
 * shape.
 *
 * @param input [batch, inHeight, inWidth, inChannels]
 * @param filter [filterHeight, filterWidth, inChannels, m]
 * @param out [batch, outHeight, outWidth, outChannels]
 * @throws where lengths do not fit the geometry, outChannels is no multiple of inChannels, arrays overlap `out`, or memory
 *   is exhausted
 * @example
 * depthwiseConv2d(kernels, geometry, images, filter, out);
 */
export function depthwiseConv2d(
  kernels: Kernels,
  geometry: ImageGeometry,
  input: Float32Buffer,
  filter: Float32Buffer,
  out: Float32Buffer,
  { bias, relu = false }: ConvolutionActivation = {},
): void {
  const operation = 'depthwiseConv2d';
  const sizes = sizesOf(operation, geometry);
  const lengths = lengthsOf(geometry);
  expectLength(operation, 'input', kernels, input, lengths.input);
  expectLength(operation, 'filter', kernels, filter, lengths.depthwiseFilter);
  expectLength(operation, 'out', kernels, out, lengths.out);
  if (bias !== undefined) expectLength(operation, 'bias', kernels, bias, geometry.outChannels);
  kernels.raw.convolution(3, sizes, input.offset, filter.offset, bias?.offset ?? 0, relu, out.offset);
}

/**
 * The gradient by the input, from the gradient by the output of {@link depthwiseConv2d}. An image of it does not depend on
 * the other images, bit for bit.
 *
 * @param outGradient [batch, outHeight, outWidth, outChannels]
 * @param filter [filterHeight, filterWidth, inChannels, m]
 * @param inputGradient [batch, inHeight, inWidth, inChannels], is written
 * @throws as {@link depthwiseConv2d}
 * @example
 * depthwiseConv2dBackpropInput(kernels, geometry, outGradient, filter, inputGradient);
 */
export function depthwiseConv2dBackpropInput(
  kernels: Kernels,
  geometry: ImageGeometry,
  outGradient: Float32Buffer,
  filter: Float32Buffer,
  inputGradient: Float32Buffer,
): void {
  const operation = 'depthwiseConv2dBackpropInput';
  const sizes = sizesOf(operation, geometry);
  const lengths = lengthsOf(geometry);
  expectLength(operation, 'outGradient', kernels, outGradient, lengths.out);
  expectLength(operation, 'filter', kernels, filter, lengths.depthwiseFilter);
  expectLength(operation, 'inputGradient', kernels, inputGradient, lengths.input);
  kernels.raw.convolution(4, sizes, outGradient.offset, filter.offset, 0, false, inputGradient.offset);
}

/**
 * The gradient by the filter, from the gradient by the output of {@link depthwiseConv2d}.
 *
 * @param input [batch, inHeight, inWidth, inChannels]
 * @param outGradient [batch, outHeight, outWidth, outChannels]
 * @param filterGradient [filterHeight, filterWidth, inChannels, m], is written
 * @throws as {@link depthwiseConv2d}
 * @example
 * depthwiseConv2dBackpropFilter(kernels, geometry, images, outGradient, filterGradient);
 */
export function depthwiseConv2dBackpropFilter(
  kernels: Kernels,
  geometry: ImageGeometry,
  input: Float32Buffer,
  outGradient: Float32Buffer,
  filterGradient: Float32Buffer,
): void {
  const operation = 'depthwiseConv2dBackpropFilter';
  const sizes = sizesOf(operation, geometry);
  const lengths = lengthsOf(geometry);
  expectLength(operation, 'input', kernels, input, lengths.input);
  expectLength(operation, 'outGradient', kernels, outGradient, lengths.out);
  expectLength(operation, 'filterGradient', kernels, filterGradient, lengths.depthwiseFilter);
  kernels.raw.convolution(5, sizes, input.offset, outGradient.offset, 0, false, filterGradient.offset);
}
