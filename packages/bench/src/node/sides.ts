import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchConfiguration, FilesBuild } from './configuration.js';
import { commitOf, filesOfCommit, hasFile } from './git.js';
import { InputError } from './input-error.js';

/** Where the files of one side of a comparison come from. */
export type Source =
  | { readonly kind: 'working tree' }
  | { readonly kind: 'commit'; readonly ref: string; readonly commit: string }
  /** Files of that folder take the place of those of the same name. */
  | { readonly kind: 'files'; readonly folder: string };

/**
 * What a name on the command line means: a file's folder, or a commit.
 *
 * @throws InputError where it is neither
 */
export function sourceOf({ root }: BenchConfiguration, from: string, name: string): Source {
  const file = path.resolve(from, name);
  if (/\.(wasm|m?js)$/.test(name)) {
    if (!existsSync(file)) throw new InputError(`bench: expected an artefact, found nothing at ${file}`);
    return { kind: 'files', folder: path.dirname(file) };
  }
  const commit = commitOf(root, name);
  if (commit === undefined)
    throw new InputError(
      `bench: expected a commit, an artefact (.wasm, .js) or a stored result (.json), got ${name}`,
    );
  return { kind: 'commit', ref: name, commit };
}

/** A build unpacked into a folder of its own. */
export interface Side {
  /** Imports and opens it; each time a new instance, which shares nothing with the others. */
  open(): Promise<unknown>;
  /** Ends what was opened. */
  close(opened: unknown): Promise<void>;
  /** Deletes the folder. */
  dispose(): void;
}

/**
 * Unpacks a build. Its folder is below `node_modules/.cache` of the project, so that packages are found from there.
 *
 * @throws InputError where the source lacks a file of the build
 */
export function unpack(configuration: BenchConfiguration, build: FilesBuild, source: Source): Side {
  const cache = path.join(configuration.root, 'node_modules', '.cache', 'hebblab-bench');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, `${build.name.replaceAll(/\W/g, '-')}-`));
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  try {
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
    fill(folder, configuration, build, source);
    if (build.make !== undefined) runMake(folder, configuration, build.make);
  } catch (error) {
    dispose();
    throw error;
  }
  const file = path.join(folder, build.files[0] ?? '');
  let instances = 0;
  return {
    dispose,
    async close(opened) {
      await configuration.close?.(opened);
    },
    async open() {
      instances += 1;
      const module: unknown = file.endsWith('.wasm')
        ? await WebAssembly.compile(readFileSync(file))
        : // An address of its own makes an instance of its own.
          await import(`${pathToFileURL(file).href}?instance=${instances}`);
      return configuration.open(module, {
        folder: path.dirname(file),
        file,
        build: build.name,
        threads: build.threads,
      });
    },
  };
}

/** Runs a command with the programs of the project's packages at hand, as npm does. */
export function runMake(folder: string, { root }: BenchConfiguration, command: string): void {
  const programs = path.join(root, 'node_modules', '.bin');
  const environment = { ...process.env, PATH: `${programs}${path.delimiter}${process.env.PATH ?? ''}` };
  const { status, stderr, stdout } = spawnSync(command, {
    cwd: folder,
    shell: true,
    encoding: 'utf8',
    env: environment,
  });
  if (status !== 0)
    throw new InputError(`bench: expected ${command} to succeed, got: ${(stderr || stdout).trim()}`);
}

/** The files that a source has: where there is a command, the first may be what it makes. */
function filesToFill(
  { files, make: command }: FilesBuild,
  exists: (name: string) => boolean,
): readonly string[] {
  return command === undefined ? files : files.filter((name, index) => index > 0 || exists(name));
}

function fill(folder: string, { root }: BenchConfiguration, build: FilesBuild, source: Source): void {
  if (source.kind === 'commit') {
    const files = filesToFill(build, (name) => hasFile(root, source.commit, name));
    for (const { path: name, bytes } of filesOfCommit(root, source.commit, files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), bytes);
    }
    return;
  }
  const files = filesToFill(build, (name) => existsSync(path.join(root, name)));
  let taken = 0;
  for (const name of files) {
    const replacement = source.kind === 'files' ? path.join(source.folder, path.basename(name)) : '';
    const replaced = source.kind === 'files' && existsSync(replacement);
    if (replaced) taken += 1;
    const from = replaced ? replacement : path.join(root, name);
    if (!existsSync(from))
      throw new InputError(`bench: expected a file of the build, found nothing at ${from}`);
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    cpSync(from, path.join(folder, name), { recursive: true });
  }
  if (source.kind === 'files' && taken === 0)
    throw new InputError(
      `bench: expected a file named like one of ${files.map((name) => path.basename(name)).join(', ')} in ${source.folder}, found none`,
    );
}
