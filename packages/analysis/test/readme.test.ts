import { describe, expect, it } from 'vitest';
import { promisedLines, readExamples, runExample } from '../../../test/support/readme-examples.js';

const examples = readExamples(new URL('../README.md', import.meta.url));

describe('the README', () => {
  it('has an example', () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples)('prints what the comments of its example say', (example) => {
    const promised = promisedLines(example);
    expect(promised.length).toBeGreaterThan(0);
    runExample(example, ({ status, stdout, stderr }) => {
      expect({ status, stderr, lines: stdout.trim().split('\n') }).toEqual({
        status: 0,
        stderr: '',
        lines: promised,
      });
    });
  });
});
