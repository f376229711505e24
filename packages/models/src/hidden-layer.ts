import { allocateFloat32, effectiveWeights, type Float32Buffer, gemm, type Kernels } from '@hebblab/wasm';
import type { HiddenLayer } from './model.js';
import { buildOwning } from './owned-parts.js';

/** A hidden layer in kernel memory, ready for pre-activations. */
export interface OpenHiddenLayer {
  /** out [count, hidden] = h of inputs [count, inputs] */
  preactivations(inputs: Float32Buffer, out: Float32Buffer): void;
  /** out [count, inputs] = the gradient by the inputs, from the gradient by h [count, hidden] */
  inputGradient(gradient: Float32Buffer, out: Float32Buffer): void;
  dispose(): void;
}

/** Copies a layer's weights into kernel memory. */
export function openHiddenLayer(
  kernels: Kernels,
  layer: HiddenLayer,
  { inputs, hidden }: { readonly inputs: number; readonly hidden: number },
): OpenHiddenLayer {
  return buildOwning((own, dispose) => {
    if (layer.kind === 'dense') {
      const weights = own(allocateFloat32(kernels, [inputs, hidden]));
      weights.set(layer.weights);
      return {
        preactivations: (samples, out) => gemm(kernels, 'NN', samples, weights, out),
        inputGradient: (gradient, out) => gemm(kernels, 'NT', gradient, weights, out),
        dispose,
      };
    }
    const effective = own(allocateFloat32(kernels, [hidden, inputs]));
    using weights = allocateFloat32(kernels, [hidden, inputs]);
    weights.set(layer.weights);
    effectiveWeights(kernels, layer.p, weights, effective);
    return {
      preactivations: (samples, out) => gemm(kernels, 'NT', samples, effective, out),
      inputGradient: (gradient, out) => gemm(kernels, 'NN', gradient, effective, out),
      dispose,
    };
  });
}
