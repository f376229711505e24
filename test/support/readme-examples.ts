import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

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
 * Executes the examples of a Markdown page in order, in one folder beside the page that is removed afterwards: a block
 * with `file=NAME` behind its language is written there, each other ```js block is run by Node, each line
 * `npx hebblab ...` of a ```sh block by the command line of this workspace.
 */
export async function runExamples(markdownFile: string): Promise<readonly ExecutedExample[]> {
  const page = await readFile(markdownFile, 'utf8');
  const folder = await mkdtemp(path.join(path.dirname(markdownFile), '.examples-'));
  try {
    const executed: ExecutedExample[] = [];
    for (const { language, file, content, promised } of blocksOf(page)) {
      if (file !== undefined) await writeFile(path.join(folder, file), content);
      else if (language === 'js') {
        await writeFile(path.join(folder, 'example.mjs'), content);
        executed.push({ ...runNode(['example.mjs'], folder), program: content, promised });
      } else if (language === 'sh') {
        for (const line of content.split('\n').filter((each) => each.startsWith('npx hebblab '))) {
          const parameters = line.split(' ').slice(2);
          executed.push({ ...runNode([commandLine, ...parameters], folder), program: line, promised });
        }
      }
    }
    return executed;
  } finally {
    await rm(folder, { recursive: true });
  }
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
