import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Node 20 runs relaxed SIMD behind a flag that later versions do not know. */
export const relaxedFlags = nodeMajor() < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a module in a Node process of its own, where nothing is open yet; gives what it prints as JSON. */
export async function inFreshProcess(program: string, flags: readonly string[] = []): Promise<unknown> {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const parameters = [...flags, '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, {
    cwd: packageFolder,
    env: environment,
  });
  return JSON.parse(stdout);
}

export function nodeMajor(): number {
  return Number(process.versions.node.split('.')[0]);
}
