import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser, recordPage } from '../support/browser.js';
import { tinyRunArguments } from '../support/tiny-run.js';

const title = 'the report of a run, opened from disk';

describe.skipIf(browserMissing !== undefined)(
  `${title}${browserMissing ? ` (${browserMissing})` : ''}`,
  () => {
    let browser: Browser;
    let folder: string;
    let address: string;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'hebblab-report-'));
      const program = fileURLToPath(new URL('../../packages/cli/bin/hebblab.js', import.meta.url));
      await promisify(execFile)(process.execPath, [program, ...tinyRunArguments(folder)]);
      address = pathToFileURL(path.join(folder, 'report.html')).href;
      browser = await launchBrowser();
    });

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('needs nothing but its own file, and raises no error', async () => {
      const page = await browser.newPage();
      const { complaints, requests } = recordPage(page);
      await page.goto(address);
      await page.waitForLoadState('networkidle');
      expect(complaints).toEqual([]);
      expect(requests.filter((each) => !each.startsWith('data:'))).toEqual([address]);
      await page.close();
    });

    it('shows its figures', async () => {
      const page = await browser.newPage();
      await page.goto(address);
      const figures = await page.locator('figure svg').all();
      expect(figures.length).toBeGreaterThan(4);
      for (const figure of figures) {
        const box = await figure.boundingBox();
        expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThan(50);
      }
      await page.close();
    });

    it.each([360, 1200])('is not wider than a screen of %i pixels', async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      await page.goto(address);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await page.close();
    });
  },
);
