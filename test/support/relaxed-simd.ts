import { setFlagsFromString } from 'node:v8';
import { detectWasmFeatures } from '@hebblab/wasm';

/** Node 20 has relaxed SIMD behind a flag of its engine; Node 22 and later need none. */
export function enableRelaxedSimd(): void {
  if (!detectWasmFeatures().relaxedSimd) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
