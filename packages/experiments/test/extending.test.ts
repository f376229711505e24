import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runExamples } from '../../../test/support/page-examples.js';

describe('docs/extending.md', () => {
  it('has examples that run, from a program and from the command line, and print what the page says', async () => {
    const page = fileURLToPath(new URL('../../../docs/extending.md', import.meta.url));
    const executed = await runExamples(page);
    expect(executed.map(({ program }) => program.split('\n')[0])).toEqual([
      "import { readFile } from 'node:fs/promises';",
      'npx hebblab run bars.json --out runs/command --variant simd128 --plugin extensions.js',
      "import { readFile } from 'node:fs/promises';",
    ]);
    for (const { status, stdout, stderr, promised } of executed) {
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      if (promised !== undefined) expect(stdout).toBe(promised);
    }
  });
});
