import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@hebblab/experiments';
import { programVersion } from './version.js';

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

/** Only of a checkout of this project: an installed package may lie in somebody else's. */
function checkedOutCommit(): string {
  const here = fileURLToPath(new URL('..', import.meta.url));
  if (here.includes('node_modules')) return 'unknown';
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: here,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
