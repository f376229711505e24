// Builds of any commit, opened side by side in one process for `hebblab bench`: see bench.config.js.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { detectWasmFeatures } from '@hebblab/wasm';

/**
 * Kernels on the generated functions of a build, which `openKernels` would share within a process.
 *
 * @param {any} glue the module that was imported
 * @param {{ folder: string, file: string, build: string, threads: number }} place
 * @returns {Promise<import('@hebblab/wasm').Kernels>}
 */
export async function openBuild(glue, { folder, file, build, threads }) {
  const variant = build.startsWith('relaxed') ? 'relaxed' : 'simd128';
  // Node 20 has relaxed SIMD behind a flag of V8.
  if (variant === 'relaxed' && !detectWasmFeatures().relaxedSimd)
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  const bytes = readFileSync(path.join(folder, 'hebblab_bg.wasm'));
  const { memory, end } =
    threads > 1 ? await startThreads(glue, { bytes, file, threads }) : await startOne(glue, bytes);
  return {
    variant,
    features: detectWasmFeatures(),
    threads,
    threadsReason: 'as asked',
    state: 'open',
    dispose: end,
    raw: await withOwnParameters(glue, variant),
    linearMemory: memory,
    liveArrays: { count: 0 },
  };
}

async function startOne(glue, bytes) {
  const { memory } = await glue.default({ module_or_path: bytes });
  return { memory, end: async () => {} };
}

/** A pool as that of `@hebblab/wasm` (pool.ts), whose threads import the functions of this build. */
async function startThreads(glue, { bytes, file, threads }) {
  const module = await WebAssembly.compile(bytes);
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 65536, shared: true });
  await glue.default({ module_or_path: module, memory });
  const start = { glue: pathToFileURL(file).href, module, memory };
  const workers = Array.from(
    { length: threads - 1 },
    (_, index) =>
      new Worker(new URL('./build-thread.js', import.meta.url), {
        workerData: { ...start, thread: index + 1 },
        execArgv: [],
      }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  for (const worker of workers) worker.unref();
  while (glue.threadsWorkers() < threads - 1) await new Promise((resolve) => setTimeout(resolve, 1));
  return {
    memory,
    async end() {
      glue.threadsEnd();
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/**
 * The generated functions, but for those that take another number of parameters than now: the typed calls are of the
 * working tree, and would pass them wrong ones.
 */
async function withOwnParameters(glue, variant) {
  const now = await import(`../../packages/wasm/artefacts/${variant}/hebblab.js`);
  const changed = Object.entries(glue).filter(
    ([name, call]) =>
      typeof call === 'function' && now[name] !== undefined && now[name].length !== call.length,
  );
  if (changed.length === 0) return glue;
  const refusals = changed.map(([name, { length }]) => [
    name,
    () => {
      throw new Error(`${name}: expected ${now[name].length} parameters as now, got a build with ${length}`);
    },
  ]);
  return { ...glue, ...Object.fromEntries(refusals) };
}
