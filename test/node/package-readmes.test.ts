import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runExamples } from '../support/page-examples.js';
import { promisedLines, readExamples, runExample } from '../support/readme-examples.js';

const readmeOf = (name: string) => new URL(`../../packages/${name}/README.md`, import.meta.url);

describe.each(['analysis', 'attacks', 'bench', 'wasm'])('the README of %s', (name) => {
  const examples = readExamples(readmeOf(name));

  it('has an example', () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples)('prints what the comments of its example say', (example) => {
    const promised = promisedLines(example);
    expect(promised.length).toBeGreaterThan(0);
    runExample(example, ({ status, stdout, stderr }) => {
      const lines = stdout.trim().split('\n');
      expect({ status, stderr, lines }).toEqual({ status: 0, stderr: '', lines: promised });
    });
  });
});

describe.each(['models', 'regularizers', 'experiments'])('the README of %s', (name) => {
  it('has examples that run and print what the page says', () => {
    const executed = runExamples(fileURLToPath(readmeOf(name)));
    expect(executed.length).toBeGreaterThan(0);
    for (const { status, stdout, stderr, promised } of executed) {
      expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: promised });
    }
  });
});
