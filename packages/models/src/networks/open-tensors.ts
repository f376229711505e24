import { backendName, configureBackend } from '@hebblab/tfjs-backend';
import type { Kernels } from '@hebblab/wasm';
import { ready, setBackend } from '@tensorflow/tfjs-core';

/**
 * Makes tensors of tfjs-core live in the memory of these kernels: to be awaited before the first network is trained or
 * opened on them.
 *
 * @throws where tensors live in another instance of the kernels already
 * @example
 * await openTensors(kernels);
 */
export async function openTensors(kernels: Kernels): Promise<void> {
  configureBackend({ kernels });
  await setBackend(backendName);
  await ready();
}
