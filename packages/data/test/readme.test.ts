import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```js\n(.*?)```\n\nIt prints\n\n```text\n(.*?)```/gs)];

describe('the README', () => {
  it('has no example that is not executed', () => {
    expect(examples.length).toBe(readme.split('```js').length - 1);
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples.map(([, program, output]) => ({ program, output })))(
    'prints $output',
    ({ program, output }) => {
      const parameters = ['--input-type=module', '--eval', program as string];
      const { stdout, stderr } = spawnSync(process.execPath, parameters, {
        cwd: new URL('..', import.meta.url),
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(stdout).toBe(output);
    },
  );
});
