import { setFlagsFromString } from 'node:v8';
import { DataError } from '@hebblab/data';
import { detectWasmFeatures, type Kernels, openKernels } from '@hebblab/wasm';

/** What the option `--threads` gives. */
export type Threads = number | 'auto';

/** Kernels of a command. */
export interface KernelsWanted {
  readonly variant: string;
  readonly threads: Threads;
}

/**
 * Opens the kernels. Node 20 has relaxed SIMD behind a flag of its engine; the flag is process-wide, which a command
 * line may set and a library may not.
 */
export async function openKernelsForCommand({ variant, threads }: KernelsWanted): Promise<Kernels> {
  if (variant !== 'auto' && variant !== 'simd128' && variant !== 'relaxed') {
    throw new DataError(`--variant: expected auto, simd128 or relaxed, got ${variant}`);
  }
  if (variant !== 'simd128' && !detectWasmFeatures().relaxedSimd)
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (variant === 'relaxed' && !detectWasmFeatures().relaxedSimd)
    throw new DataError(
      `--variant: expected a variant of this engine, got relaxed, which Node ${process.version} lacks`,
    );
  return openKernels({ variant, threads });
}
