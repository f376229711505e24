import * as tf from '@tensorflow/tfjs-core';
import { checkGradients } from './check.js';

const x = Array.from({ length: 12 }, (_, index) => Math.sin(1.3 * index + 0.4));
const shape = [2, 3, 2];
/** The elements of x by their positions. */
const pick = (positions: number[]) => (x: number[]) => positions.map((position) => x[position] ?? 0);
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index);

checkGradients('shapes', [
  { name: 'Identity', tensors: (x) => tf.clone(x), doubles: (x) => x, x, shape },
  { name: 'Reshape', tensors: (x) => tf.reshape(x, [4, 3]), doubles: (x) => x, x, shape },
  { name: 'ExpandDims', tensors: (x) => tf.expandDims(x, 1), doubles: (x) => x, x, shape },
  {
    name: 'Transpose',
    tensors: (x) => tf.transpose(x, [2, 0, 1]),
    doubles: pick([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]),
    x,
    shape,
  },
  {
    name: 'Reverse, axis 1',
    tensors: (x) => tf.reverse(x, 1),
    doubles: pick([4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7]),
    x,
    shape,
  },
  {
    name: 'tf.broadcastTo',
    tensors: (x) => tf.broadcastTo(tf.reshape(x, [1, 12]), [2, 12]),
    doubles: (x) => [...x, ...x],
    x,
    shape,
  },
  {
    name: 'Tile',
    tensors: (x) => tf.tile(tf.reshape(x, [6, 2]), [1, 2]),
    doubles: pick(upTo(24).map((i) => Math.floor(i / 4) * 2 + (i % 2))),
    x,
    shape,
  },
  {
    name: 'Slice',
    tensors: (x) => tf.slice(x, [0, 1, 0], [2, 2, 1]),
    doubles: pick([2, 4, 8, 10]),
    x,
    shape,
  },
  {
    name: 'StridedSlice',
    tensors: (x) => tf.stridedSlice(x, [0, 2, 1], [2, 0, 2], [1, -1, 1]),
    doubles: pick([5, 3, 11, 9]),
    x,
    shape,
  },
  {
    name: 'PadV2',
    tensors: (x) =>
      tf.pad(tf.reshape(x, [2, 6]), [
        [0, 0],
        [1, 2],
      ]),
    doubles: pick([-1, 0, 1, 2, 3, 4, 5, -1, -1, -1, 6, 7, 8, 9, 10, 11, -1, -1]),
    x,
    shape,
  },
  {
    name: 'Concat, three parts',
    tensors: (x) => tf.concat([x, tf.slice(x, [0, 1, 0], [2, 1, 2]), tf.square(x)], 1),
    doubles: (x) =>
      [0, 6].flatMap((first) => {
        const rows = x.slice(first, first + 6);
        return [...rows, rows[2], rows[3], ...rows.map((value) => value * value)];
      }),
    x,
    shape,
  },
  {
    name: 'SplitV',
    tensors: (x) => {
      const [first, second] = tf.split(x, [1, 2], 1);
      return tf.mul(first, tf.slice(second, [0, 1, 0], [2, 1, 2]));
    },
    doubles: (x) => [x[0] * x[4], x[1] * x[5], x[6] * x[10], x[7] * x[11]],
    x,
    shape,
  },
  {
    name: 'Pack',
    tensors: (x) => tf.stack([x, tf.square(x)], 3),
    doubles: (x) => x.flatMap((value) => [value, value * value]),
    x,
    shape,
  },
  {
    name: 'Unpack, one of three used',
    tensors: (x) => tf.unstack(x, 1)[1],
    doubles: pick([2, 3, 8, 9]),
    x,
    shape,
  },
  {
    name: 'Unpack, a single one',
    tensors: (x) => tf.unstack(tf.reshape(x, [1, 12]), 0)[0],
    doubles: (x) => x,
    x,
    shape,
  },
  {
    name: 'BatchToSpaceND of SpaceToBatchND',
    tensors: (x) => {
      const blocks = tf.spaceToBatchND(
        tf.reshape(x, [1, 4, 3, 1]),
        [2, 1],
        [
          [0, 0],
          [0, 0],
        ],
      );
      return tf.batchToSpaceND(
        tf.square(blocks),
        [2, 1],
        [
          [0, 0],
          [0, 0],
        ],
      );
    },
    doubles: (x) => x.map((value) => value * value),
    x,
    shape,
  },
]);

checkGradients('indexing', [
  {
    name: 'GatherV2, axis 0, repeated',
    tensors: (x) => tf.gather(tf.reshape(x, [6, 2]), tf.tensor1d([4, 0, 4], 'int32')),
    doubles: pick([8, 9, 0, 1, 8, 9]),
    x,
  },
  {
    name: 'GatherV2, axis 1, matrix of indices',
    tensors: (x) => tf.gather(tf.reshape(x, shape), tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32'), 1),
    doubles: pick([4, 5, 0, 1, 4, 5, 2, 3, 10, 11, 6, 7, 10, 11, 8, 9]),
    x,
  },
  {
    name: 'GatherV2, batched',
    tensors: (x) => tf.gather(tf.reshape(x, [2, 6]), tf.tensor2d([5, 5, 0, 1], [2, 2], 'int32'), 1, 1),
    doubles: pick([5, 5, 6, 7]),
    x,
  },
  {
    name: 'GatherNd',
    tensors: (x) => tf.gatherND(tf.reshape(x, [6, 2]), tf.tensor2d([1, 1, 0, 1, 1, 1], [3, 2], 'int32')),
    doubles: pick([3, 1, 3]),
    x,
  },
  {
    name: 'ScatterNd, repeated',
    tensors: (x) => tf.scatterND(tf.tensor2d([2, 0, 2], [3, 1], 'int32'), tf.slice(x, 0, 3), [4]),
    doubles: (x) => [x[1], 0, x[0] + x[2], 0],
    x,
  },
  {
    name: 'UnsortedSegmentSum, a negative segment',
    tensors: (x) => tf.unsortedSegmentSum(tf.reshape(x, [4, 3]), tf.tensor1d([1, -1, 1, 0], 'int32'), 3),
    doubles: (x) => [...x.slice(9), ...[0, 1, 2].map((i) => x[i] + x[6 + i]), 0, 0, 0],
    x,
  },
]);

const pixels = x.slice(0, 4);
const planeOf = (x: tf.Tensor) => tf.reshape(x, [1, 2, 2, 1]) as tf.Tensor4D;

checkGradients('image resizing', [
  {
    name: 'ResizeNearestNeighbor, 2x2 to 4x4',
    tensors: (x) => tf.image.resizeNearestNeighbor(planeOf(x), [4, 4]),
    doubles: pick([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]),
    x: pixels,
  },
  {
    name: 'ResizeBilinear, 2x2 to 3x3, corners aligned',
    tensors: (x) => tf.image.resizeBilinear(planeOf(x), [3, 3], true),
    doubles: ([a, b, c, d]) => {
      const [top, middle, bottom] = [
        [a, b],
        [(a + c) / 2, (b + d) / 2],
        [c, d],
      ];
      return [top, middle, bottom].flatMap(([left, right]) => [left, (left + right) / 2, right]);
    },
    x: pixels,
  },
]);
