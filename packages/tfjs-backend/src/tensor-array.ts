import {
  allocateUninitialised,
  type Float32Buffer,
  type Int32Buffer,
  type KernelArray,
  type Kernels,
  type Uint8Buffer,
} from '@hebblab/wasm';
import type { DataType } from '@tensorflow/tfjs-core';

/** The element types of tensors that live in kernel memory. */
export type TensorElement = 'float32' | 'int32' | 'uint8';

/** The values of a tensor in kernel memory; its shape is the tensor's own matter. */
export type TensorArray = KernelArray<TensorElement>;

/** How a tensor's type is kept in kernel memory; none for strings and complex numbers. */
export function elementKindOf(dtype: DataType): TensorElement | undefined {
  return elementKinds[dtype];
}

const elementKinds: { readonly [Type in DataType]: TensorElement | undefined } = {
  float32: 'float32',
  int32: 'int32',
  bool: 'uint8',
  string: undefined,
  complex64: undefined,
};

/** @throws naming the shape where the memory is exhausted */
export function allocateFor(kernels: Kernels, kind: TensorElement, shape: readonly number[]): TensorArray {
  try {
    return allocateUninitialised(kernels, kind, shape);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `hebblab backend: expected memory for a tensor of shape [${shape}] of ${kind}, got ${got}`,
      {
        cause,
      },
    );
  }
}

export function asFloats(array: TensorArray): Float32Buffer {
  return ofKind(array, 'float32');
}

export function asIntegers(array: TensorArray): Int32Buffer {
  return ofKind(array, 'int32');
}

export function asBooleans(array: TensorArray): Uint8Buffer {
  return ofKind(array, 'uint8');
}

/** @throws where the array has another element type */
export function ofKind<Kind extends TensorElement>(array: TensorArray, kind: Kind): KernelArray<Kind> {
  if (array.kind !== kind)
    throw new Error(`hebblab backend: expected an array of ${kind}, got one of ${array.kind}`);
  return array as KernelArray<Kind>;
}
