import type { Float32Buffer, KernelArray, Kernels } from '@hebblab/wasm';
import { engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { openedBackend } from './activation.js';
import type { HebblabBackend } from './backend.js';
import { backendName } from './backend-name.js';
import { ofKind, type TensorElement } from './tensor-array.js';

/**
 * A tensor over an array of @hebblab/wasm: nothing is copied, and what is written to one is seen in the other.
 * The array stays its owner's: it must live as long as the tensor and everything that shares its values
 * (reshapes, clones); disposing of the tensor leaves it as it is.
 *
 * @throws where the backend is not active, or the array belongs to another instance of the kernels
 * @example
 * const images = tensorOver(batch); // [100, 784]
 */
export function tensorOver(array: Float32Buffer): Tensor {
  const backend = activeBackend('tensorOver');
  if (array.kernels !== backend.kernels) {
    throw new Error(
      'tensorOver: expected an array of the kernels that the backend uses, got one of another instance',
    );
  }
  return engine().makeTensorFromTensorInfo(backend.borrow(array, array.shape, 'float32'), backend);
}

/**
 * The array in kernel memory that holds a tensor's values, for calls of @hebblab/wasm. It is valid as long as the
 * tensor is; it is not to be disposed of.
 *
 * @param tensor of float32, int32 or bool
 * @param kind the type of its elements in kernel memory: that of the tensor, `uint8` for bool
 * @throws where the backend is not active or the tensor has another type
 * @example
 * winners(backendKernels(), kernelArrayOf(currents, 'float32'), 2, out);
 */
export function kernelArrayOf<Kind extends TensorElement>(tensor: TensorInfo, kind: Kind): KernelArray<Kind> {
  return ofKind(activeBackend('kernelArrayOf').arrayOf(tensor), kind);
}

/**
 * The kernels that the backend computes with, so that arrays for it can be made.
 *
 * @throws where the backend is not in use
 * @example
 * const batch = allocateFloat32(backendKernels(), [100, 784]);
 */
export function backendKernels(): Kernels {
  return activeBackend('backendKernels').kernels;
}

function activeBackend(operation: string): HebblabBackend {
  const backend = openedBackend();
  if (backend !== undefined) return backend;
  throw new Error(`${operation}: expected the backend ${backendName} to be set, got none in use`);
}
