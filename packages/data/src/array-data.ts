import { DataError } from './errors.js';

/** An array of any supported type with its shape, row-major: what .npy, .npz and .safetensors files hold. */
export type ArrayData = {
  [Dtype in keyof TypedArrays]: {
    readonly dtype: Dtype;
    /** Sizes, slowest first; [] for a single value. */
    readonly shape: readonly number[];
    readonly data: TypedArrays[Dtype];
  };
}[keyof TypedArrays];

/** Arrays by name, in the order of the file. */
export type NamedArrays = ReadonlyMap<string, ArrayData>;

/** The element types, by the names that NumPy gives them. A bool is stored as 0 or 1. */
export interface TypedArrays {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
}

export type Dtype = keyof TypedArrays;

/** What readers and writers do about NaN and Infinity; they refuse them unless told otherwise. */
export interface NonFiniteOptions {
  readonly nonFinite?: 'refuse' | 'accept';
}

/**
 * Throws where a value is NaN or infinite: inputs and weights are held to this at the border.
 *
 * @param operation what the message starts with.
 * @param what the name of the array in the message.
 * @throws DataError naming the first such value and its index.
 * @example
 * ```ts
 * refuseNonFinite('train', 'weights', weights);
 * ```
 */
export function refuseNonFinite(operation: string, what: string, values: Float32Array | Float64Array): void {
  // A sum is non-finite where a value is, and also where finite values overflow: only then is each looked at.
  if (Number.isFinite(sumOf(values))) return;
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new DataError(`${operation}: expected finite values, got ${values[at]} at index ${at} in ${what}`);
}

/** Refuses non-finite values of a float array unless the options accept them. */
export function checkFinite(
  operation: string,
  what: string,
  array: ArrayData,
  options: NonFiniteOptions,
): void {
  if (options.nonFinite === 'accept') return;
  if (array.dtype === 'float32' || array.dtype === 'float64') refuseNonFinite(operation, what, array.data);
}

/** Throws where an array to be written has the wrong number of values, the wrong storage or a bool other than 0, 1. */
export function checkArray(operation: string, what: string, array: ArrayData): void {
  const { dtype, shape, data } = array;
  if (!(data instanceof elementTypes[dtype].storage)) {
    throw new TypeError(
      `${operation}: expected a ${elementTypes[dtype].storage.name} for ${dtype} in ${what}`,
    );
  }
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0) || elementCount(shape) !== data.length) {
    throw new RangeError(
      `${operation}: expected ${elementCount(shape)} values for shape [${shape}], got ${data.length} in ${what}`,
    );
  }
  if (dtype === 'bool' && data.some((value) => value > 1)) {
    throw new RangeError(`${operation}: expected 0 or 1 for bool, got another value in ${what}`);
  }
}

/** How many values an array of this shape holds: 1 for []. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** How each type is stored: its size in bytes, its array, its NumPy code (little-endian) and its safetensors name. */
export const elementTypes: {
  readonly [D in Dtype]: {
    readonly bytes: number;
    readonly numpy: string;
    readonly safetensors: string;
    readonly storage: new (buffer: ArrayBuffer) => TypedArrays[D];
  };
} = {
  float32: { bytes: 4, numpy: 'f4', safetensors: 'F32', storage: Float32Array },
  float64: { bytes: 8, numpy: 'f8', safetensors: 'F64', storage: Float64Array },
  int8: { bytes: 1, numpy: 'i1', safetensors: 'I8', storage: Int8Array },
  int16: { bytes: 2, numpy: 'i2', safetensors: 'I16', storage: Int16Array },
  int32: { bytes: 4, numpy: 'i4', safetensors: 'I32', storage: Int32Array },
  int64: { bytes: 8, numpy: 'i8', safetensors: 'I64', storage: BigInt64Array },
  uint8: { bytes: 1, numpy: 'u1', safetensors: 'U8', storage: Uint8Array },
  uint16: { bytes: 2, numpy: 'u2', safetensors: 'U16', storage: Uint16Array },
  uint32: { bytes: 4, numpy: 'u4', safetensors: 'U32', storage: Uint32Array },
  uint64: { bytes: 8, numpy: 'u8', safetensors: 'U64', storage: BigUint64Array },
  bool: { bytes: 1, numpy: 'b1', safetensors: 'BOOL', storage: Uint8Array },
};

/** All supported types. */
export const dtypes = Object.keys(elementTypes) as Dtype[];

/** An array of the given type from a copy of its little-endian bytes; the length must fit. */
export function arrayFromBytes(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): ArrayData {
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  const data = new elementTypes[dtype].storage(buffer);
  // The table pairs each dtype with its storage, which the compiler cannot follow through a lookup.
  return { dtype, shape, data } as ArrayData;
}

/** The bytes of an array, not copied. */
export function bytesOfArray({ data }: ArrayData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** In four sums that do not wait for each other; attacks check every batch. */
function sumOf(values: Float32Array | Float64Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    first += values[i] as number;
    second += values[i + 1] as number;
    third += values[i + 2] as number;
    fourth += values[i + 3] as number;
  }
  for (let i = whole; i < values.length; i++) first += values[i] as number;
  return first + second + third + fourth;
}
