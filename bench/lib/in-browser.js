// How `hebblab bench run --browser` opens builds on a page: see bench.config.js.
import { detectWasmFeatures } from '@hebblab/wasm';

export { ceilingOf, probes } from './probes.js';

/** Kernels on the generated functions of a build, on one thread. */
export async function open(glue, { url, build }) {
  const features = detectWasmFeatures();
  if (build === 'relaxed' && !features.relaxedSimd)
    throw new Error('expected an engine that runs relaxed, got one without');
  const { memory } = await glue.default({
    module_or_path: new URL('hebblab_bg.wasm', new URL(url, document.baseURI)),
  });
  return {
    variant: build,
    features,
    threads: 1,
    threadsReason: 'as asked',
    state: 'open',
    dispose: async () => {},
    raw: glue,
    linearMemory: memory,
    liveArrays: { count: 0 },
  };
}

export const memoryOf = (kernels) => kernels?.linearMemory?.buffer.byteLength;
