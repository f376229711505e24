import {
  type GradConfig,
  image,
  ResizeBilinear,
  type ResizeBilinearAttrs,
  ResizeBilinearGrad,
  ResizeNearestNeighbor,
  ResizeNearestNeighborGrad,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { attributes, runKernel, saving, zerosOf } from './config.js';

/** Resizing is linear: its backward kernels have resizing itself for their gradient. */
export const images: GradConfig[] = [
  ...resizing(ResizeBilinear, ResizeBilinearGrad, image.resizeBilinear),
  ...resizing(ResizeNearestNeighbor, ResizeNearestNeighborGrad, image.resizeNearestNeighbor),
];

function resizing(
  kernel: string,
  backwardKernel: string,
  resize: (images: Tensor4D, size: [number, number], alignCorners: boolean) => Tensor,
): GradConfig[] {
  return [
    saving(kernel, ['images'], (dy, [original], attrs) => {
      // tfjs's backward kernels know no others, and would silently give the gradient of another function.
      if (attributes<ResizeBilinearAttrs>(attrs).halfPixelCenters) {
        throw new Error(`gradient of ${kernel}: half-pixel centers are not supported`);
      }
      return { images: () => runKernel(backwardKernel, { dy, images: original }, attrs) };
    }),
    saving(backwardKernel, ['images', 'dy'], (ddx, [original, dy], attrs) => {
      const { alignCorners } = attributes<ResizeBilinearAttrs>(attrs);
      const [, height, width] = dy.shape;
      return {
        images: () => zerosOf(original),
        dy: () => resize(ddx as Tensor4D, [height, width], alignCorners),
      };
    }),
  ];
}
