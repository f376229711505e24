// hebblab bench run --browser in a project that has nothing to do with the kernels.
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing } from '../support/browser.js';
import { hebblab, temporaryFolder } from '../support/command-line.js';

const title = 'suites in Chromium';

describe.skipIf(browserMissing !== undefined)(
  `${title}${browserMissing ? ` (skipped: ${browserMissing})` : ''}`,
  () => {
    const folder = temporaryFolder();
    afterAll(() => folder[Symbol.dispose]());
    const write = (file: string, text: string) => {
      mkdirSync(path.dirname(path.join(folder.path, file)), { recursive: true });
      writeFileSync(path.join(folder.path, file), text);
    };

    beforeAll(() => {
      write('package.json', '{ "type": "module" }\n');
      write('bench.config.js', "export default { suites: 'bench', files: ['src/sums.js'] };\n");
      write('src/sums.js', "import { root } from 'roots';\nexport const sum = () => root(4) + root(9);\n");
      write(
        'node_modules/roots/package.json',
        '{ "name": "roots", "exports": { "import": "./index.js" } }\n',
      );
      write('node_modules/roots/index.js', 'export const root = Math.sqrt;\n');
      write(
        'bench/sums.js',
        `export const cases = [
  { name: 'sum', items: 1, run: ({ sum }) => { if (document === undefined || sum() !== 5) throw new Error('wrong'); } },
  { name: 'broken', run: () => { throw new Error('it broke'); } },
];
`,
      );
      write(
        'bench/files.js',
        "export const runsIn = ['node'];\nexport const cases = [{ name: 'none', run: () => {} }];\n",
      );
      const { resolve } = createRequire(import.meta.url);
      const playwright = realpathSync(path.dirname(resolve('playwright-core/package.json')));
      symlinkSync(playwright, path.join(folder.path, 'node_modules', 'playwright-core'));
    });

    it('are measured on a page, with the packages of the project, and say where', async () => {
      const { code, stdout, stderr } = await hebblab(
        ['bench', 'run', '--browser', '--seconds', '0.2', '--json'],
        { cwd: folder.path },
      );
      const { machine, clock, results } = JSON.parse(stdout);
      expect(machine.node).toMatch(/^v\d+.* with Chromium \d+\./);
      expect(clock).toBe('wall');
      expect(results).toMatchObject([
        { suite: 'sums', name: 'sum', state: 'measured', rates: [{ unit: 'items/s' }] },
        { suite: 'sums', name: 'broken', state: 'failed', error: 'it broke' },
      ]);
      expect(stderr).not.toContain('files, files');
      expect(code).toBe(1);
    });
  },
);
