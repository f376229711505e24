import { type Kernels, memoryUse } from '@hebblab/wasm';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  type backend_util,
  DataStorage,
  type DataType,
  engine,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { apartFromKernels, none, type Place, placeValues, StoredValues } from './stored-values.js';
import { allocateFor, elementKindOf, type TensorArray } from './tensor-array.js';

type BackendValues = backend_util.BackendValues;
type DataId = TensorInfo['dataId'];

/**
 * The storage of tensors in kernel memory. It extends the backend of tfjs-backend-cpu because kernels that are not
 * written here run by the code of that package, which asks its backend for more than the public interface has.
 */
export class HebblabBackend extends MathBackendCPU {
  readonly kernels: Kernels;
  declare data: DataStorage<StoredValues>;
  private readonly stored = new Set<StoredValues>();
  /** Outputs that were made since the outermost kernel began to run, for the case that it fails. */
  private outputs: DataId[] = [];

  constructor(kernels: Kernels) {
    super();
    this.kernels = kernels;
    this.data = new DataStorage(this, engine());
  }

  /** Copies a user's values in. */
  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    return this.store(new StoredValues(dtype, placeValues(this.kernels, values, shape, dtype)));
  }

  /** Takes the result of a kernel of tfjs-backend-cpu; it moves to kernel memory when first needed there. */
  override makeTensorInfo(shape: number[], dtype: DataType, values?: BackendValues | string[]): TensorInfo {
    const place: Place =
      values === undefined
        ? none
        : { kind: 'javascript', values: apartFromKernels(this.kernels, encoded(values, dtype)) };
    return { dataId: this.store(new StoredValues(dtype, place)), shape, dtype };
  }

  /** An output of a kernel of ours; the kernel writes every element. */
  makeOutputInfo(shape: readonly number[], dtype: DataType): { info: TensorInfo; array: TensorArray } {
    const kind = elementKindOf(dtype);
    if (kind === undefined) throw new Error(`hebblab backend: expected float32, int32 or bool, got ${dtype}`);
    const array = allocateFor(this.kernels, kind, shape);
    const dataId = this.store(new StoredValues(dtype, { kind: 'kernels', array, owned: true }));
    this.outputs.push(dataId);
    return { info: { dataId, shape: [...shape], dtype }, array };
  }

  /** Runs a kernel; where it fails, what it has made goes with it. Kernels may run others. */
  withoutRemains<Result>(run: () => Result): Result {
    const first = this.outputs.length;
    try {
      const result = run();
      if (first === 0) this.outputs = [];
      return result;
    } catch (error) {
      for (const dataId of this.outputs.splice(first)) this.disposeData(dataId, true);
      throw error;
    }
  }

  /** A tensor's values over an array that stays its owner's. */
  borrow(array: TensorArray, shape: readonly number[], dtype: DataType): TensorInfo {
    const dataId = this.store(new StoredValues(dtype, { kind: 'kernels', array, owned: false }));
    return { dataId, shape: [...shape], dtype };
  }

  /** A tensor's values in kernel memory. */
  arrayOf(tensor: TensorInfo): TensorArray {
    return this.data.get(tensor.dataId).array(this.kernels, tensor);
  }

  override move(
    dataId: DataId,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    this.keep(dataId, new StoredValues(dtype, placeValues(this.kernels, values, shape, dtype), refCount));
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  /** A copy: views of kernel memory detach when it grows. */
  override readSync(dataId: DataId): BackendValues {
    const { dtype, values, complexTensorInfos } = this.data.get(dataId);
    if (complexTensorInfos !== undefined) return super.readSync(dataId);
    return util.convertBackendValuesAndArrayBuffer(apartFromKernels(this.kernels, values), dtype);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const stored = this.data.get(dataId);
    stored.refCount -= 1;
    if (!force && stored.refCount > 0) return false;
    if (stored.complexTensorInfos !== undefined) {
      this.disposeData(stored.complexTensorInfos.real.dataId, true);
      this.disposeData(stored.complexTensorInfos.imag.dataId, true);
    }
    this.release(dataId, stored);
    return true;
  }

  /** Bytes of kernel memory in use and held, beside what tfjs-core counts itself. */
  override memory(): {
    unreliable: boolean;
    reasons: string[];
    kernelBytes: number;
    kernelBytesHeld: number;
  } {
    const { liveBytes, totalBytes } = memoryUse(this.kernels);
    return { unreliable: false, reasons: [], kernelBytes: liveBytes, kernelBytesHeld: totalBytes };
  }

  /** Returns the memory of every tensor; the kernels stay open for their other users. */
  override dispose(): void {
    if (this.kernels.state === 'open') for (const stored of this.stored) stored.release();
    this.stored.clear();
  }

  private store(stored: StoredValues): DataId {
    const dataId = {};
    this.keep(dataId, stored);
    return dataId;
  }

  private keep(dataId: DataId, stored: StoredValues): void {
    this.data.set(dataId, stored);
    this.stored.add(stored);
  }

  private release(dataId: DataId, stored: StoredValues): void {
    this.data.delete(dataId);
    this.stored.delete(stored);
    stored.release();
  }
}

/** Strings are kept as the bytes of their UTF-8 text. */
function encoded(values: BackendValues | string[], dtype: DataType): BackendValues {
  const isText = dtype === 'string' && Array.isArray(values) && typeof values[0] === 'string';
  return isText ? (values as string[]).map((text) => util.encodeString(text)) : (values as BackendValues);
}
