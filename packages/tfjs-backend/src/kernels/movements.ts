import { concat, gather, oneHot, pad, reverse, slice, tile, topK, transpose } from '@hebblab/wasm';
import {
  backend_util,
  type ConcatAttrs,
  type GatherV2Attrs,
  type OneHotAttrs,
  type PackAttrs,
  type PadV2Attrs,
  type ReverseAttrs,
  type SliceAttrs,
  type SplitVAttrs,
  slice_util,
  type TensorInfo,
  type TileAttrs,
  type TopKAttrs,
  type TransposeAttrs,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { HebblabBackend } from '../backend.js';
import { elementKindOf } from '../tensor-array.js';
import {
  floatOutput,
  floatsOf,
  inputOf,
  integerOutput,
  integersOf,
  type KernelCall,
  livesInKernels,
  mostDimensions,
  type OwnKernel,
} from './own-kernel.js';

/** Values in another order or place. */
export const movements: readonly OwnKernel[] = [
  {
    kernelName: 'Transpose',
    accepts: movesInput('x'),
    run: (call) => {
      const x = inputOf(call, 'x');
      const { perm } = call.attrs as unknown as TransposeAttrs;
      const shape = perm.map((axis) => x.shape[axis] ?? 1);
      return moved(call, x, shape, (arrays) =>
        transpose(call.backend.kernels, { ...arrays, shape: x.shape, permutation: perm }),
      );
    },
  },
  {
    kernelName: 'PadV2',
    accepts: movesInput('x'),
    run: (call) => {
      const x = inputOf(call, 'x');
      const { paddings, constantValue } = call.attrs as unknown as PadV2Attrs;
      const [before, after] = [paddings.map(([first]) => first), paddings.map(([, second]) => second)];
      const shape = x.shape.map((size, axis) => (before[axis] ?? 0) + size + (after[axis] ?? 0));
      return moved(call, x, shape, (arrays) =>
        pad(call.backend.kernels, { ...arrays, shape: x.shape, before, after, value: constantValue }),
      );
    },
  },
  {
    kernelName: 'Slice',
    accepts: movesInput('x'),
    run: (call) => {
      const x = inputOf(call, 'x');
      const attrs = call.attrs as unknown as SliceAttrs;
      const [begin, size] = slice_util.parseSliceParams(x, attrs.begin, attrs.size);
      slice_util.assertParamsValid(x, begin, size);
      return sliced(call, x, begin, size);
    },
  },
  {
    kernelName: 'SplitV',
    accepts: movesInput('x'),
    run: (call) => {
      const x = inputOf(call, 'x');
      const { numOrSizeSplits, axis } = call.attrs as unknown as SplitVAttrs;
      const [split = 0] = util.parseAxisParam(axis, x.shape);
      const sizes = backend_util.prepareSplitSize(x as never, numOrSizeSplits, split);
      let first = 0;
      return sizes.map((size) => {
        const part = sliceAlong(call, x, split, first, size);
        first += size;
        return part;
      });
    },
  },
  {
    kernelName: 'Unpack',
    accepts: movesInput('value'),
    run: (call) => {
      const value = inputOf(call, 'value');
      const [axis = 0] = util.parseAxisParam((call.attrs as unknown as UnpackAttrs).axis, value.shape);
      const shape = value.shape.toSpliced(axis, 1);
      return Array.from({ length: value.shape[axis] ?? 0 }, (_, index) => ({
        ...sliceAlong(call, value, axis, index, 1),
        shape,
      }));
    },
  },
  {
    kernelName: 'Concat',
    accepts: movesInputs,
    run: (call) => {
      const parts = inputsOf(call);
      const shapes = parts.map(({ shape }) => shape);
      const [axis = 0] = util.parseAxisParam((call.attrs as unknown as ConcatAttrs).axis, shapes[0] ?? []);
      backend_util.assertParamsConsistent(shapes, axis);
      return joined(
        call,
        parts,
        axis,
        backend_util.computeOutShape(shapes, axis),
        (shape) => shape[axis] ?? 1,
      );
    },
  },
  {
    kernelName: 'Pack',
    accepts: movesInputs,
    run: (call) => {
      const parts = inputsOf(call);
      const [first] = parts;
      const shape = first?.shape ?? [];
      for (const part of parts) {
        util.assertShapesMatch(shape, part.shape, 'All tensors passed to stack must have matching shapes');
      }
      const { axis } = call.attrs as unknown as PackAttrs;
      const place = axis < 0 ? axis + shape.length + 1 : axis;
      return joined(call, parts, place, shape.toSpliced(place, 0, parts.length), () => 1);
    },
  },
  {
    kernelName: 'GatherV2',
    accepts: (call) => movesInput('x')(call) && call.inputs.indices?.dtype === 'int32',
    run: (call) => {
      const { backend } = call;
      const [x, indices] = [inputOf(call, 'x'), inputOf(call, 'indices')];
      const { axis, batchDims } = call.attrs as unknown as GatherV2Attrs;
      const [along = 0] = util.parseAxisParam(axis, x.shape);
      const info = backend_util.segment_util.collectGatherOpShapeInfo(
        x as never,
        indices as never,
        along,
        batchDims ?? 0,
      );
      const places = integersOf(backend, indices);
      refuseOutside(places.view(), info.dimSize);
      return moved(call, x, info.outputShape, (arrays) =>
        gather(backend.kernels, {
          ...arrays,
          indices: places,
          batches: info.batchSize,
          outer: info.outerSize,
          axis: info.dimSize,
          inner: info.sliceSize,
        }),
      );
    },
  },
  {
    kernelName: 'OneHot',
    accepts: ({ inputs, attrs }) =>
      inputs.indices?.dtype === 'int32' &&
      elementKindOf((attrs as unknown as OneHotAttrs).dtype ?? 'int32') !== undefined,
    run: (call) => {
      const { backend } = call;
      const indices = inputOf(call, 'indices');
      const { depth, onValue, offValue, dtype } = call.attrs as unknown as OneHotAttrs;
      const places = integersOf(backend, indices);
      const { info, array } = backend.makeOutputInfo([...indices.shape, depth], dtype ?? 'int32');
      oneHot(backend.kernels, { indices: places, to: array, depth, on: onValue, off: offValue });
      return info;
    },
  },
  {
    kernelName: 'Tile',
    accepts: movesInput('x'),
    run: (call) => {
      const x = inputOf(call, 'x');
      const { reps } = call.attrs as unknown as TileAttrs;
      const shape = x.shape.map((size, axis) => size * (reps[axis] ?? 1));
      return moved(call, x, shape, (arrays) =>
        tile(call.backend.kernels, { ...arrays, shape: x.shape, repeats: reps }),
      );
    },
  },
  {
    kernelName: 'Reverse',
    accepts: movesInput('x'),
    run: (call) => {
      const x = inputOf(call, 'x');
      const axes = util.parseAxisParam((call.attrs as unknown as ReverseAttrs).dims, x.shape);
      return moved(call, x, x.shape, (arrays) =>
        reverse(call.backend.kernels, { ...arrays, shape: x.shape, axes }),
      );
    },
  },
  {
    kernelName: 'TopK',
    accepts: ({ inputs }) => inputs.x?.dtype === 'float32' || inputs.x?.dtype === 'int32',
    run: (call) => largest(call, inputOf(call, 'x'), call.attrs as unknown as TopKAttrs),
  },
];

type Arrays = {
  readonly from: ReturnType<HebblabBackend['arrayOf']>;
  readonly to: ReturnType<HebblabBackend['arrayOf']>;
};

function moved(
  { backend }: KernelCall,
  input: TensorInfo,
  shape: readonly number[],
  move: (arrays: Arrays) => void,
): TensorInfo {
  const from = backend.arrayOf(input);
  const { info, array } = backend.makeOutputInfo(shape, input.dtype);
  move({ from, to: array });
  return info;
}

function sliced(
  call: KernelCall,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): TensorInfo {
  return moved(call, x, size, (arrays) =>
    slice(call.backend.kernels, { ...arrays, shape: x.shape, begin, size }),
  );
}

function sliceAlong(call: KernelCall, x: TensorInfo, axis: number, first: number, count: number): TensorInfo {
  const begin = x.shape.map((_, each) => (each === axis ? first : 0));
  return sliced(call, x, begin, x.shape.with(axis, count));
}

/** Puts parts side by side along an axis, of which each takes as much as `sizeOf` says. */
function joined(
  { backend }: KernelCall,
  parts: readonly TensorInfo[],
  axis: number,
  shape: readonly number[],
  sizeOf: (shape: readonly number[]) => number,
): TensorInfo {
  const arrays = parts.map((part) => ({ from: backend.arrayOf(part), size: sizeOf(part.shape) }));
  const { info, array } = backend.makeOutputInfo(shape, parts[0]?.dtype ?? 'float32');
  concat(backend.kernels, {
    parts: arrays,
    to: array,
    outer: util.sizeFromShape(shape.slice(0, axis)),
    inner: util.sizeFromShape(shape.slice(axis + 1)),
  });
  return info;
}

function largest({ backend }: KernelCall, x: TensorInfo, { k }: TopKAttrs): TensorInfo[] {
  const columns = x.shape.at(-1) ?? 1;
  const rows = util.sizeFromShape(x.shape.slice(0, -1));
  const shape = [...x.shape.slice(0, -1), k];
  if (x.dtype === 'float32') {
    const from = floatsOf(backend, x);
    const [values, indices] = [floatOutput(backend, shape), integerOutput(backend, shape)];
    topK(backend.kernels, { from, rows, columns, k, values: values.values, indices: indices.values });
    return [values.info, indices.info];
  }
  const from = integersOf(backend, x);
  const [values, indices] = [integerOutput(backend, shape), integerOutput(backend, shape)];
  topK(backend.kernels, { from, rows, columns, k, values: values.values, indices: indices.values });
  return [values.info, indices.info];
}

function movesInput(name: string): OwnKernel['accepts'] {
  return ({ inputs }) => livesInKernels(inputs[name]) && (inputs[name]?.shape.length ?? 0) <= mostDimensions;
}

function movesInputs(call: KernelCall): boolean {
  const parts = inputsOf(call);
  return parts.every((part) => livesInKernels(part) && part.dtype === parts[0]?.dtype);
}

/** tfjs-core gives the parts of a concatenation as an array. */
function inputsOf({ inputs }: KernelCall): readonly TensorInfo[] {
  return Object.values(inputs).filter((input) => input !== undefined);
}

function refuseOutside(indices: Int32Array, size: number): void {
  const outside = indices.find((index) => index < 0 || index >= size);
  util.assert(outside === undefined, () => `GatherV2: the index value ${outside} is not in [0, ${size - 1}]`);
}
