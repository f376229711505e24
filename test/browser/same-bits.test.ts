// The promise that the same seed and variant give the same bits, kept across Node and a browser, however the packages
// got there: bundled by Vite, served by its dev server, or as they are.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as wasm from '@hebblab/wasm';
import type { Browser, Page } from 'playwright-core';
import { build, createServer } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser, type PageRecord, recordPage } from '../support/browser.js';
import { enableRelaxedSimd } from '../support/relaxed-simd.js';
import { type StaticServer, serveFolders } from '../support/static-server.js';
import { kernelSteps } from './pages/kernel-steps.js';
import { trainLayer } from './pages/train-layer.js';
import { useAllPackages } from './pages/use-all-packages.js';

const variants = ['simd128', 'relaxed'] as const;

describe.skipIf(browserMissing !== undefined)(titled('a layer trained in a browser'), () => {
  let browser: Browser;
  let page: Page;
  let record: PageRecord;
  let server: StaticServer;
  let built: string;

  beforeAll(async () => {
    enableRelaxedSimd();
    browser = await launchBrowser();
    built = mkdtempSync(path.join(tmpdir(), 'hebblab-browser-'));
    await build({
      configFile: false,
      root: pages,
      base: './',
      logLevel: 'error',
      build: { outDir: built },
    });
    server = await serveFolders({
      built,
      pages,
      packages: path.join(root, 'packages'),
      fflate: fflateFolder(),
    });
  });

  afterAll(async () => {
    await server?.close();
    await browser?.close();
    rmSync(built, { recursive: true, force: true });
  });

  async function open(address: string, before: () => void = () => undefined): Promise<Page> {
    page = await browser.newPage();
    await page.addInitScript(before);
    record = recordPage(page);
    await page.goto(address);
    return page;
  }

  afterEach(async () => {
    await page.close();
    expect(record.complaints).toEqual([]);
  });

  describe.each(variants)('by the %s kernels', (variant) => {
    it('has the bits of Node when Vite built the page', async () => {
      await open(`${server.address}/built/index.html`);
      expect(await page.evaluate(trainOnPage, variant)).toEqual(await trainLayer(variant));
    });

    it('has the bits of Node when a worker that Vite built trains', async () => {
      await open(`${server.address}/built/index.html`);
      expect(await page.evaluate(trainInWorker, variant)).toEqual(await trainLayer(variant));
    });

    it('has the bits of Node without a bundler, with an import map', async () => {
      await open(`${server.address}/pages/import-map.html`);
      expect(await page.evaluate(trainOnPage, variant)).toEqual(await trainLayer(variant));
    });

    it.each(['packaged', 'url', 'url in a worker', 'bytes', 'module'])(
      'has the bits of Node with @hebblab/wasm alone, its file given as: %s',
      async (source) => {
        await open(`${server.address}/pages/kernels-alone.html`);
        const file = `../packages/wasm/artefacts/${variant}/hebblab_bg.wasm`;
        expect(await page.evaluate(stepKernels, [source, variant, file] as const)).toEqual(
          await kernelSteps(wasm, { variant }),
        );
      },
    );
  });

  it('is followed by the same network, spectrum, attack and figure as in Node', async () => {
    await open(`${server.address}/built/index.html`);
    const there = await page.evaluate(() => Reflect.get(globalThis, 'useAllPackages')());
    expect(there).toEqual(await useAllPackages());
    expect(there.spectrum).toHaveLength(16);
  });

  it('is by the relaxed kernels where nothing is asked for', async () => {
    await open(`${server.address}/pages/kernels-alone.html`);
    expect(await page.evaluate(stepKernels, ['packaged', 'auto', ''] as const)).toMatchObject({
      variant: 'relaxed',
    });
  });

  it('has the bits of Node where the engine lacks Symbol.dispose', async () => {
    await open(`${server.address}/pages/import-map.html`, hideSymbolDispose);
    expect(await page.evaluate(trainOnPage, 'simd128')).toEqual(await trainLayer('simd128'));
  });

  it('fetches only the kernels that it runs', async () => {
    await open(`${server.address}/built/index.html`);
    await page.evaluate(trainOnPage, 'simd128');
    expect(record.requests.filter((address) => address.endsWith('.wasm'))).toHaveLength(1);
  });

  it('has the bits of Node on a page of the dev server of Vite, also in a worker', async () => {
    const development = await createServer({
      configFile: false,
      root: pages,
      cacheDir: path.join(built, '.vite'),
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0, fs: { allow: [root] } },
    });
    try {
      await development.listen();
      await open(`${development.resolvedUrls?.local[0]}index.html`);
      const expected = await trainLayer('simd128');
      expect(await page.evaluate(trainOnPage, 'simd128')).toEqual(expected);
      expect(await page.evaluate(trainInWorker, 'simd128')).toEqual(expected);
    } finally {
      await page.close();
      await development.close();
    }
  });
});

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = path.join(root, 'test/browser/pages');

function titled(subject: string): string {
  return browserMissing === undefined ? subject : `${subject} (skipped: ${browserMissing})`;
}

/** Where @hebblab/data has its only dependency. */
function fflateFolder(): string {
  const { resolve } = createRequire(path.join(root, 'packages/data/package.json'));
  return path.join(path.dirname(resolve('fflate/package.json')));
}

// These run on the page.

interface TrainPage {
  readonly train: Readonly<Record<'onPage' | 'inWorker', (variant: string) => Promise<unknown>>>;
}

interface StepPage {
  readonly steps: Readonly<Record<string, (variant: string, file: string) => Promise<unknown>>>;
}

/** Puts a Symbol without `dispose` in the place of the engine's, as in Safari; the property itself cannot be removed. */
function hideSymbolDispose(): void {
  const native = Symbol;
  const lacking = (description?: string) => native(description);
  const { dispose: _, ...others } = Object.getOwnPropertyDescriptors(native);
  for (const [name, descriptor] of Object.entries(others)) {
    if (name !== 'name' && name !== 'length') Object.defineProperty(lacking, name, descriptor);
  }
  (globalThis as { Symbol: unknown }).Symbol = lacking;
}

function trainOnPage(variant: string): Promise<unknown> {
  return (globalThis as unknown as TrainPage).train.onPage(variant);
}

function trainInWorker(variant: string): Promise<unknown> {
  return (globalThis as unknown as TrainPage).train.inWorker(variant);
}

function stepKernels([source, variant, file]: readonly [string, string, string]): Promise<unknown> {
  const step = (globalThis as unknown as StepPage).steps[source];
  if (step === undefined) throw new Error(`expected a kind of source, got ${source}`);
  return step(variant, file);
}
