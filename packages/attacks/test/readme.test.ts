import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = new URL('..', import.meta.url);
const readme = readFileSync(new URL('README.md', folder), 'utf8');

describe('the example of the README', () => {
  it('runs and prints what its comments say', () => {
    const example = readme.match(/```js\n([\s\S]*?)```/)?.[1] ?? '';
    const promised = Array.from(example.matchAll(/console\.log\(.*\); \/\/ (.*)/g), (match) => match[1]);
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', example], {
      cwd: fileURLToPath(folder),
      encoding: 'utf8',
    });
    expect(promised.length).toBeGreaterThan(0);
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toEqual(promised);
  });
});
