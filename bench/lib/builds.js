// Builds of any commit, opened side by side in one process for `hebblab bench`: see bench.config.js.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { detectWasmFeatures } from '@hebblab/wasm';
import { multiplyAddLoop } from './multiply-add-peak.js';

/**
 * Kernels on the generated functions of a build, which `openKernels` would share within a process.
 *
 * @param {any} glue the module that was imported
 * @param {{ folder: string, build: string }} place
 * @returns {Promise<import('@hebblab/wasm').Kernels>}
 */
export async function openBuild(glue, { folder, build }) {
  const variant = build === 'relaxed' ? 'relaxed' : 'simd128';
  // Node 20 has relaxed SIMD behind a flag of V8.
  if (variant === 'relaxed' && !detectWasmFeatures().relaxedSimd)
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  const { memory } = await glue.default({
    module_or_path: readFileSync(path.join(folder, 'hebblab_bg.wasm')),
  });
  return {
    variant,
    features: detectWasmFeatures(),
    threads: 1,
    threadsReason: 'as asked',
    state: 'open',
    dispose: async () => {},
    raw: glue,
    linearMemory: memory,
    liveArrays: { count: 0 },
  };
}

export const peakProbes = ['f32', 'f64'].map((precision) => ({
  name: `multiply-add peak, ${precision}`,
  flops: multiplyAddLoop('simd128', precision).flops,
  setup: ({ variant }) => multiplyAddLoop(variant, precision),
  run: (_, loop) => loop.run(),
}));

export function peakOf({ precision }) {
  return precision === undefined ? undefined : `multiply-add peak, ${precision}`;
}
