import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('npm start', () => {
  it('hands the options behind its own on to the preset quick', () => {
    const parameters = [path.join(root, 'scripts/start.js'), '--seed', '7', '--print'];
    const { status, stdout } = spawnSync(process.execPath, parameters, { cwd: root, encoding: 'utf8' });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'quick', seed: 7 });
  });
});
