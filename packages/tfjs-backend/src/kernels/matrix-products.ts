import { batchedGemm, type GemmForm } from '@hebblab/wasm';
import {
  type _FusedMatMulAttrs,
  type BatchMatMulAttrs,
  broadcast_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { finishActivation } from './fused-activations.js';
import { floatOutput, floatsOf, haveType, inputOf, type KernelCall, type OwnKernel } from './own-kernel.js';

/** Products of matrices, batched and broadcast. */
export const matrixProducts: readonly OwnKernel[] = [
  {
    kernelName: 'BatchMatMul',
    accepts: (call) => haveType(call, 'float32', 'a', 'b'),
    run: (call) =>
      multiply(call, call.attrs as unknown as BatchMatMulAttrs, { bias: undefined, relu: false }),
  },
  {
    kernelName: '_FusedMatMul',
    accepts: (call) => haveType(call, 'float32', 'a', 'b', 'bias') && hasBiasPerColumn(call),
    run: (call) => {
      const attrs = call.attrs as unknown as _FusedMatMulAttrs;
      const product = multiply(call, attrs, { bias: call.inputs.bias, relu: attrs.activation === 'relu' });
      return finishActivation(call, product, attrs);
    },
  },
];

interface Epilogue {
  readonly bias: TensorInfo | undefined;
  readonly relu: boolean;
}

function multiply(call: KernelCall, transposed: BatchMatMulAttrs, { bias, relu }: Epilogue): TensorInfo {
  const [a, b] = [inputOf(call, 'a'), inputOf(call, 'b')];
  const { transposeA, transposeB } = transposed;
  util.assert(
    a.shape.length >= 2 && b.shape.length >= 2,
    () => `Error in matMul: expected tensors of rank 2 or more, got shapes [${a.shape}] and [${b.shape}].`,
  );
  const [aBatch, rows, inner] = matricesOf(a.shape, transposeA);
  const [bBatch, innerOfB, columns] = matricesOf(b.shape, transposeB);
  const batch = broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  util.assert(
    inner === innerOfB,
    () =>
      `Error in matMul: inner shapes (${inner}) and (${innerOfB}) of Tensors with shapes ${a.shape} and ` +
      `${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const { backend } = call;
  const { info, values } = floatOutput(backend, [...batch, rows, columns]);
  batchedGemm(backend.kernels, {
    form: formOf(transposeA, transposeB),
    rows,
    columns,
    inner,
    aBatch,
    bBatch,
    a: floatsOf(backend, a),
    b: floatsOf(backend, b),
    out: values,
    bias: bias == null ? undefined : floatsOf(backend, bias),
    activation: relu ? 'relu' : undefined,
  });
  return info;
}

/** The batch, and the sizes of op(matrix). */
function matricesOf(shape: readonly number[], transposed: boolean): [number[], number, number] {
  const [first = 1, second = 1] = shape.slice(-2);
  return transposed ? [shape.slice(0, -2), second, first] : [shape.slice(0, -2), first, second];
}

function formOf(transposeA: boolean, transposeB: boolean): GemmForm {
  return `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;
}

/** tfjs-core lets a bias have any shape that broadcasts to the product; the usual one is a value for each column. */
function hasBiasPerColumn(call: KernelCall): boolean {
  const { bias } = call.inputs;
  if (bias == null) return true;
  const { transposeB } = call.attrs as unknown as _FusedMatMulAttrs;
  const [, , columns] = matricesOf(inputOf(call, 'b').shape, transposeB);
  return bias.shape.at(-1) === columns && util.sizeFromShape(bias.shape) === columns;
}
