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
 * @typedef {{ name: string, memory: string, calls: RecordedCall[] }} RecordedCase
 *
 * A call, with what JavaScript wrote into the memory since the call before it: pages as base64 by their offsets.
 * @typedef {{ name: string, args: number[], writes: { offset: number, bytes: string }[] }} RecordedCall
 */

/**
 * @param {string} folder for the memories
 * @returns {Promise<RecordedCase[]>}
 */
export async function recordCases(folder) {
  const configuration = await readConfiguration(fileURLToPath(new URL('.', import.meta.url)));
  const build = configuration.builds.find(({ name }) => name === 'simd128');
  const suites = await readSuites(build.suites, configuration.ceilingOf);
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
  const recorder = { memory: undefined, seen: undefined, calls: [] };
  const kernels = await openRecorded(side, recorder);
  const run = await benchCase.prepare(kernels);
  run();
  recorder.memory = kernels.linearMemory;
  recorder.seen = copyOf(recorder.memory);
  writeFileSync(memoryFile, recorder.seen);
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
      if (recorder.memory === undefined) return value(...args);
      recorder.calls.push({ name, args: args.map(Number), writes: writesSince(recorder) });
      const result = value(...args);
      recorder.seen = copyOf(recorder.memory);
      return result;
    };
    return [name, call];
  });
  return Object.fromEntries(entries);
}

const pageBytes = 4096;

/** Pages that differ from what the last call left. */
function writesSince({ memory, seen }) {
  const now = Buffer.from(memory.buffer);
  const writes = [];
  for (let offset = 0; offset < now.length; offset += pageBytes) {
    const page = now.subarray(offset, offset + pageBytes);
    if (page.equals(seen.subarray(offset, offset + pageBytes))) continue;
    writes.push({ offset, bytes: page.toString('base64') });
  }
  return writes;
}

function copyOf(memory) {
  return Buffer.from(new Uint8Array(memory.buffer).slice().buffer);
}
