import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleSpecs, excludedSpecs, jasmineFolder } from '../conformance/bundle.js';
import { browserMissing, launchBrowser } from '../support/browser.js';
import { type StaticServer, serveFolders } from '../support/static-server.js';

const excluded = excludedSpecs.map(({ spec }) => spec);
const conformance = fileURLToPath(new URL('../conformance', import.meta.url));

describe.skipIf(browserMissing !== undefined)('the specs of tfjs-core in Chromium', () => {
  let browser: Browser;
  let server: StaticServer;
  let built: string;

  beforeAll(async () => {
    built = mkdtempSync(path.join(tmpdir(), 'hebblab-conformance-'));
    await bundleSpecs(built, 'page');
    server = await serveFolders({ built, conformance, jasmine: jasmineFolder });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await server?.close();
    await browser?.close();
    rmSync(built, { recursive: true, force: true });
  });

  it('all pass on the backend', { timeout: 300_000 }, async () => {
    const page = await browser.newPage();
    await page.goto(`${server.address}/conformance/page.html`);
    await page.waitForFunction('window.specsDeclared === true');
    const { passed, failures } = await page.evaluate<SpecResults>(`runSpecs(${JSON.stringify(excluded)})`);
    expect(failures).toEqual([]);
    // 4232 in Node; a page has those of images and storage too, and lacks those of files.
    expect(passed).toBeGreaterThan(4000);
  });
});

/** What `runSpecs` of run-on-page.js answers; failures are names with messages. */
interface SpecResults {
  readonly passed: number;
  readonly failures: string[];
}
