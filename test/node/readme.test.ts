import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readExamples, runExample } from '../support/readme-examples.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = new URL('../../README.md', import.meta.url);
const readme = readFileSync(page, 'utf8');

describe('the README', () => {
  it('has a Node example that trains a layer', () => {
    const [example = ''] = readExamples(page);
    runExample(example, ({ stdout }) => {
      const shares = stdout
        .trim()
        .split('\n')
        .map((line) => Number(/^epoch \d+: (\d+) % converged$/.exec(line)?.[1]));
      expect(shares).toHaveLength(29);
      expect(shares.at(-1)).toBeGreaterThanOrEqual(90);
    });
  });

  it('shows the example page as the browser test builds it', () => {
    expect(codeBlock('js page')).toBe(readFileSync(path.join(root, 'examples/page/main.js'), 'utf8'));
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)|src="([^"]+)"/g)].map(
      ([, link, source]) => link ?? source ?? '',
    );
    for (const link of links.filter((each) => !each.startsWith('http'))) {
      expect(existsSync(path.join(root, link)), link).toBe(true);
    }
  });

  it('names npm scripts that are there', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
  });
});

function codeBlock(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(readme)?.[1];
  if (block === undefined) throw new Error(`expected a block of ${language} in README.md, got none`);
  return block;
}
