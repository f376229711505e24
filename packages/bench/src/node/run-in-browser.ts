import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PagePlan, PageResult } from '../browser/run-on-page.js';
import type { ClockName } from '../timing/clock.js';
import { addressOf, importMap } from './import-map.js';
import { InputError } from './input-error.js';
import { describeCheckout, describeMachine } from './machine.js';
import { servePages } from './page-server.js';
import type { Plan } from './plans.js';
import { buildOfRun, type CaseResult, type RunResult, type SuiteRun } from './run-suites.js';

/**
 * Measures suites in Chromium: each build and suite on a page of its own, of modules as they are, with an import map of
 * the packages that are installed. The clock is elapsed time. Suites that say `runsIn = ['node']` are left out.
 *
 * @throws InputError where playwright-core or a Chromium is missing, or no suite runs in a browser
 */
export async function runSuitesInBrowser(wanted: SuiteRun): Promise<RunResult> {
  const { configuration, options } = wanted;
  const plans = forBrowsers(wanted.plans);
  const before = os.loadavg()[0] ?? 0;
  const top = realpathSync(configuration.root);
  const bench = fileURLToPath(new URL('..', import.meta.url));
  const browser = await launch(configuration.root);
  const pages = Object.fromEntries(
    plans.map(({ build }) => [pageOf(build.name), pageWith(importMap(top, realpathSync(build.suites)))]),
  );
  const server = await servePages({ '/': top, [ownMount]: path.resolve(bench) }, pages);
  const results: CaseResult[] = [];
  let clock: ClockName = 'wall';
  try {
    for (const { build, suites } of plans) {
      for (const suite of suites) {
        wanted.onSuite?.(suite.name, build.name);
        const plan: PagePlan = {
          suite: addressOf(top, path.join(build.suites, suite.file)),
          file: suite.file,
          cases: suite.cases.map(({ name }) => name),
          build: build.name,
          module: build.kind === 'files' ? addressOf(top, path.join(top, build.files[0] ?? '')) : undefined,
          configuration:
            configuration.browser === undefined ? undefined : addressOf(top, configuration.browser),
          options: { ...options, clock: 'wall' },
        };
        const page = await browser.newPage();
        await page.goto(`${server.address}${pageOf(build.name)}`);
        const program = `import(${JSON.stringify(`${ownMount}/browser/run-on-page.js`)}).then(({ runOnPage }) => runOnPage(${JSON.stringify(plan)}))`;
        const measured = (await page.evaluate(program)) as PageResult;
        await page.close();
        clock = measured.clock;
        results.push(...measured.tasks.map((task) => ({ ...task, suite: suite.name, build: build.name })));
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
  const machine = describeMachine();
  return {
    schema: 1,
    kind: 'run',
    date: new Date().toISOString(),
    machine: { ...machine, node: `${machine.node} with Chromium ${browser.version()}` },
    ...describeCheckout(configuration),
    load: { before, after: os.loadavg()[0] ?? 0 },
    clock,
    builds: plans.map(({ build }) => buildOfRun(configuration, build)),
    results,
  };
}

/** Where this package is given out, wherever it is installed. */
const ownMount = '/@hebblab-bench';

function pageOf(build: string): string {
  return `/@page/${encodeURIComponent(build).replaceAll('%', '')}`;
}

function pageWith(imports: Readonly<Record<string, string>>): string {
  const map = JSON.stringify({ imports }).replaceAll('<', '\\u003c');
  return `<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"><script type="importmap">${map}</script>`;
}

function forBrowsers(plans: readonly Plan[]): Plan[] {
  const left = plans
    .map(({ build, suites }) => ({
      build,
      suites: suites
        .filter(({ runsIn }) => runsIn.includes('browser'))
        .map((suite) => ({ ...suite, cases: suite.cases.filter(({ size }) => size === undefined) })),
    }))
    .filter(({ suites }) => suites.length > 0);
  if (left.length > 0) return left;
  throw new InputError('bench run: expected a suite that runs in a browser, got none');
}

/** What is used of playwright-core. */
interface Browser {
  newPage(): Promise<{
    goto(address: string): Promise<unknown>;
    evaluate(program: string): Promise<unknown>;
    close(): Promise<void>;
  }>;
  version(): string;
  close(): Promise<void>;
}

interface Chromium {
  launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<Browser>;
  executablePath(): string;
}

async function launch(root: string): Promise<Browser> {
  const chromium = await findPlaywright(root);
  const places = [
    process.env.HEBBLAB_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    chromium.executablePath(),
  ];
  const executablePath = places.find((place) => place !== undefined && place !== '' && existsSync(place));
  if (executablePath === undefined)
    throw new InputError(
      'bench run: expected a Chromium for --browser, found none; HEBBLAB_CHROMIUM can name its program',
    );
  return chromium.launch({ executablePath, args: quietArguments });
}

async function findPlaywright(root: string): Promise<Chromium> {
  let file: string;
  try {
    file = createRequire(path.join(root, 'package.json')).resolve('playwright-core');
  } catch {
    throw new InputError(
      'bench run: expected the package playwright-core for --browser, found none; npm install --save-dev playwright-core',
    );
  }
  const { chromium, default: fallback } = (await import(pathToFileURL(file).href)) as {
    chromium?: Chromium;
    default?: { chromium: Chromium };
  };
  const found = chromium ?? fallback?.chromium;
  if (found === undefined) throw new Error(`bench run: expected chromium in ${file}, found none`);
  return found;
}

/** Nothing that would look for the network by itself. */
const quietArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
