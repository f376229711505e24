import {
  add,
  cast,
  expandDims,
  GatherNd,
  GatherV2,
  type GatherV2Attrs,
  type GradConfig,
  gather,
  gatherND,
  greaterEqual,
  maximum,
  mul,
  range,
  reshape,
  ScatterNd,
  StridedSlice,
  scatterND,
  type Tensor,
  TopK,
  UnsortedSegmentSum,
  util,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { attributes, constant, mask, runKernel, saving, zerosOf } from './config.js';

/**
 * Taking elements by their indices, and adding them where indices say, which are each other's gradient.
 * Not by UnsortedSegmentSum as in tfjs: that takes a pass over the data for every segment.
 */
export const indexing: GradConfig[] = [
  saving(GatherV2, ['x', 'indices'], (dy, [x, indices], attrs) => {
    const { axis, batchDims } = attributes<GatherV2Attrs>(attrs);
    const [along] = util.parseAxisParam(axis, x.shape);
    return {
      x: () => scatterAlong(dy, x.shape, indices, along, batchDims ?? 0),
      indices: () => zerosOf(indices),
    };
  }),
  saving(GatherNd, ['params', 'indices'], (dy, [params, indices]) => ({
    params: () => scatterND(indices, dy, params.shape),
    indices: () => zerosOf(indices),
  })),
  saving(ScatterNd, ['indices', 'updates'], (dy, [indices]) => ({
    indices: () => zerosOf(indices),
    updates: () => gatherND(dy, indices),
  })),
  saving(UnsortedSegmentSum, ['x', 'segmentIds'], (dy, [x, segmentIds]) => ({
    x: () => gatherSegments(dy, segmentIds, x.rank),
    segmentIds: () => zerosOf(segmentIds),
  })),
  {
    kernelName: TopK,
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (dys, [x, indices]) => {
      const last = x.rank - 1;
      return { x: () => scatterAlong(Array.isArray(dys) ? dys[0] : dys, x.shape, indices, last, last) };
    },
  },
  saving(StridedSlice, ['x'], (dy, [x], attrs) => ({ x: () => scatterBack(dy, x, attrs) })),
];

/**
 * Adds dy, shaped [batch..., outer..., indices..., inner...], into zeros of `shape`, [batch..., outer..., axis,
 * inner...].
 */
function scatterAlong(
  dy: Tensor,
  shape: number[],
  indices: Tensor,
  axis: number,
  batchDimensions: number,
): Tensor {
  const batch = util.sizeFromShape(shape.slice(0, batchDimensions));
  const outer = util.sizeFromShape(shape.slice(batchDimensions, axis));
  const inner = util.sizeFromShape(shape.slice(axis + 1));
  const rows = batch * outer * shape[axis];
  const target = constant(() => {
    const first = mul(range(0, batch * outer, 1, 'int32'), shape[axis]);
    const own = reshape(cast(indices, 'int32'), [batch, 1, -1]);
    return reshape(add(reshape(cast(first, 'int32'), [batch, outer, 1]), own), [-1, 1]);
  });
  const updates = reshape(dy, [target.shape[0], inner]);
  return reshape(scatterND(target, updates, [rows, inner]), shape);
}

/** Takes each element's segment; what has a negative segment is in no sum and gets 0. */
function gatherSegments(sums: Tensor, segmentIds: Tensor, rank: number): Tensor {
  const gathered = gather(
    sums,
    constant(() => maximum(segmentIds, zerosLike(segmentIds))),
  );
  const inSegment = mask(() => {
    let inside: Tensor = greaterEqual(segmentIds, 0);
    while (inside.rank < rank) inside = expandDims(inside, -1);
    return inside;
  });
  return mul(gathered, inSegment);
}

/** Sends the elements' numbers through the same slicing, and adds dy where these say. */
function scatterBack(dy: Tensor, x: Tensor, attrs: object): Tensor {
  const sources = constant(() => {
    const numbers = reshape(range(0, x.size, 1, 'int32'), x.shape);
    return reshape(cast(runKernel(StridedSlice, { x: numbers }, attrs), 'int32'), [-1, 1]);
  });
  return reshape(scatterND(sources, reshape(dy, [dy.size]), [x.size]), x.shape);
}
