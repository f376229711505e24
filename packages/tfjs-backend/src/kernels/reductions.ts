import { argReduce, type Extents, type Reduction, reduce, transpose, truthReduce } from '@hebblab/wasm';
import {
  type ArgMaxAttrs,
  backend_util,
  type MaxAttrs,
  type SumAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {
  booleanOutput,
  booleansOf,
  floatOutput,
  floatsOf,
  haveType,
  inputOf,
  integerOutput,
  type KernelCall,
  mostDimensions,
  type OwnKernel,
} from './own-kernel.js';

/** Dimensions that become one value. */
export const reductions: readonly OwnKernel[] = [
  ofFloats('Sum', 'sum'),
  ofFloats('Mean', 'mean'),
  ofFloats('Prod', 'product'),
  ofFloats('Max', 'max'),
  ofFloats('Min', 'min'),
  ofIndices('ArgMax', 'argMax'),
  ofIndices('ArgMin', 'argMin'),
  ofTruths('All', 'all'),
  ofTruths('Any', 'any'),
];

function ofFloats(kernelName: string, name: Reduction): OwnKernel {
  return {
    kernelName,
    accepts: (call) => haveType(call, 'float32', 'x') && isWalkable(call),
    run: (call) => {
      const { axis, keepDims } = reductionOf(call);
      return reducing(call, axis, keepDims, ({ backend }, x, extents, shape) => {
        const input = floatsOf(backend, x);
        const { info, values } = floatOutput(backend, shape);
        reduce(backend.kernels, name, input, extents, values);
        return info;
      });
    },
  };
}

function ofIndices(kernelName: string, name: 'argMax' | 'argMin'): OwnKernel {
  return {
    kernelName,
    accepts: (call) => haveType(call, 'float32', 'x') && isWalkable(call),
    run: (call) => {
      const { axis } = call.attrs as unknown as ArgMaxAttrs;
      return reducing(call, axis, false, ({ backend }, x, extents, shape) => {
        const input = floatsOf(backend, x);
        const { info, values } = integerOutput(backend, shape);
        argReduce(backend.kernels, name, input, extents, values);
        return info;
      });
    },
  };
}

function ofTruths(kernelName: string, name: 'all' | 'any'): OwnKernel {
  return {
    kernelName,
    accepts: (call) => haveType(call, 'bool', 'x') && isWalkable(call),
    run: (call) => {
      const { axis, keepDims } = call.attrs as unknown as SumAttrs;
      return reducing(call, axis, keepDims, ({ backend }, x, extents, shape) => {
        const input = booleansOf(backend, x);
        const { info, values } = booleanOutput(backend, shape);
        truthReduce(backend.kernels, name, input, extents, values);
        return info;
      });
    },
  };
}

/** Max has another name for its axes than the others have. */
function reductionOf({ attrs }: KernelCall): SumAttrs {
  const { axis, keepDims, reductionIndices } = attrs as unknown as SumAttrs & MaxAttrs;
  return { axis: axis ?? reductionIndices, keepDims };
}

type Reduce = (call: KernelCall, x: TensorInfo, extents: Extents, shape: number[]) => TensorInfo;

/** Brings the axes side by side where they are not, and reduces them as one. */
function reducing(call: KernelCall, axis: number | number[], keepDims: boolean, run: Reduce): TensorInfo {
  const x = inputOf(call, 'x');
  const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const [kept] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const shape = keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept;
  const [first = 0] = axes;
  const last = axes.at(-1) ?? first - 1;
  if (last - first + 1 === axes.length) {
    const [before, along, after] = [
      x.shape.slice(0, first),
      x.shape.slice(first, last + 1),
      x.shape.slice(last + 1),
    ];
    return run(call, x, extentsOf(before, along, after), shape);
  }
  const moved = axesLast(call, x, axes);
  const result = run(call, moved, extentsOf(kept, moved.shape.slice(kept.length), []), shape);
  call.backend.disposeIntermediateTensorInfo(moved);
  return result;
}

function axesLast({ backend }: KernelCall, x: TensorInfo, axes: readonly number[]): TensorInfo {
  const permutation = [...x.shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  const from = backend.arrayOf(x);
  const { info, array } = backend.makeOutputInfo(
    permutation.map((axis) => x.shape[axis] ?? 1),
    x.dtype,
  );
  transpose(backend.kernels, { from, to: array, shape: x.shape, permutation });
  return info;
}

function extentsOf(before: readonly number[], along: readonly number[], after: readonly number[]): Extents {
  const [outer, reduced, inner] = [before, along, after].map((sizes) => util.sizeFromShape([...sizes]));
  return { outer: outer ?? 1, reduced: reduced ?? 1, inner: inner ?? 1 };
}

function isWalkable(call: KernelCall): boolean {
  return inputOf(call, 'x').shape.length <= mostDimensions;
}
