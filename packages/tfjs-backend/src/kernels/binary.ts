import {
  type BinaryFunction,
  binary,
  binaryInt32,
  type Comparison,
  compare,
  type Int32BinaryFunction,
  logical,
  logicalNot,
} from '@hebblab/wasm';
import { broadcast_util, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  booleanOutput,
  booleansOf,
  floatOutput,
  floatsOf,
  haveType,
  inputOf,
  integerOutput,
  integersOf,
  type KernelCall,
  mostDimensions,
  type OwnKernel,
} from './own-kernel.js';

type Names = readonly [first: string, second: string];
const ab: Names = ['a', 'b'];

/** Functions of two values at a time, broadcast to each other. */
export const binaryFunctions: readonly OwnKernel[] = [
  arithmetic('Add', 'add', 'add'),
  arithmetic('Sub', 'sub', 'sub'),
  arithmetic('Multiply', 'mul', 'mul'),
  arithmetic('Maximum', 'maximum', 'maximum'),
  arithmetic('Minimum', 'minimum', 'minimum'),
  ofFloats('RealDiv', 'div', ['a', 'b']),
  ofFloats('Pow', 'pow', ['a', 'b']),
  ofFloats('SquaredDifference', 'squaredDifference', ['a', 'b']),
  ofFloats('Prelu', 'prelu', ['x', 'alpha']),
  ofFloats('EluGrad', 'eluGradient', ['dy', 'y']),
  comparison('Greater', 'greater'),
  comparison('GreaterEqual', 'greaterEqual'),
  comparison('Less', 'less'),
  comparison('LessEqual', 'lessEqual'),
  comparison('Equal', 'equal'),
  comparison('NotEqual', 'notEqual'),
  connective('LogicalAnd', 'and'),
  connective('LogicalOr', 'or'),
  {
    kernelName: 'LogicalNot',
    accepts: (call) => haveType(call, 'bool', 'x'),
    run: (call) => {
      const x = inputOf(call, 'x');
      const input = booleansOf(call.backend, x);
      const { info, values } = booleanOutput(call.backend, x.shape);
      logicalNot(call.backend.kernels, input, values);
      return info;
    },
  },
];

function arithmetic(kernelName: string, ofFloat: BinaryFunction, ofInteger: Int32BinaryFunction): OwnKernel {
  const floats = ofFloats(kernelName, ofFloat, ab);
  return {
    kernelName,
    accepts: (call) => floats.accepts(call) || takes(call, 'int32', ab),
    run: (call) => {
      if (floats.accepts(call)) return floats.run(call);
      const { a, b, shape } = operands(call, ab);
      const { backend } = call;
      const [first, second] = [integersOf(backend, a), integersOf(backend, b)];
      const { info, values } = integerOutput(backend, shape);
      binaryInt32(backend.kernels, ofInteger, first, a.shape, second, b.shape, values);
      return info;
    },
  };
}

function ofFloats(kernelName: string, name: BinaryFunction, names: Names): OwnKernel {
  return {
    kernelName,
    accepts: (call) => takes(call, 'float32', names),
    run: (call) => {
      const { a, b, shape } = operands(call, names);
      const { backend } = call;
      const [first, second] = [floatsOf(backend, a), floatsOf(backend, b)];
      const { info, values } = floatOutput(backend, shape);
      binary(backend.kernels, name, first, a.shape, second, b.shape, values);
      return info;
    },
  };
}

function comparison(kernelName: string, name: Comparison): OwnKernel {
  return {
    kernelName,
    accepts: (call) => takes(call, 'float32', ab) || takes(call, 'int32', ab),
    run: (call) => {
      const { a, b, shape } = operands(call, ab);
      const { backend } = call;
      const { kernels } = backend;
      if (a.dtype === 'float32') {
        const [first, second] = [floatsOf(backend, a), floatsOf(backend, b)];
        const { info, values } = booleanOutput(backend, shape);
        compare(kernels, name, first, a.shape, second, b.shape, values);
        return info;
      }
      const [first, second] = [integersOf(backend, a), integersOf(backend, b)];
      const { info, values } = booleanOutput(backend, shape);
      compare(kernels, name, first, a.shape, second, b.shape, values);
      return info;
    },
  };
}

function connective(kernelName: string, name: 'and' | 'or'): OwnKernel {
  return {
    kernelName,
    accepts: (call) => takes(call, 'bool', ab),
    run: (call) => {
      const { a, b, shape } = operands(call, ab);
      const { backend } = call;
      const [first, second] = [booleansOf(backend, a), booleansOf(backend, b)];
      const { info, values } = booleanOutput(backend, shape);
      logical(backend.kernels, name, first, a.shape, second, b.shape, values);
      return info;
    },
  };
}

function takes(call: KernelCall, dtype: TensorInfo['dtype'], names: Names): boolean {
  return (
    haveType(call, dtype, ...names) &&
    names.every((name) => inputOf(call, name).shape.length <= mostDimensions)
  );
}

function operands(
  call: KernelCall,
  [first, second]: Names,
): { a: TensorInfo; b: TensorInfo; shape: number[] } {
  const [a, b] = [inputOf(call, first), inputOf(call, second)];
  return { a, b, shape: broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape) };
}
