import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inExampleFolder } from './example-folder.js';

/** A program of a page, as it ran. */
export interface ExecutedExample {
  readonly program: string;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The ```text block right after the program, where there is one: what it should print. */
  readonly promised: string | undefined;
}

const commandLine = fileURLToPath(new URL('../../packages/cli/bin/hebblab.js', import.meta.url));

/**
 * Executes the examples of a Markdown page in order, in one folder: a block with `file=NAME` behind its language is
 * written there, each other ```js block is run by Node, each line `npx hebblab ...` of a ```sh block by the command line
 * of this workspace.
 */
export function runExamples(markdownFile: string): readonly ExecutedExample[] {
  const blocks = blocksOf(readFileSync(markdownFile, 'utf8'));
  return inExampleFolder((folder) => blocks.flatMap((block) => executeBlock(block, folder)));
}

function executeBlock({ language, file, content, promised }: Block, folder: string): ExecutedExample[] {
  if (file !== undefined) {
    writeFileSync(path.join(folder, file), content);
    return [];
  }
  if (language === 'js') {
    writeFileSync(path.join(folder, 'example.mjs'), content);
    return [{ ...runNode(['example.mjs'], folder), program: content, promised }];
  }
  if (language !== 'sh') return [];
  const lines = content.split('\n').filter((line) => line.startsWith('npx hebblab '));
  return lines.map((line) => {
    const parameters = line.split(' ').slice(2);
    return { ...runNode([commandLine, ...parameters], folder), program: line, promised };
  });
}

function runNode(parameters: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

interface Block {
  readonly language: string;
  readonly file: string | undefined;
  readonly content: string;
  readonly promised: string | undefined;
}

function blocksOf(page: string): Block[] {
  const fences = page.matchAll(/^```(\w+)(?: file=(\S+))?\n(.*?)^```\n(?:\s*```text\n(.*?)^```)?/gms);
  return Array.from(fences, ([, language = '', file, content = '', promised]) => ({
    language,
    file,
    content,
    promised,
  }));
}
