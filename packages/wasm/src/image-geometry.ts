import { expectInteger } from './check.js';

/**
 * The sizes of a convolution or of pooling. Images are [batch, height, width, channels], filters [height, width, in
 * channels, out channels]; padding is zeros above and to the left, and below and to the right as far as outputs reach:
 * output row r reads, by row t of the filter, input row r strideHeight + t dilationHeight - padTop.
 */
export interface ImageGeometry {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** The sizes in the order in which the kernels take them. */
export function sizesOf(operation: string, geometry: ImageGeometry): Uint32Array {
  return Uint32Array.from(order, (name) => {
    expectInteger(
      operation,
      name,
      geometry[name],
      name.startsWith('stride') || name.startsWith('dilation') ? 1 : 0,
      2 ** 31 - 1,
    );
    return geometry[name];
  });
}

const order = [
  'batch',
  'inHeight',
  'inWidth',
  'inChannels',
  'outHeight',
  'outWidth',
  'outChannels',
  'filterHeight',
  'filterWidth',
  'strideHeight',
  'strideWidth',
  'dilationHeight',
  'dilationWidth',
  'padTop',
  'padLeft',
] as const satisfies readonly (keyof ImageGeometry)[];

/** Numbers of values of the arrays of a geometry. */
export function lengthsOf(geometry: ImageGeometry) {
  const { batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const depthwiseFilter = geometry.filterHeight * geometry.filterWidth * outChannels;
  return {
    input: batch * inHeight * inWidth * inChannels,
    filter: depthwiseFilter * inChannels,
    depthwiseFilter,
    out: batch * outHeight * outWidth * outChannels,
  };
}
