import type { Float32Buffer, Int32Buffer, Uint8Buffer } from '@hebblab/wasm';
import {
  type DataType,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { HebblabBackend } from '../backend.js';
import { backendName } from '../backend-name.js';
import { asBooleans, asFloats, asIntegers, elementKindOf } from '../tensor-array.js';

/** What tfjs-core hands to a kernel. */
export interface KernelCall {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: HebblabBackend;
}

/** A kernel that runs on the arrays of @hebblab/wasm. */
export interface OwnKernel {
  readonly kernelName: string;
  /** Whether it takes this call; else the code of tfjs-backend-cpu does. */
  accepts(call: KernelCall): boolean;
  run(call: KernelCall): TensorInfo | TensorInfo[];
}

/** Runs another kernel of the backend on results of this one; they are disposed of then. */
export function finishWith(
  backend: HebblabBackend,
  kernelName: string,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap,
  intermediates: readonly TensorInfo[],
): TensorInfo {
  const kernel = getKernel(kernelName, backendName);
  if (kernel == null)
    throw new Error(`hebblab backend: expected a kernel ${kernelName}, got none registered`);
  const parameters = { inputs, attrs, backend } as unknown as Parameters<KernelFunc>[0];
  const result = kernel.kernelFunc(parameters) as TensorInfo;
  for (const intermediate of intermediates) backend.disposeIntermediateTensorInfo(intermediate);
  return result;
}

/** An input that the operation cannot do without. */
export function inputOf({ inputs }: KernelCall, name: string): TensorInfo {
  const input = inputs[name];
  if (input === undefined) throw new Error(`hebblab backend: expected an input ${name}, got none`);
  return input;
}

/** Whether inputs that are given have the type; strings stand for names of inputs. */
export function haveType({ inputs }: KernelCall, dtype: DataType, ...names: readonly string[]): boolean {
  return names.every((name) => inputs[name] == null || inputs[name].dtype === dtype);
}

/** Whether there is an input whose values live in kernel memory. */
export function livesInKernels(input: TensorInfo | undefined): boolean {
  return input != null && elementKindOf(input.dtype) !== undefined;
}

/** How many dimensions the kernels walk through. */
export const mostDimensions = 6;

export function floatsOf(backend: HebblabBackend, tensor: TensorInfo): Float32Buffer {
  return asFloats(backend.arrayOf(tensor));
}

export function integersOf(backend: HebblabBackend, tensor: TensorInfo): Int32Buffer {
  return asIntegers(backend.arrayOf(tensor));
}

export function booleansOf(backend: HebblabBackend, tensor: TensorInfo): Uint8Buffer {
  return asBooleans(backend.arrayOf(tensor));
}

/** The output of a kernel, and its values to write. */
export interface Output<Values> {
  readonly info: TensorInfo;
  readonly values: Values;
}

export function floatOutput(backend: HebblabBackend, shape: readonly number[]): Output<Float32Buffer> {
  const { info, array } = backend.makeOutputInfo(shape, 'float32');
  return { info, values: asFloats(array) };
}

export function integerOutput(backend: HebblabBackend, shape: readonly number[]): Output<Int32Buffer> {
  const { info, array } = backend.makeOutputInfo(shape, 'int32');
  return { info, values: asIntegers(array) };
}

export function booleanOutput(backend: HebblabBackend, shape: readonly number[]): Output<Uint8Buffer> {
  const { info, array } = backend.makeOutputInfo(shape, 'bool');
  return { info, values: asBooleans(array) };
}
