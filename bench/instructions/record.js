// What cases call: their setup runs here, and the calls of their run are written down with the memory before them, so
// that another engine can make the same calls on the same memory.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfiguration, readSuites, unpack } from '@hebblab/bench/node';

/** Larger products say nothing that smaller ones do not, and take long; searches for eigenpairs take minutes. */
const mostFlops = 1e9;
const isSearch = ({ name }) => name.startsWith('top ');

/**
 * A case of a suite as calls of the module.
 *
 * @typedef {{ name: string, memory: string, calls: { name: string, args: number[] }[] }} RecordedCase
 */

/**
 * @param {string} folder for the memories
 * @returns {Promise<RecordedCase[]>}
 */
export async function recordCases(folder) {
  const configuration = await readConfiguration(fileURLToPath(new URL('.', import.meta.url)));
  const suites = await readSuites(configuration.suites, configuration.ceilingOf);
  const build = configuration.builds.find(({ name }) => name === 'simd128');
  const side = unpack(configuration, build, { kind: 'working tree' });
  try {
    const recorded = [];
    for (const suite of suites) {
      for (const benchCase of suite.cases) {
        if (benchCase.slow || benchCase.work.flops > mostFlops || isSearch(benchCase)) continue;
        const memory = path.join(folder, `${recorded.length}.bin`);
        const calls = await recordCase(benchCase, side, memory);
        recorded.push({ name: `${suite.name}: ${benchCase.name}`, memory, calls });
      }
    }
    return recorded;
  } finally {
    side.dispose();
  }
}

/** Runs the case once before, as workspaces grow in the first run, and records the second. */
async function recordCase(benchCase, side, memoryFile) {
  const recorder = { on: false, calls: [] };
  const kernels = await openRecorded(side, recorder);
  const run = benchCase.prepare(kernels);
  run();
  writeFileSync(memoryFile, new Uint8Array(kernels.linearMemory.buffer));
  recorder.on = true;
  run();
  return recorder.calls;
}

/** The generated functions take the exports from what instantiates the module; they get recording ones here. */
async function openRecorded(side, recorder) {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...parameters) => {
    const made = await instantiate(...parameters);
    // Node makes instances of its own meanwhile, of modules that are compiled already.
    if (made instanceof WebAssembly.Instance) return made;
    return { instance: { exports: recording(made.instance.exports, recorder) }, module: made.module };
  };
  try {
    return await side.open();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

function recording(exports, recorder) {
  const entries = Object.entries(exports).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value];
    const call = (...args) => {
      if (recorder.on) recorder.calls.push({ name, args: args.map(Number) });
      return value(...args);
    };
    return [name, call];
  });
  return Object.fromEntries(entries);
}
