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

/** The commit of hebblab's own checkout: one that tracks this package, not one that it was installed into. */
function checkedOutCommit(): string {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const git = (...parameters: string[]) =>
    execFileSync('git', parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    git('ls-files', '--error-unmatch', 'package.json');
    return git('rev-parse', 'HEAD');
  } catch {
    return 'unknown';
  }
}
