// Counts the instructions that the committed simd128 build executes for fixed inputs, and compares them with
// baseline.json: a gate that no noise moves. See README.md.
//
//   node bench/instructions/run.js              exit code 1 where a case needs more than 1 % more, or fails
//   node bench/instructions/run.js --update     write what was counted as the baseline
//
// It is skipped, and says so, where python3 (or HEBBLAB_PYTHON) has no wasmtime, unless HEBBLAB_REQUIRE names `instructions`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compareCounts, describeCounts } from './compare-counts.js';
import { countInstructions, findWasmtime } from './count.js';
import { recordCases } from './record.js';

const baselineFile = new URL('baseline.json', import.meta.url);

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
process.exitCode = await main();

async function main() {
  const python = findWasmtime();
  if (python === undefined) {
    const missing = 'no python3 with the package wasmtime found, HEBBLAB_PYTHON can name one';
    if (isRequired()) throw new Error(`instructions: ${missing}`);
    console.log(`instructions: skipped: ${missing}`);
    return 0;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hebblab-instructions-'));
  try {
    const counts = countInstructions(python, await recordCases(folder), folder);
    if (values.update) {
      writeFileSync(baselineFile, `${JSON.stringify(counts, null, 2)}\n`);
      console.log(`instructions: ${Object.keys(counts).length} counts written as the baseline`);
      return 0;
    }
    const compared = compareCounts(JSON.parse(readFileSync(baselineFile, 'utf8')), counts);
    console.log(describeCounts(compared));
    return compared.some(({ state }) => state === 'more' || state === 'gone') ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isRequired() {
  return (process.env.HEBBLAB_REQUIRE ?? '').split(',').includes('instructions');
}
