import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inExampleFolder } from './example-folder.js';

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
  inExampleFolder((folder) => {
    writeFileSync(path.join(folder, 'example.mjs'), example);
    const options = { cwd: folder, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], options);
    inspect({ status, stdout, stderr, folder });
  });
}
