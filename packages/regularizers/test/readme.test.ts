import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runExamples } from '../../../test/support/page-examples.js';

describe('the README', () => {
  it('has an example that runs and prints what the page says', async () => {
    const executed = await runExamples(fileURLToPath(new URL('../README.md', import.meta.url)));
    expect(executed).toHaveLength(1);
    for (const { status, stdout, stderr, promised } of executed) {
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toBe(promised);
    }
  });
});
