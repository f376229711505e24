import { setFlagsFromString } from 'node:v8';
import {
  allocateFloat32,
  allocateFloat64,
  allocateInt32,
  allocateUint8,
  allocateUint32,
  detectWasmFeatures,
  type Float32Buffer,
  type Float64Buffer,
  type Int32Buffer,
  type Kernels,
  openKernels,
  type Uint8Buffer,
  type Uint32Buffer,
  type Variant,
} from '@hebblab/wasm';
import { afterEach, beforeAll, describe } from 'vitest';

export const variants: readonly Variant[] = ['simd128', 'relaxed'];

/** Opens a variant; Node 20 runs the relaxed one behind a flag only. */
export async function openVariant(variant: Variant): Promise<Kernels> {
  if (variant === 'relaxed' && !detectWasmFeatures().relaxedSimd) {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
  return openKernels({ variant });
}

/** A shape with the values of an array in it. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** The kernels of a variant, and arrays that live until the end of a test. */
export interface Bench {
  readonly kernels: Kernels;
  float32(shape: readonly number[], values?: ArrayLike<number>): Float32Buffer;
  float64(shape: readonly number[], values?: ArrayLike<number>): Float64Buffer;
  int32(shape: readonly number[], values?: ArrayLike<number>): Int32Buffer;
  uint32(shape: readonly number[], values?: ArrayLike<number>): Uint32Buffer;
  uint8(shape: readonly number[], values?: ArrayLike<number>): Uint8Buffer;
  float32Of(tensor: Tensor): Float32Buffer;
}

/** Describes behaviour that both variants must show. */
export function describeVariants(subject: string, body: (bench: Bench) => void): void {
  describe.each(variants)(`${subject} (%s)`, (variant) => {
    let opened: Kernels | undefined;
    const arrays: { dispose(): void }[] = [];
    beforeAll(async () => {
      opened = await openVariant(variant);
    });
    afterEach(() => {
      for (const array of arrays.splice(0)) array.dispose();
    });
    const kernels = () => {
      if (opened === undefined) throw new Error('bench: expected the kernels inside a test, got none yet');
      return opened;
    };
    const filled = <Made extends { set(values: ArrayLike<number>): void; dispose(): void }>(
      array: Made,
      values: ArrayLike<number> | undefined,
    ): Made => {
      arrays.push(array);
      if (values !== undefined) array.set(values);
      return array;
    };
    const float32 = (shape: readonly number[], values?: ArrayLike<number>) =>
      filled(allocateFloat32(kernels(), shape), values);
    body({
      get kernels() {
        return kernels();
      },
      float32,
      float64: (shape, values) => filled(allocateFloat64(kernels(), shape), values),
      int32: (shape, values) => filled(allocateInt32(kernels(), shape), values),
      uint32: (shape, values) => filled(allocateUint32(kernels(), shape), values),
      uint8: (shape, values) => filled(allocateUint8(kernels(), shape), values),
      float32Of: ({ shape, data }) => float32(shape, data),
    });
  });
}
