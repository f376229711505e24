import {
  getKernel,
  getKernelsForBackend,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { backendName } from './backend-name.js';
import { registerGradients } from './gradients/register.js';
import { binaryFunctions } from './kernels/binary.js';
import { conversions } from './kernels/conversions.js';
import { convolutions } from './kernels/convolutions.js';
import { depthwiseConvolutions } from './kernels/depthwise-convolutions.js';
import { drawing } from './kernels/drawing.js';
import { matrixProducts } from './kernels/matrix-products.js';
import { movements } from './kernels/movements.js';
import type { KernelCall, OwnKernel } from './kernels/own-kernel.js';
import { poolings } from './kernels/pooling.js';
import { reductions } from './kernels/reductions.js';
import { softmaxes } from './kernels/softmax.js';
import { unaryFunctions } from './kernels/unary.js';
import { views } from './kernels/views.js';

/** Every kernel that runs by code of ours, where it takes a call. */
const ownKernels: readonly OwnKernel[] = [
  ...binaryFunctions,
  ...conversions,
  ...convolutions,
  ...depthwiseConvolutions,
  ...drawing,
  ...matrixProducts,
  ...movements,
  ...poolings,
  ...reductions,
  ...softmaxes,
  ...unaryFunctions,
  ...views,
];

/** Names of the kernels that run on the arrays of `@hebblab/wasm`, for the types and layouts that they take. */
export const ownKernelNames: readonly string[] = ownKernels.map(({ kernelName }) => kernelName);

/** Registers our kernels, and for all others those of tfjs-backend-cpu. A second call changes nothing. */
export function registerKernels(): void {
  const own = new Map(ownKernels.map((kernel) => [kernel.kernelName, kernel]));
  for (const config of getKernelsForBackend('cpu')) {
    const kernel = own.get(config.kernelName);
    register(config.kernelName, kernel === undefined ? config.kernelFunc : withFallback(kernel, config));
    own.delete(config.kernelName);
  }
  for (const kernel of own.values()) register(kernel.kernelName, withoutFallback(kernel));
}

function register(kernelName: string, run: KernelFunc): void {
  if (getKernel(kernelName, backendName) !== undefined) unregisterKernel(kernelName, backendName);
  registerKernel({
    kernelName,
    backendName,
    // tfjs-core calls this whenever the backend is set: another copy of it may have registered its gradients since.
    ...(kernelName === 'Identity' ? { setupFunc: registerGradients } : {}),
    kernelFunc: (call) => {
      refuseDisposed(kernelName, call);
      return callOf(call).backend.withoutRemains(() => run(call));
    },
  });
}

function withFallback(kernel: OwnKernel, { kernelFunc }: KernelConfig): KernelFunc {
  return (parameters) => {
    const call = callOf(parameters);
    return kernel.accepts(call) ? kernel.run(call) : kernelFunc(parameters);
  };
}

function withoutFallback(kernel: OwnKernel): KernelFunc {
  return (parameters) => {
    const call = callOf(parameters);
    if (kernel.accepts(call)) return kernel.run(call);
    const types = Object.values(call.inputs).map((input) => input?.dtype);
    throw new Error(
      `${kernel.kernelName}: expected tensors of types that the hebblab backend has, got ${types}`,
    );
  };
}

/** tfjs-core leaves attributes out where an operation has none, and types its backend as any object. */
function callOf({ inputs, attrs, backend }: Parameters<KernelFunc>[0]): KernelCall {
  return { inputs, attrs: attrs ?? {}, backend: backend as KernelCall['backend'] };
}

/**
 * Else tfjs-core would look for the values in other backends, and report that as a fault of its own. A disposed tensor
 * whose values a clone keeps alive is let through, as by tfjs-core.
 */
function refuseDisposed(kernelName: string, { inputs, backend }: Parameters<KernelFunc>[0]): void {
  const { data } = backend as KernelCall['backend'];
  for (const [name, input] of Object.entries(inputs)) {
    const tensor = input as (TensorInfo & { readonly isDisposed?: boolean }) | undefined;
    if (tensor?.isDisposed && !data.has(tensor.dataId)) {
      throw new Error(`${kernelName}: Tensor is disposed. It was given as ${name}.`);
    }
  }
}
