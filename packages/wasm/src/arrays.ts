import './symbol-dispose.js';
import type { Kernels } from './open.js';

/** The element types of arrays in kernel memory and their JavaScript views. */
export interface ElementViews {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  uint32: Uint32Array;
  uint8: Uint8Array;
}

/** The name of an element type. */
export type ElementKind = keyof ElementViews;

/**
 * An array in the kernels' linear memory, row-major. It lives until `dispose()`; views detach when the
 * memory grows, so take a fresh `view()` after anything that may allocate.
 */
export interface KernelArray<Kind extends ElementKind> {
  readonly kind: Kind;
  readonly kernels: Kernels;
  readonly shape: readonly number[];
  /** Number of elements: the product of the shape. */
  readonly length: number;
  /** Byte offset in linear memory. @throws after `dispose()` */
  readonly offset: number;
  /** A view of the memory itself: writing to it writes the array. @throws after `dispose()` */
  view(): ElementViews[Kind];
  /**
   * Copies values in.
   *
   * @throws unless there are exactly `length` values that the element type holds: finite ones, and whole
   * numbers within its range where it is an integer; the array is then unchanged
   */
  set(values: ArrayLike<number>): void;
  /** Returns the memory. A second call does nothing. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A float32 array in kernel memory; see {@link allocateFloat32}. */
export type Float32Buffer = KernelArray<'float32'>;
/** A float64 array in kernel memory; see {@link allocateFloat64}. */
export type Float64Buffer = KernelArray<'float64'>;
/** An int32 array in kernel memory; see {@link allocateInt32}. */
export type Int32Buffer = KernelArray<'int32'>;
/** A uint32 array in kernel memory; see {@link allocateUint32}. */
export type Uint32Buffer = KernelArray<'uint32'>;
/** A uint8 array in kernel memory; see {@link allocateUint8}. */
export type Uint8Buffer = KernelArray<'uint8'>;

/**
 * A zeroed float32 array in kernel memory.
 *
 * @throws where a size is not a whole number >= 0, or the memory is exhausted
 * @example
 * using weights = allocateFloat32(kernels, [2000, 784]);
 */
export function allocateFloat32(kernels: Kernels, shape: readonly number[]): Float32Buffer {
  return allocate(kernels, 'float32', shape);
}

/**
 * A zeroed float64 array in kernel memory.
 *
 * @throws as {@link allocateFloat32}
 * @example
 * using matrix = allocateFloat64(kernels, [features, features]);
 */
export function allocateFloat64(kernels: Kernels, shape: readonly number[]): Float64Buffer {
  return allocate(kernels, 'float64', shape);
}

/**
 * A zeroed int32 array in kernel memory.
 *
 * @throws as {@link allocateFloat32}
 * @example
 * using indices = allocateInt32(kernels, [count]);
 */
export function allocateInt32(kernels: Kernels, shape: readonly number[]): Int32Buffer {
  return allocate(kernels, 'int32', shape);
}

/**
 * A zeroed uint32 array in kernel memory.
 *
 * @throws as {@link allocateFloat32}
 * @example
 * using labels = allocateUint32(kernels, [count]);
 */
export function allocateUint32(kernels: Kernels, shape: readonly number[]): Uint32Buffer {
  return allocate(kernels, 'uint32', shape);
}

/**
 * A zeroed uint8 array in kernel memory.
 *
 * @throws as {@link allocateFloat32}
 * @example
 * using pixels = allocateUint8(kernels, [count, 784]);
 */
export function allocateUint8(kernels: Kernels, shape: readonly number[]): Uint8Buffer {
  return allocate(kernels, 'uint8', shape);
}

/**
 * An array in kernel memory that holds whatever bytes were there before: for results that a kernel writes
 * whole, which need no pass of zeros first.
 *
 * @throws as {@link allocateFloat32}
 * @example
 * using activations = allocateUninitialised(kernels, 'float32', [batch, hidden]);
 */
export function allocateUninitialised<Kind extends ElementKind>(
  kernels: Kernels,
  kind: Kind,
  shape: readonly number[],
): KernelArray<Kind> {
  return arrayAt(kernels, kind, shape, (byteLength) => kernels.raw.allocateUninitialised(byteLength));
}

/**
 * Rows `first .. first + count - 1` of an array as an array of their own over the same memory. It is valid
 * as long as the whole array is; disposing it does nothing.
 *
 * @throws where the rows are outside the array
 * @example
 * const lastBatch = rowsOf(batch, 0, 17);
 */
export function rowsOf<Kind extends ElementKind>(
  array: KernelArray<Kind>,
  first: number,
  count: number,
): KernelArray<Kind> {
  const [rows, ...rest] = array.shape;
  if (rows === undefined || !isSize(first) || !isSize(count) || first + count > rows) {
    throw new Error(
      `rowsOf: expected rows inside an array of shape [${array.shape}], got ${count} from ${first}`,
    );
  }
  const rowBytes = lengthOf(rest) * bytesPerElement[array.kind];
  return kernelArray(array.kernels, array.kind, [count, ...rest], {
    offset: () => array.offset + first * rowBytes,
    release: () => {},
  });
}

/** Where an array's bytes are, and how they are given back. */
interface Storage {
  offset(): number;
  release(): void;
}

function allocate<Kind extends ElementKind>(
  kernels: Kernels,
  kind: Kind,
  shape: readonly number[],
): KernelArray<Kind> {
  return arrayAt(kernels, kind, shape, (byteLength) => kernels.raw.allocate(byteLength));
}

/** `reserve` gives the offset of so many bytes. */
function arrayAt<Kind extends ElementKind>(
  kernels: Kernels,
  kind: Kind,
  shape: readonly number[],
  reserve: (byteLength: number) => number,
): KernelArray<Kind> {
  if (!shape.every(isSize))
    throw new Error(`allocate: expected sizes that are whole numbers >= 0, got [${shape}]`);
  const byteLength = lengthOf(shape) * bytesPerElement[kind];
  if (byteLength >= 2 ** 31)
    throw new Error(`allocate: expected an array below 2 GiB, got shape [${shape}] of ${kind}`);
  const offset = reserve(byteLength);
  kernels.liveArrays.count += 1;
  let disposed = false;
  return kernelArray(kernels, kind, shape, {
    offset: () => {
      if (disposed)
        throw new Error(`kernel array: expected one in use, got a disposed one of shape [${shape}]`);
      return offset;
    },
    release: () => {
      if (disposed) return;
      disposed = true;
      kernels.raw.release(offset, byteLength);
      kernels.liveArrays.count -= 1;
      if (kernels.liveArrays.count === 0) kernels.raw.releaseWorkspaces();
    },
  });
}

function kernelArray<Kind extends ElementKind>(
  kernels: Kernels,
  kind: Kind,
  shape: readonly number[],
  storage: Storage,
): KernelArray<Kind> {
  const length = lengthOf(shape);
  const view = () => viewOf(kind, kernels.linearMemory.buffer, storage.offset(), length);
  return {
    kind,
    kernels,
    shape: Object.freeze([...shape]),
    length,
    get offset() {
      return storage.offset();
    },
    view,
    set(values) {
      if (values.length !== length) {
        throw new Error(`kernel array: expected ${length} values for shape [${shape}], got ${values.length}`);
      }
      refuseUnfit(kind, values);
      view().set(values);
    },
    dispose: storage.release,
    [Symbol.dispose]: storage.release,
  };
}

function refuseUnfit(kind: ElementKind, values: ArrayLike<number>): void {
  const { fits, expected } = elementValues[kind];
  for (let index = 0; index < values.length; index++) {
    if (!fits(values[index] ?? Number.NaN)) {
      throw new Error(`kernel array: expected ${expected}, got ${values[index]} at index ${index}`);
    }
  }
}

/** What each element type holds; a typed array would round, wrap or overflow silently. */
const elementValues: Record<ElementKind, { fits(value: number): boolean; expected: string }> = {
  float32: { fits: (value) => Number.isFinite(Math.fround(value)), expected: 'finite values within float32' },
  float64: { fits: Number.isFinite, expected: 'finite values' },
  int32: {
    fits: (value) => value === (value | 0),
    expected: 'whole numbers from -2^31 to 2^31 - 1',
  },
  uint32: {
    fits: (value) => value >= 0 && value === Math.trunc(value) && value < 2 ** 32,
    expected: 'whole numbers from 0 to 2^32 - 1',
  },
  uint8: {
    fits: (value) => value >= 0 && value === Math.trunc(value) && value < 256,
    expected: 'whole numbers from 0 to 255',
  },
};

function viewOf<Kind extends ElementKind>(
  kind: Kind,
  memory: ArrayBuffer,
  offset: number,
  length: number,
): ElementViews[Kind] {
  return new viewConstructors[kind](memory, offset, length);
}

const viewConstructors: {
  [Kind in ElementKind]: new (
    memory: ArrayBuffer,
    offset: number,
    length: number,
  ) => ElementViews[Kind];
} = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
};

const bytesPerElement: Record<ElementKind, number> = {
  float32: 4,
  float64: 8,
  int32: 4,
  uint32: 4,
  uint8: 1,
};

function lengthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
