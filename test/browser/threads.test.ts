import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as wasm from '@hebblab/wasm';
import type { Browser, Page } from 'playwright-core';
import { build, createServer } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser, type PageRecord, recordPage } from '../support/browser.js';
import { enableRelaxedSimd } from '../support/relaxed-simd.js';
import { isolation, type StaticServer, serveFolders } from '../support/static-server.js';
import { kernelSteps } from './pages/kernel-steps.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = path.join(root, 'test/browser/pages');
const variants = ['simd128', 'relaxed'] as const;

describe.skipIf(browserMissing !== undefined)(
  `threads in a browser${browserMissing === undefined ? '' : ` (skipped: ${browserMissing})`}`,
  () => {
    let browser: Browser;
    let page: Page;
    let record: PageRecord;
    let isolated: StaticServer;
    let ordinary: StaticServer;
    let built: string;

    beforeAll(async () => {
      enableRelaxedSimd();
      browser = await launchBrowser();
      built = mkdtempSync(path.join(tmpdir(), 'hebblab-threads-'));
      await build({
        configFile: false,
        root: pages,
        base: './',
        logLevel: 'error',
        build: { outDir: built, rolldownOptions: { input: path.join(pages, 'threads.html') } },
      });
      const folders = { built, pages, packages: path.join(root, 'packages') };
      isolated = await serveFolders(folders, isolation);
      ordinary = await serveFolders(folders);
    });

    afterAll(async () => {
      await isolated?.close();
      await ordinary?.close();
      await browser?.close();
      rmSync(built, { recursive: true, force: true });
    });

    afterEach(async () => {
      await page.close();
      expect(record.complaints).toEqual([]);
    });

    async function open(address: string): Promise<void> {
      page = await browser.newPage();
      record = recordPage(page);
      await page.goto(address);
    }

    async function expectTwoThreads(variant: (typeof variants)[number]): Promise<void> {
      const { threads, ...result } = await page.evaluate(stepInWorker, variant);
      expect(threads).toEqual({ count: 2, reason: 'as asked' });
      expect(result).toEqual(await kernelSteps(wasm, { variant }));
    }

    describe.each(variants)('of %s', (variant) => {
      it('are two in a worker of an isolated page that Vite built, with the bits of one in Node', async () => {
        await open(`${isolated.address}/built/threads.html`);
        await expectTwoThreads(variant);
      });

      it('are two without a bundler', async () => {
        await open(`${isolated.address}/pages/threads-alone.html`);
        await expectTwoThreads(variant);
      });
    });

    it('are two on the dev server of Vite', async () => {
      const development = await createServer({
        configFile: false,
        root: pages,
        cacheDir: path.join(built, '.vite'),
        logLevel: 'error',
        server: { host: '127.0.0.1', port: 0, headers: { ...isolation }, fs: { allow: [root] } },
      });
      try {
        await development.listen();
        await open(`${development.resolvedUrls?.local[0]}threads.html`);
        await expectTwoThreads('simd128');
      } finally {
        await page.close();
        await development.close();
      }
    });

    it('are one where the page is not isolated, and the reason says so', async () => {
      await open(`${ordinary.address}/built/threads.html`);
      expect(await page.evaluate(stepInWorker, 'simd128')).toMatchObject({
        threads: { count: 1, reason: 'the page is not cross-origin isolated' },
      });
    });

    it('are one on the page itself, which may not wait', async () => {
      await open(`${isolated.address}/built/threads.html`);
      expect(await page.evaluate(stepOnPage, 'simd128')).toMatchObject({
        threads: { count: 1, reason: 'the main thread of a page may not wait' },
      });
    });
  },
);

// These run on the page.

interface Outcome {
  readonly threads: { readonly count: number; readonly reason: string };
  readonly variant: string;
  readonly weights: string;
}

interface ThreadsPage {
  readonly stepOnPage: (variant: string) => Promise<Outcome>;
  readonly stepInWorker: (variant: string) => Promise<Outcome>;
}

function stepInWorker(variant: string): Promise<Outcome> {
  return (globalThis as unknown as ThreadsPage).stepInWorker(variant);
}

function stepOnPage(variant: string): Promise<Outcome> {
  return (globalThis as unknown as ThreadsPage).stepOnPage(variant);
}
