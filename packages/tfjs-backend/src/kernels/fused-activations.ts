import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import { finishWith, type KernelCall } from './own-kernel.js';

interface FusedAttributes {
  readonly activation: backend_util.Activation;
  readonly leakyreluAlpha?: number;
}

/** Applies the activation of a fused operation, but for ReLU, which its kernel has applied already. */
export function finishActivation(
  { inputs, backend }: KernelCall,
  result: TensorInfo,
  { activation, leakyreluAlpha }: FusedAttributes,
): TensorInfo {
  if (activation == null || activation === 'linear' || activation === 'relu') return result;
  if (activation === 'prelu') {
    return finishWith(backend, 'Prelu', { x: result, alpha: inputs.preluActivationWeights }, {}, [result]);
  }
  const attrs = activation === 'leakyrelu' ? { alpha: leakyreluAlpha ?? 0.2 } : {};
  return finishWith(backend, kernelNames[activation], { x: result }, attrs, [result]);
}

const kernelNames = { relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid', leakyrelu: 'LeakyRelu' } as const;
