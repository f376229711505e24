import { type OpenOptions, openKernels } from '@hebblab/wasm';
import { engine } from '@tensorflow/tfjs-core';
import { HebblabBackend } from './backend.js';
import { backendName } from './backend-name.js';

/** How the backend opens its kernels; `threads` is `auto` where it is not given. */
export type BackendOptions = OpenOptions;

let options: BackendOptions = {};

/**
 * Says how the backend opens its kernels. Call it before the backend is first used.
 *
 * @throws where the backend is open already
 * @example
 * configureBackend({ variant: 'simd128', threads: 2 });
 * await tf.setBackend('hebblab');
 */
export function configureBackend(wanted: BackendOptions): void {
  if (openedBackend() !== undefined) {
    throw new Error('configureBackend: expected a backend that is not open yet, got one in use');
  }
  options = wanted;
}

/** The factory that tfjs-core calls when the backend is first set. */
export async function openBackend(): Promise<HebblabBackend> {
  return new HebblabBackend(await openKernels({ threads: 'auto', ...options }));
}

/** The backend, where it is open. tfjs-core's own `findBackend` would open it. */
export function openedBackend(): HebblabBackend | undefined {
  const backend = engine().registry[backendName];
  return backend instanceof HebblabBackend ? backend : undefined;
}
