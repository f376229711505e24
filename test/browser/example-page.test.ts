import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser, type PageRecord, recordPage } from '../support/browser.js';
import { type StaticServer, serveFolders } from '../support/static-server.js';

const title = 'examples/page, built by Vite';

describe.skipIf(browserMissing !== undefined)(
  `${title}${browserMissing ? ` (${browserMissing})` : ''}`,
  () => {
    let browser: Browser;
    let server: StaticServer;
    let built: string;
    let page: Page;
    let record: PageRecord;

    beforeAll(async () => {
      built = mkdtempSync(path.join(tmpdir(), 'hebblab-example-'));
      const root = fileURLToPath(new URL('../../examples/page', import.meta.url));
      await build({ configFile: false, root, base: './', logLevel: 'error', build: { outDir: built } });
      server = await serveFolders({ example: built });
      browser = await launchBrowser();
      page = await browser.newPage();
      record = recordPage(page);
      await page.goto(`${server.address}/example/index.html`);
      await page.waitForFunction(() => document.querySelector('progress')?.value === 1);
    });

    afterAll(async () => {
      await browser?.close();
      await server?.close();
      rmSync(built, { recursive: true, force: true });
    });

    it('trains until most units have converged', async () => {
      const status = await page.locator('#status').textContent();
      const [, share] = /^Epoch 100 of 100: (\d+) % of the units have converged\.$/.exec(status ?? '') ?? [];
      expect(Number(share)).toBeGreaterThan(90);
    });

    it('draws synapses that are strong in the middle and weak at the rim, as digits are', async () => {
      const { middle, rim } = await page.evaluate(meanOpacities);
      expect(middle).toBeGreaterThan(5 * rim);
    });

    it('raises no error and asks no other server', () => {
      expect(record.complaints).toEqual([]);
      const ownAddresses = [server.address, 'data:'];
      const others = record.requests.filter(
        (address) => !ownAddresses.some((own) => address.startsWith(own)),
      );
      expect(others).toEqual([]);
    });
  },
);

/** Runs on the page: the mean opacity of the 14 x 14 pixels in the middle of all tiles, and of their outermost pixels. */
function meanOpacities(): { middle: number; rim: number } {
  const canvas = document.querySelector('canvas');
  const context = canvas?.getContext('2d');
  if (!canvas || !context) throw new Error('expected a canvas, got none');
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const sums = { middle: 0, rim: 0 };
  const counts = { middle: 0, rim: 0 };
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      const [row, column] = [y % 29, x % 29];
      if (row === 28 || column === 28) continue;
      const fromRim = Math.min(row, column, 27 - row, 27 - column);
      const part = fromRim === 0 ? 'rim' : fromRim >= 7 ? 'middle' : undefined;
      if (part === undefined) continue;
      sums[part] += data[4 * (y * canvas.width + x) + 3] ?? 0;
      counts[part] += 1;
    }
  }
  return { middle: sums.middle / counts.middle, rim: sums.rim / counts.rim };
}
