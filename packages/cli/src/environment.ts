import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { DataError } from '@hebblab/data';
import type { Environment } from '@hebblab/experiments';
import { detectWasmFeatures, type Kernels, type OpenOptions, openKernels } from '@hebblab/wasm';

const manifestUrl = new URL('../package.json', import.meta.url);

export const programVersion: string = JSON.parse(readFileSync(manifestUrl, 'utf8')).version;

/** What this machine and program are, for the manifest of a run. */
export function describeEnvironment(): Environment {
  return {
    version: programVersion,
    commit: checkedOutCommit(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: os.cpus()[0]?.model ?? 'unknown',
  };
}

/**
 * Opens the kernels. Node 20 has relaxed SIMD behind a flag of its engine; the flag is process-wide, which a command
 * line may set and a library may not.
 */
export async function openKernelsForCommand(variant: string): Promise<Kernels> {
  if (variant !== 'auto' && variant !== 'simd128' && variant !== 'relaxed') {
    throw new DataError(`--variant: expected auto, simd128 or relaxed, got ${variant}`);
  }
  if (variant !== 'simd128' && !detectWasmFeatures().relaxedSimd)
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  const options: OpenOptions = { variant };
  return openKernels(options);
}

/** Refuses more threads than there are, and says why. */
export function expectThreads(threads: string): void {
  if (threads === 'auto' || threads === '1') return;
  throw new DataError(
    `--threads: expected auto or 1, as this version has no threaded kernels, got ${threads}`,
  );
}

/** A number of an option. */
export function parseWholeNumber(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
      throw new DataError(`${option}: expected a whole number >= 0, got ${text}`);
    }
    return value;
  };
}

/** The commit of hebblab's own checkout: one that tracks this package, not one that it was installed into. */
function checkedOutCommit(): string {
  const cwd = fileURLToPath(new URL('.', manifestUrl));
  const git = (...parameters: string[]) =>
    execFileSync('git', parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    git('ls-files', '--error-unmatch', 'package.json');
    return git('rev-parse', 'HEAD');
  } catch {
    return 'unknown';
  }
}
