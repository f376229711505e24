import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium, isRequired } from '../../scripts/lib/tools.js';

const executable: string | undefined = findChromium();

/** What a browser suite is skipped for; undefined where it runs, or must fail because it is required. */
export const browserMissing: string | undefined =
  executable === undefined && !isRequired('browser')
    ? 'no chromium found, HEBBLAB_CHROMIUM can name one'
    : undefined;

/** Starts Chromium without anything that would look for the network by itself. */
export function launchBrowser(extraArguments: readonly string[] = []): Promise<Browser> {
  if (executable === undefined)
    throw new Error('expected a chromium (HEBBLAB_CHROMIUM can name one), got none');
  return chromium.launch({ executablePath: executable, args: [...quietArguments, ...extraArguments] });
}

/** What went wrong on a page, and what it asked for. */
export interface PageRecord {
  /** Uncaught errors, and errors and warnings of the console. */
  readonly complaints: string[];
  /** Addresses of all requests. */
  readonly requests: string[];
}

/** Watches a page; call it before the page goes anywhere. */
export function recordPage(page: Page): PageRecord {
  const record: PageRecord = { complaints: [], requests: [] };
  page.on('pageerror', (error) => record.complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') record.complaints.push(message.text());
  });
  page.on('requestfailed', (request) => record.complaints.push(`failed: ${request.url()}`));
  page.on('request', (request) => record.requests.push(request.url()));
  return record;
}

const quietArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
