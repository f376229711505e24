import {
  AvgPool,
  type AvgPoolAttrs,
  AvgPoolGrad,
  avgPool,
  backend_util,
  div,
  engine,
  type GradConfig,
  gather,
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  MaxPoolWithArgmax,
  mul,
  type NamedAttrMap,
  reshape,
  type Tensor,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { attributes, constant, only, runKernel, saving, zerosOf } from './config.js';

/**
 * Pooling and its backward kernels, which are linear in dy: going backward through them is going forward again,
 * by the same positions of maxima or the same averages. Of equal maxima the first of a window has the gradient.
 */
export const pooling: GradConfig[] = [
  {
    kernelName: MaxPool,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [input, output], attrs) => ({
      x: () => runKernel(MaxPoolGrad, { dy: only(dy), input, output }, attrs),
    }),
  },
  saving(MaxPoolGrad, ['input', 'output'], (ddx, [input, output], attrs) => ({
    dy: () => gatherMaxima(ddx, input, attributes<MaxPoolAttrs>(attrs)),
    input: () => zerosOf(input),
    output: () => zerosOf(output),
  })),
  saving(AvgPool, ['x'], (dy, [input], attrs) => ({
    x: () => runKernel(AvgPoolGrad, { dy: mul(dy, windowShares(input, attrs)), input }, attrs),
  })),
  saving(AvgPoolGrad, ['input'], (ddx, [input], attrs) => ({
    dy: () => {
      const { filterSize, strides, pad, dimRoundingMode } = attributes<AvgPoolAttrs>(attrs);
      const averages = avgPool(ddx as Tensor4D, filterSize, strides, pad, dimRoundingMode);
      return div(averages, windowShares(input, attrs));
    },
    input: () => zerosOf(input),
  })),
];

/** Takes from `values`, shaped like `input`, the elements where the windows of `input` have their maxima. */
function gatherMaxima(values: Tensor, input: Tensor, { filterSize, strides, pad }: MaxPoolAttrs): Tensor {
  const positions = constant(() => {
    const attrs = { filterSize, strides, pad, includeBatchInIndex: true } as NamedAttrMap;
    const [, indices] = engine().runKernel(MaxPoolWithArgmax, { x: input }, attrs) as Tensor[];
    return indices;
  });
  return gather(reshape(values, [values.size]), positions);
}

/**
 * Cells of a window over those of them that are inside of `input`, for every window: AvgPool divides by the latter,
 * AvgPoolGrad by the former, so that tfjs's gradient is too small at padded borders. With a list of paddings it
 * stays so here, since tfjs's tests ask for it.
 */
function windowShares(input: Tensor, attrs: NamedAttrMap): Tensor | number {
  const { filterSize, strides, pad, dimRoundingMode } = attributes<AvgPoolAttrs>(attrs);
  const shape = input.shape as [number, number, number, number];
  const pool = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  if (typeof pad !== 'string' && typeof pad !== 'number') return 1;
  const rows = cellsInside(
    pool.outHeight,
    pool.strideHeight,
    pool.padInfo.top,
    pool.filterHeight,
    pool.inHeight,
  );
  const columns = cellsInside(
    pool.outWidth,
    pool.strideWidth,
    pool.padInfo.left,
    pool.filterWidth,
    pool.inWidth,
  );
  const cells = pool.filterHeight * pool.filterWidth;
  const shares = rows.flatMap((height) => columns.map((width) => cells / (height * width)));
  return shares.every((share) => share === 1) ? 1 : tensor(shares, [1, rows.length, columns.length, 1]);
}

function cellsInside(
  windows: number,
  stride: number,
  padding: number,
  size: number,
  length: number,
): number[] {
  return Array.from({ length: windows }, (_, index) => {
    const first = index * stride - padding;
    return Math.min(length, first + size) - Math.max(0, first);
  });
}
