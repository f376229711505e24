import type { ImageGeometry } from '@hebblab/wasm';
import type { backend_util } from '@tensorflow/tfjs-core';

/** The sizes that the kernels ask for, from what tfjs-core derives of strides and paddings. */
export function geometryOf(info: backend_util.Conv2DInfo): ImageGeometry {
  return {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  };
}
