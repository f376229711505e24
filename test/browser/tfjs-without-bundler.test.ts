import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser, type PageRecord, recordPage } from '../support/browser.js';
import { type StaticServer, serveFolders } from '../support/static-server.js';

const title = 'the tfjs backend on a page without a bundler, under a content security policy';
const root = fileURLToPath(new URL('../..', import.meta.url));
/** tanh'(0) = 1, tanh'(20) = 4 / (e^20 + e^-20)^2 = 1.699e-17 */
const slopes = [1, expect.closeTo(4 / (Math.exp(20) + Math.exp(-20)) ** 2, 22)];

describe.skipIf(browserMissing !== undefined)(
  `${title}${browserMissing ? ` (skipped: ${browserMissing})` : ''}`,
  () => {
    let browser: Browser;
    let server: StaticServer;
    let page: Page;
    let record: PageRecord;

    beforeAll(async () => {
      server = await serveFolders({
        packages: path.join(root, 'packages'),
        pages: path.join(root, 'test/browser/pages'),
        'tfjs-core': folderOf('@tensorflow/tfjs-core', 'tfjs-backend'),
        'tfjs-backend-cpu': folderOf('@tensorflow/tfjs-backend-cpu', 'tfjs-backend'),
        seedrandom: seedrandomFolder(),
      });
      browser = await launchBrowser();
    });

    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    afterEach(async () => {
      await page.close();
      expect(record.complaints).toEqual([]);
    });

    async function open(): Promise<void> {
      page = await browser.newPage();
      record = recordPage(page);
      await page.goto(`${server.address}/pages/tfjs-import-map.html`);
    }

    it('computes gradients', async () => {
      await open();
      expect(await page.evaluate('slopeOfTanh({})')).toEqual(slopes);
    });

    it('takes its kernels from another address where one is given', async () => {
      await open();
      const url = '/packages/wasm/artefacts/simd128/hebblab_bg.wasm?elsewhere';
      expect(await page.evaluate(`slopeOfTanh({ source: { kind: 'url', url: '${url}' } })`)).toEqual(slopes);
      expect(record.requests.filter((address) => address.includes('.wasm'))).toEqual([
        `${server.address}${url}`,
      ]);
    });
  },
);

function folderOf(name: string, ofPackage: string): string {
  const { resolve } = createRequire(path.join(root, 'packages', ofPackage, 'package.json'));
  return path.dirname(resolve(`${name}/package.json`));
}

/** A dependency of tfjs-backend-cpu. */
function seedrandomFolder(): string {
  const { resolve } = createRequire(
    path.join(folderOf('@tensorflow/tfjs-backend-cpu', 'tfjs-backend'), 'package.json'),
  );
  return path.dirname(resolve('seedrandom/package.json'));
}
