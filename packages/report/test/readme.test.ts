import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { named, parseXml } from './helpers/xml.js';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

describe('the example of the README', () => {
  it('writes a figure and a page that holds it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hebblab-report-'));
    try {
      const code =
        /```js\n([\s\S]*?)```/.exec(readFileSync(join(packageFolder, 'README.md'), 'utf8'))?.[1] ?? '';
      mkdirSync(join(folder, 'node_modules/@hebblab'), { recursive: true });
      symlinkSync(packageFolder, join(folder, 'node_modules/@hebblab/report'), 'junction');
      writeFileSync(join(folder, 'example.mjs'), code);
      execFileSync(process.execPath, ['example.mjs'], { cwd: folder });
      const svg = readFileSync(join(folder, 'spectrum.svg'), 'utf8');
      expect(named(parseXml(svg), 'desc')).toHaveLength(1);
      expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain(svg);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
