import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/** What an example did: its output, and the folder in which it ran, with every file that it wrote. */
export interface ExampleRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
}

/** Every ```js block of a Markdown file, in order. */
export function readExamples(markdown: URL): readonly string[] {
  return Array.from(
    readFileSync(markdown, 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm),
    (match) => match[1] ?? '',
  );
}

/** What an example promises to print: the comments behind its calls of console.log, a line each. */
export function promisedLines(example: string): readonly string[] {
  return Array.from(example.matchAll(/console\.log\(.*\); \/\/ (.*)/g), (match) => match[1] ?? '');
}

/**
 * Runs an example as a module of its own in an empty folder in which all packages are installed, as a user
 * would, and shows the run to `inspect` before the folder is deleted.
 */
export function runExample(example: string, inspect: (run: ExampleRun) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'hebblab-example-'));
  try {
    installPackages(path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'example.mjs'), example);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    inspect({ status, stdout, stderr, folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function installPackages(modules: string): void {
  for (const name of readdirSync(packages)) {
    const source = path.join(packages, name);
    const manifest = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')) as { name: string };
    const link = path.join(modules, ...manifest.name.split('/'));
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(source, link, 'junction');
  }
}
