import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, createServer } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser, type PageRecord, recordPage } from '../support/browser.js';
import { isolation, type StaticServer, serveFolders } from '../support/static-server.js';

const title = `examples/tfjs${browserMissing ? ` (skipped: ${browserMissing})` : ''}`;
const repository = fileURLToPath(new URL('../..', import.meta.url));
const example = path.join(repository, 'examples/tfjs');

describe.skipIf(browserMissing !== undefined)(title, () => {
  let browser: Browser;
  let isolated: StaticServer;
  let ordinary: StaticServer;
  let built: string;
  let page: Page;
  let record: PageRecord;

  beforeAll(async () => {
    built = mkdtempSync(path.join(tmpdir(), 'hebblab-example-tfjs-'));
    await build({
      configFile: false,
      root: example,
      base: './',
      logLevel: 'error',
      build: { outDir: built },
    });
    isolated = await serveFolders({ example: built }, isolation);
    ordinary = await serveFolders({ example: built });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await isolated?.close();
    await ordinary?.close();
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

  /** What the page says once it says something that fits. */
  async function statusLike(pattern: RegExp): Promise<string> {
    const handle = await page.waitForFunction((source) => {
      const text = document.querySelector('#status')?.textContent ?? '';
      return new RegExp(source).test(text) ? text : undefined;
    }, pattern.source);
    return String(await handle.jsonValue());
  }

  it('trains on several threads on an isolated page, reports progress, saves and loads', async () => {
    await open(`${isolated.address}/example/index.html`);
    await page.click('#train');
    expect(await statusLike(/% done/)).toMatch(/[2-9] threads\.$/);
    const trained = await statusLike(/^Trained/);
    const [, accuracy] = /: (\d+\.\d) % of 2000 unseen digits/.exec(trained) ?? [];
    expect(Number(accuracy)).toBeGreaterThan(93);

    const saving = page.waitForEvent('download');
    await page.click('#save');
    const file = await (await saving).path();
    await page.setInputFiles('#load', {
      name: 'digits.safetensors',
      mimeType: '',
      buffer: readFileSync(file),
    });
    expect(await statusLike(/^Loaded/)).toBe(trained.replace('Trained', 'Loaded'));
  });

  it('trains on one thread elsewhere, until it is aborted', async () => {
    await open(`${ordinary.address}/example/index.html`);
    await page.click('#train');
    expect(await statusLike(/% done/)).toMatch(/1 thread\.$/);
    await page.click('#abort');
    await statusLike(/^Aborted/);
  });

  it('trains on several threads on a page of the dev server of Vite', async () => {
    const development = await createServer({
      configFile: path.join(example, 'vite.config.js'),
      root: example,
      cacheDir: path.join(built, '.vite'),
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0, fs: { allow: [repository] } },
    });
    try {
      await development.listen();
      await open(`${development.resolvedUrls?.local[0]}index.html`);
      await page.click('#train');
      expect(await statusLike(/% done/)).toMatch(/[2-9] threads\.$/);
      await page.click('#abort');
      await statusLike(/^Aborted/);
    } finally {
      await development.close();
    }
  });

  it('says what is wrong with a file that holds no such network', async () => {
    await open(`${ordinary.address}/example/index.html`);
    await page.setInputFiles('#load', {
      name: 'other.safetensors',
      mimeType: '',
      buffer: Buffer.from('nothing'),
    });
    await statusLike(/safetensors|expected/);
  });
});
