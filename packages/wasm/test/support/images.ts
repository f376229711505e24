import type { ImageGeometry } from '@hebblab/wasm';
import fc from 'fast-check';

/** One direction of a geometry. */
export interface Axis {
  readonly inputs: number;
  readonly outputs: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
}

export function geometryOf(
  batch: number,
  inChannels: number,
  outChannels: number,
  rows: Axis,
  columns: Axis,
): ImageGeometry {
  return {
    ...{ batch, inChannels, outChannels },
    ...{ inHeight: rows.inputs, outHeight: rows.outputs, filterHeight: rows.taps },
    ...{ strideHeight: rows.stride, dilationHeight: rows.dilation, padTop: rows.pad },
    ...{ inWidth: columns.inputs, outWidth: columns.outputs, filterWidth: columns.taps },
    ...{ strideWidth: columns.stride, dilationWidth: columns.dilation, padLeft: columns.pad },
  };
}

/** Enough padding for as many outputs as there are inputs over the stride. */
export function same(inputs: number, taps: number, stride: number, dilation = 1): Axis {
  const outputs = Math.ceil(inputs / stride);
  const padding = Math.max(0, (outputs - 1) * stride + (taps - 1) * dilation + 1 - inputs);
  return { inputs, outputs, taps, stride, dilation, pad: Math.floor(padding / 2) };
}

export function valid(inputs: number, taps: number, stride: number): Axis {
  const outputs = Math.floor((inputs - taps) / stride) + 1;
  return { inputs, outputs, taps, stride, dilation: 1, pad: 0 };
}

export const axes = fc.record({
  inputs: fc.integer({ min: 1, max: 9 }),
  outputs: fc.integer({ min: 1, max: 6 }),
  taps: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  pad: fc.integer({ min: 0, max: 3 }),
});

export const channelCounts = fc.constantFrom(1, 2, 3, 4, 5, 16, 33);

/** Calls back with the pixels of input, filter and output that meet, wherever the input is inside of the image. */
export function forEachTap(
  geometry: ImageGeometry,
  tap: (inputPixel: number, filterPixel: number, outPixel: number) => void,
): void {
  const g = geometry;
  for (let image = 0; image < g.batch; image++) {
    for (let row = 0; row < g.outHeight; row++) {
      for (let column = 0; column < g.outWidth; column++) {
        for (let i = 0; i < g.filterHeight; i++) {
          for (let j = 0; j < g.filterWidth; j++) {
            const y = row * g.strideHeight + i * g.dilationHeight - g.padTop;
            const x = column * g.strideWidth + j * g.dilationWidth - g.padLeft;
            if (y < 0 || y >= g.inHeight || x < 0 || x >= g.inWidth) continue;
            tap(
              (image * g.inHeight + y) * g.inWidth + x,
              i * g.filterWidth + j,
              (image * g.outHeight + row) * g.outWidth + column,
            );
          }
        }
      }
    }
  }
}
