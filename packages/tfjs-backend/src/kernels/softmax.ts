import { type Float32Buffer, logSoftmax, softmax } from '@hebblab/wasm';
import { floatOutput, floatsOf, haveType, inputOf, type KernelCall, type OwnKernel } from './own-kernel.js';

type ApplyToRows = (
  kernels: KernelCall['backend']['kernels'],
  input: Float32Buffer,
  columns: number,
  out: Float32Buffer,
) => void;

/** Softmax and its logarithm along the last dimension, the only one that tfjs-core asks for. */
export const softmaxes: readonly OwnKernel[] = [ofRows('Softmax', softmax), ofRows('LogSoftmax', logSoftmax)];

function ofRows(kernelName: string, apply: ApplyToRows): OwnKernel {
  return {
    kernelName,
    accepts: (call) => haveType(call, 'float32', 'logits') && (inputOf(call, 'logits').shape.at(-1) ?? 1) > 0,
    run: (call) => {
      const { backend } = call;
      const logits = inputOf(call, 'logits');
      const input = floatsOf(backend, logits);
      const { info, values } = floatOutput(backend, logits.shape);
      apply(backend.kernels, input, logits.shape.at(-1) ?? 1, values);
      return info;
    },
  };
}
