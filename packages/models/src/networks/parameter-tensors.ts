import { tensorOver } from '@hebblab/tfjs-backend';
import type { Float32Buffer } from '@hebblab/wasm';
import { keep, type Tensor } from '@tensorflow/tfjs-core';

/** Tensors over parameters in kernel memory, which outlive any tidy. */
export function tensorsOver(arrays: Readonly<Record<string, Float32Buffer>>): {
  readonly tensors: Readonly<Record<string, Tensor>>;
  dispose(): void;
} {
  const tensors = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, keep(tensorOver(array))]),
  );
  return {
    tensors,
    dispose() {
      for (const tensor of Object.values(tensors)) tensor.dispose();
    },
  };
}
