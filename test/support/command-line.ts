// Runs the program as a user does: its bin in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
export const bin = path.join(repositoryRoot, 'packages', 'cli', 'bin', 'hebblab.js');

export interface Outcome {
  /** null where a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `hebblab ARGUMENTS` to its end. */
export function hebblab(parameters: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  return outcomeOf(startHebblab(parameters, options));
}

/** Starts `hebblab ARGUMENTS` for tests that send signals. No data set of the machine is seen. */
export function startHebblab(parameters: readonly string[], options: CommandOptions = {}): ChildProcess {
  return spawn(process.execPath, [bin, ...parameters], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...process.env, npm_command: undefined, HEBBLAB_DATA: '', HEBBLAB_STACK: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What a started process wrote and how it ended. */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The lines of stderr without those that tell progress. */
export function faultLines({ stderr }: Outcome): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('loading '));
}

/** A temporary folder that goes with `using`. */
export function temporaryFolder(): Disposable & { readonly path: string; names(): string[] } {
  const folder = mkdtempSync(path.join(tmpdir(), 'hebblab-command-line-'));
  return {
    path: folder,
    names: () => readdirSync(folder).sort(),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
