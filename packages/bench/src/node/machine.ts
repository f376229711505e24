import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BenchConfiguration, Build } from './configuration.js';
import { commitOf, hasChanges } from './git.js';

/** What figures belong to. */
export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

/** This machine and engine. */
export function describeMachine(): Machine {
  return {
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
  };
}

/** In what two machines differ that changes speed; nothing where figures of both can be set side by side. */
export function machineDifferences(first: Machine, second: Machine): string[] {
  return (['cpu', 'cores', 'platform', 'node'] as const)
    .filter((part) => first[part] !== second[part])
    .map((part) => `${part} ${first[part]} and ${second[part]}`);
}

/** The commit that is checked out, where there is one, and whether its files were changed. */
export interface Checkout {
  readonly commit: string;
  readonly changed: boolean;
}

/** The history does not count: recording changes it. */
export function describeCheckout({ root, history }: BenchConfiguration): Checkout {
  const commit = commitOf(root, 'HEAD');
  return commit === undefined
    ? { commit: 'unknown', changed: false }
    : { commit, changed: hasChanges(root, history) };
}

/** SHA-256 over the files of a build, in their order, each with its name before it. Folders, and what is made later, count by name alone. */
export function buildHash({ root }: BenchConfiguration, build: Build): string {
  const hash = createHash('sha256');
  // The whole project has its commit.
  for (const name of build.kind === 'files' ? build.files : []) {
    hash.update(`${name}\0`);
    const file = path.join(root, name);
    if (existsSync(file) && statSync(file).isFile()) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}
