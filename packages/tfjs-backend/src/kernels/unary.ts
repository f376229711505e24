import { clip, type Float32Buffer, leakyRelu, step, type UnaryFunction, unary } from '@hebblab/wasm';
import type { ClipByValueAttrs, LeakyReluAttrs, NamedAttrMap, StepAttrs } from '@tensorflow/tfjs-core';
import { floatOutput, floatsOf, haveType, inputOf, type KernelCall, type OwnKernel } from './own-kernel.js';

type Kernels = KernelCall['backend']['kernels'];
type Apply = (kernels: Kernels, input: Float32Buffer, out: Float32Buffer, attrs: NamedAttrMap) => void;

/** Functions of one float32 value at a time. */
export const unaryFunctions: readonly OwnKernel[] = [
  plain('Abs', 'abs'),
  plain('Neg', 'neg'),
  plain('Exp', 'exp'),
  plain('Expm1', 'expm1'),
  plain('Log', 'log'),
  plain('Log1p', 'log1p'),
  plain('Sqrt', 'sqrt'),
  plain('Rsqrt', 'rsqrt'),
  plain('Square', 'square'),
  plain('Reciprocal', 'reciprocal'),
  plain('Relu', 'relu'),
  plain('Relu6', 'relu6'),
  plain('Elu', 'elu'),
  plain('Selu', 'selu'),
  plain('Sigmoid', 'sigmoid'),
  plain('Softplus', 'softplus'),
  plain('Tanh', 'tanh'),
  plain('Sign', 'sign'),
  plain('Floor', 'floor'),
  plain('Ceil', 'ceil'),
  plain('Round', 'round'),
  plain('Sin', 'sin'),
  plain('Cos', 'cos'),
  plain('Erf', 'erf'),
  unaryKernel('LeakyRelu', (kernels, input, out, attrs) =>
    leakyRelu(kernels, (attrs as unknown as LeakyReluAttrs).alpha, input, out),
  ),
  unaryKernel('Step', (kernels, input, out, attrs) =>
    step(kernels, (attrs as unknown as StepAttrs).alpha, input, out),
  ),
  unaryKernel('ClipByValue', (kernels, input, out, attrs) => {
    const { clipValueMin, clipValueMax } = attrs as unknown as ClipByValueAttrs;
    clip(kernels, clipValueMin, clipValueMax, input, out);
  }),
];

function plain(kernelName: string, name: UnaryFunction): OwnKernel {
  return unaryKernel(kernelName, (kernels, input, out) => unary(kernels, name, input, out));
}

function unaryKernel(kernelName: string, apply: Apply): OwnKernel {
  return {
    kernelName,
    accepts: (call) => haveType(call, 'float32', 'x'),
    run: (call) => {
      const { backend, attrs } = call;
      const x = inputOf(call, 'x');
      const input = floatsOf(backend, x);
      const { info, values } = floatOutput(backend, x.shape);
      apply(backend.kernels, input, values, attrs);
      return info;
    },
  };
}
