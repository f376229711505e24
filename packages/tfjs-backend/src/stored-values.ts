import type { Kernels } from '@hebblab/wasm';
import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { allocateFor, elementKindOf, type TensorArray } from './tensor-array.js';

type BackendValues = backend_util.BackendValues;

/** The two tensors that a complex one is made of. */
interface ComplexParts {
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

/**
 * The values of one data id: in kernel memory, or in a JavaScript array until a kernel of ours needs them. Kernels of
 * tfjs-backend-cpu see a plain record with `values`, which then is a view of kernel memory.
 */
export class StoredValues {
  readonly dtype: DataType;
  refCount: number;
  complexTensorInfos?: ComplexParts;
  private place: Place;

  constructor(dtype: DataType, place: Place, refCount = 1) {
    this.dtype = dtype;
    this.place = place;
    this.refCount = refCount;
  }

  /** A view of kernel memory, valid until it grows, or the JavaScript values themselves. */
  get values(): BackendValues {
    return this.place.kind === 'kernels' ? this.place.array.view() : this.place.values;
  }

  /**
   * The values in kernel memory as the type that a tensor has, moved and converted where they are not:
   * tfjs-backend-cpu gives some results another type than it keeps them in.
   */
  array(kernels: Kernels, { shape, dtype }: Pick<TensorInfo, 'shape' | 'dtype'>): TensorArray {
    const kind = elementKindOf(dtype);
    if (this.place.kind === 'kernels' && this.place.array.kind === kind) return this.place.array;
    const place = placeValues(kernels, this.values, shape, dtype);
    if (place.kind !== 'kernels') {
      throw new Error(`hebblab backend: expected a tensor of float32, int32 or bool, got ${dtype}`);
    }
    this.release();
    this.place = place;
    return place.array;
  }

  release(): void {
    if (this.place.kind === 'kernels' && this.place.owned) this.place.array.dispose();
    this.place = none;
  }
}

/** `owned`: the array goes with the tensor; else it belongs to somebody else, who keeps it alive. */
export type Place =
  | { readonly kind: 'kernels'; readonly array: TensorArray; readonly owned: boolean }
  | { readonly kind: 'javascript'; readonly values: BackendValues };

/** Of complex tensors, whose parts have the values, and of those given back. */
export const none: Place = { kind: 'javascript', values: [] };

/** The values as they come in, copied to kernel memory where their type lives there. */
export function placeValues(
  kernels: Kernels,
  values: BackendValues,
  shape: readonly number[],
  dtype: DataType,
): Place {
  const kind = elementKindOf(dtype);
  if (kind === undefined) return { kind: 'javascript', values };
  const source = apartFromKernels(kernels, values);
  const array = allocateFor(kernels, kind, shape);
  array.view().set(source as ArrayLike<number>);
  return { kind: 'kernels', array, owned: true };
}

/** The values, copied where they are a view of kernel memory: it detaches when the memory grows, or shows what comes after. */
export function apartFromKernels(kernels: Kernels, values: BackendValues): BackendValues {
  if (!ArrayBuffer.isView(values)) return values;
  const isShared = typeof SharedArrayBuffer === 'function' && values.buffer instanceof SharedArrayBuffer;
  return isShared || values.buffer === kernels.linearMemory.buffer ? values.slice() : values;
}
