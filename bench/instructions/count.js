import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('count.py', import.meta.url));
const wasm = fileURLToPath(new URL('../../packages/wasm/artefacts/simd128/hebblab_bg.wasm', import.meta.url));

/** A Python that has wasmtime: HEBBLAB_PYTHON or python3. */
export function findWasmtime() {
  const commands = [process.env.HEBBLAB_PYTHON, 'python3'];
  return commands.find(
    (command) => command && spawnSync(command, ['-c', 'import wasmtime'], { stdio: 'ignore' }).status === 0,
  );
}

/**
 * Instructions that each recorded case executes.
 *
 * @param {string} python
 * @param {import('./record.js').RecordedCase[]} cases
 * @param {string} folder for what is passed
 * @returns {Record<string, number>}
 */
export function countInstructions(python, cases, folder) {
  const request = path.join(folder, 'cases.json');
  writeFileSync(request, JSON.stringify({ wasm, cases }));
  const { status, stdout, stderr } = spawnSync(python, [program, request], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`instructions: expected ${python} to count, got: ${stderr}`);
  return JSON.parse(stdout);
}
