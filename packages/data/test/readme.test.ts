import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readExamples, runExample } from '../../../test/support/readme-examples.js';

const file = new URL('../README.md', import.meta.url);
const examples = readExamples(file);
const outputs = Array.from(
  readFileSync(file, 'utf8').matchAll(/```\n\nIt prints\n\n```text\n(.*?)```/gs),
  (match) => match[1] ?? '',
);

describe('the README', () => {
  it('has the output of every example', () => {
    expect(examples.length).toBeGreaterThan(0);
    expect(outputs).toHaveLength(examples.length);
  });

  it.each(examples.map((example, index) => ({ example, output: outputs[index] })))(
    'prints $output',
    ({ example, output }) => {
      runExample(example, ({ stdout, stderr }) => {
        expect(stderr).toBe('');
        expect(stdout).toBe(output);
      });
    },
  );
});
