import { cast, fill, select } from '@hebblab/wasm';
import { type CastAttrs, type FillAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { HebblabBackend } from '../backend.js';
import { elementKindOf, type TensorArray } from '../tensor-array.js';
import {
  booleansOf,
  floatOutput,
  floatsOf,
  inputOf,
  integerOutput,
  integersOf,
  type KernelCall,
  livesInKernels,
  type OwnKernel,
} from './own-kernel.js';

/** Other types, one value everywhere, and one of two values by a condition. */
export const conversions: readonly OwnKernel[] = [
  {
    kernelName: 'Cast',
    accepts: ({ inputs, attrs }) =>
      livesInKernels(inputs.x) && elementKindOf((attrs as unknown as CastAttrs).dtype) !== undefined,
    run: (call) => {
      const { backend } = call;
      const { dtype } = call.attrs as unknown as CastAttrs;
      const x = inputOf(call, 'x');
      if (x.dtype === dtype) {
        backend.incRef(x.dataId);
        return { dataId: x.dataId, shape: x.shape, dtype };
      }
      const input = backend.arrayOf(x);
      const { info, array } = backend.makeOutputInfo(x.shape, dtype);
      cast(backend.kernels, input, array);
      return info;
    },
  },
  {
    kernelName: 'Fill',
    accepts: ({ attrs }) =>
      typeof (attrs as unknown as FillAttrs).value === 'number' && !isOfOtherType(attrs),
    run: ({ backend, attrs }) => {
      const { shape, value, dtype } = attrs as unknown as FillAttrs;
      return filled(backend, shape, dtype ?? util.inferDtype(value), Number(value));
    },
  },
  constantLike('ZerosLike', 0),
  constantLike('OnesLike', 1),
  {
    kernelName: 'Select',
    accepts: ({ inputs }) =>
      inputs.condition?.dtype === 'bool' &&
      (inputs.t?.dtype === 'float32' || inputs.t?.dtype === 'int32') &&
      inputs.t.dtype === inputs.e?.dtype,
    run: (call) => choose(call),
  },
];

function choose(call: KernelCall): TensorInfo {
  const { backend } = call;
  const [condition, yes, no] = [inputOf(call, 'condition'), inputOf(call, 't'), inputOf(call, 'e')];
  const conditions = booleansOf(backend, condition);
  if (yes.dtype === 'float32') {
    const [first, second] = [floatsOf(backend, yes), floatsOf(backend, no)];
    const { info, values } = floatOutput(backend, yes.shape);
    select(backend.kernels, conditions, first, second, values);
    return info;
  }
  const [first, second] = [integersOf(backend, yes), integersOf(backend, no)];
  const { info, values } = integerOutput(backend, yes.shape);
  select(backend.kernels, conditions, first, second, values);
  return info;
}

function constantLike(kernelName: string, value: number): OwnKernel {
  return {
    kernelName,
    accepts: ({ inputs }) => livesInKernels(inputs.x),
    run: (call) => {
      const { shape, dtype } = inputOf(call, 'x');
      return filled(call.backend, shape, dtype, value);
    },
  };
}

function isOfOtherType(attrs: KernelCall['attrs']): boolean {
  const { dtype } = attrs as unknown as FillAttrs;
  return dtype != null && elementKindOf(dtype) === undefined;
}

function filled(
  backend: HebblabBackend,
  shape: readonly number[],
  dtype: TensorInfo['dtype'],
  value: number,
): TensorInfo {
  const { info, array } = backend.makeOutputInfo(shape, dtype);
  fill(backend.kernels, array as TensorArray, dtype === 'float32' ? value : Math.trunc(value));
  return info;
}
