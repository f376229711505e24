import {
  BatchToSpaceND,
  type BatchToSpaceNDAttrs,
  BroadcastTo,
  batchToSpaceND,
  Cast,
  type CastAttrs,
  Concat,
  type ConcatAttrs,
  clone,
  concat,
  ExpandDims,
  type GradConfig,
  Identity,
  Pack,
  type PackAttrs,
  PadV2,
  type PadV2Attrs,
  pad,
  Reshape,
  Reverse,
  type ReverseAttrs,
  reshape,
  reverse,
  Slice,
  type SliceAttrs,
  SpaceToBatchND,
  type SpaceToBatchNDAttrs,
  SplitV,
  type SplitVAttrs,
  slice,
  slice_util,
  spaceToBatchND,
  squeeze,
  stack,
  sum,
  type Tensor,
  Tile,
  type TileAttrs,
  Transpose,
  type TransposeAttrs,
  transpose,
  Unpack,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { asFloat, attributes, only, saving, sumTo, zerosOf } from './config.js';

/** What only moves, repeats or drops elements, or changes their type; rounding to integers is a step. */
export const shapes: GradConfig[] = [
  saving(Identity, [], (dy) => ({ x: () => clone(dy) })),
  saving(Cast, ['x'], (dy, [x], attrs) => {
    const { dtype } = attributes<CastAttrs>(attrs);
    const rounds = x.dtype === 'float32' && dtype !== 'float32';
    return { x: () => (rounds ? zerosOf(x) : clone(dy)) };
  }),
  saving(Reshape, ['x'], (dy, [x]) => ({ x: () => reshape(dy, x.shape) })),
  saving(ExpandDims, ['input'], (dy, [input]) => ({ input: () => reshape(dy, input.shape) })),
  saving(Transpose, [], (dy, _, attrs) => {
    const { perm } = attributes<TransposeAttrs>(attrs);
    const undo = perm.map((_, axis) => perm.indexOf(axis));
    return { x: () => transpose(dy, undo) };
  }),
  saving(Reverse, [], (dy, _, attrs) => {
    const { dims } = attributes<ReverseAttrs>(attrs);
    return { x: () => reverse(dy, util.parseAxisParam(dims, dy.shape)) };
  }),
  saving(BroadcastTo, ['x'], (dy, [x]) => ({ x: () => sumTo(dy, x.shape) })),
  saving(Tile, ['x'], (dy, [x], attrs) => ({
    x: () => sumOfTiles(dy, x.shape, attributes<TileAttrs>(attrs).reps),
  })),
  saving(Slice, ['x'], (dy, [x], attrs) => {
    const { begin, size } = attributes<SliceAttrs>(attrs);
    const [first, lengths] = slice_util.parseSliceParams(x, begin, size);
    const around = x.shape.map((length, axis): [number, number] => [
      first[axis],
      length - first[axis] - lengths[axis],
    ]);
    return { x: () => pad(dy, around) };
  }),
  saving(PadV2, ['x'], (dy, [x], attrs) => {
    const { paddings } = attributes<PadV2Attrs>(attrs);
    const first = paddings.map(([before]) => before);
    return { x: () => slice(dy, first, x.shape) };
  }),
  {
    kernelName: Concat,
    saveAllInputs: true,
    gradFunc: (dy, parts, attrs) => {
      const { axis } = attributes<ConcatAttrs>(attrs);
      const [along] = util.parseAxisParam(axis, parts[0].shape);
      return piecesOf(
        only(dy),
        parts.map((part) => part.shape),
        along,
      );
    },
  },
  {
    kernelName: Pack,
    saveAllInputs: true,
    gradFunc: (dy, parts, attrs) => {
      const stacked = only(dy);
      const [along] = util.parseAxisParam(attributes<PackAttrs>(attrs).axis, stacked.shape);
      const shape = stacked.shape.map((length, axis) => (axis === along ? 1 : length));
      const pieces = piecesOf(
        stacked,
        parts.map(() => shape),
        along,
      );
      return Object.fromEntries(
        Object.entries(pieces).map(([index, piece]) => [index, () => squeeze(piece(), [along])]),
      );
    },
  },
  {
    kernelName: Unpack,
    gradFunc: (dy, _, attrs) => ({ value: () => stack(every(dy), attributes<UnpackAttrs>(attrs).axis) }),
  },
  {
    kernelName: SplitV,
    gradFunc: (dy, _, attrs) => ({ x: () => concat(every(dy), attributes<SplitVAttrs>(attrs).axis) }),
  },
  saving(BatchToSpaceND, [], (dy, _, attrs) => {
    const { blockShape, crops } = attributes<BatchToSpaceNDAttrs>(attrs);
    return { x: () => spaceToBatchND(dy, blockShape, crops) };
  }),
  saving(SpaceToBatchND, [], (dy, _, attrs) => {
    const { blockShape, paddings } = attributes<SpaceToBatchNDAttrs>(attrs);
    return { x: () => batchToSpaceND(dy, blockShape, paddings) };
  }),
];

/** A kernel with a single output is given its dy, one with several an array. */
function every(dy: Tensor | Tensor[]): Tensor[] {
  return (Array.isArray(dy) ? dy : [dy]).map(asFloat);
}

/** For the parts that were joined along an axis, the parts of dy. */
function piecesOf(dy: Tensor, parts: number[][], axis: number): Record<string, () => Tensor> {
  let first = 0;
  const pieces: Record<string, () => Tensor> = {};
  parts.forEach((shape, index) => {
    const begin = shape.map((_, along) => (along === axis ? first : 0));
    pieces[index] = () => slice(dy, begin, shape);
    first += shape[axis];
  });
  return pieces;
}

/** Sums the repetitions: each axis is cut into [repetitions, length], and the former summed. */
function sumOfTiles(dy: Tensor, shape: number[], repetitions: number[]): Tensor {
  const cut: number[] = [];
  const repeated: number[] = [];
  shape.forEach((length, axis) => {
    if (repetitions[axis] !== 1) {
      repeated.push(cut.length);
      cut.push(repetitions[axis]);
    }
    cut.push(length);
  });
  const tiles = reshape(dy, cut);
  return reshape(repeated.length === 0 ? tiles : sum(tiles, repeated), shape);
}
