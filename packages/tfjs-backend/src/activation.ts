import { type Kernels, type OpenOptions, openKernels } from '@hebblab/wasm';
import { engine, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { HebblabBackend } from './backend.js';
import { backendName } from './backend-name.js';

/** How the backend opens its kernels, `threads` being `auto` where it is not given; or kernels that are open already. */
export type BackendOptions = OpenOptions | { readonly kernels: Kernels };

let options: BackendOptions = {};

/**
 * Says how the backend opens its kernels, or which it shares with their other users. Call it before the backend is
 * first used, or after its kernels were disposed of or have failed, which ends all tensors in them; set the backend afterwards.
 *
 * @throws where the backend is open already, on other kernels than these
 * @example
 * configureBackend({ variant: 'simd128', threads: 2 });
 * await tf.setBackend('hebblab');
 */
export function configureBackend(wanted: BackendOptions): void {
  const opened = openedBackend();
  if (opened !== undefined && opened.kernels.state !== 'open') {
    removeBackend(backendName);
    offerBackend();
  } else if (opened !== undefined) {
    if ('kernels' in wanted && wanted.kernels === opened.kernels) return;
    throw new Error('configureBackend: expected a backend that is not open yet, got one in use');
  }
  options = wanted;
}

/** Offers the backend to tfjs-core: above tfjs-backend-cpu (1), webgl and wasm (2), so that importing it is choosing it. */
export function offerBackend(): void {
  registerBackend(backendName, openBackend, 3);
}

/** The factory that tfjs-core calls when the backend is first set. */
async function openBackend(): Promise<HebblabBackend> {
  if ('kernels' in options) return new HebblabBackend(options.kernels);
  return new HebblabBackend(await openKernels({ threads: 'auto', ...options }));
}

/** The backend, where it is open. tfjs-core's own `findBackend` would open it. */
export function openedBackend(): HebblabBackend | undefined {
  const backend = engine().registry[backendName];
  return backend instanceof HebblabBackend ? backend : undefined;
}
