import type { ElementKind, KernelArray } from './arrays.js';
import { expectInteger } from './check.js';
import type { Kernels } from './open.js';

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

/** Refuses an array of another instance or another number of values; its shape may be any. */
export function expectLength(
  operation: string,
  name: string,
  kernels: Kernels,
  array: KernelArray<ElementKind>,
  length: number,
): void {
  if (array.kernels !== kernels) {
    throw new Error(
      `${operation}: expected ${name} in the ${kernels.variant} instance, got one of another instance`,
    );
  }
  if (array.length !== length)
    throw new Error(`${operation}: expected ${length} values in ${name}, got ${array.length}`);
}
