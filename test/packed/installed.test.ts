// The packages as a user gets them: from tarballs, by npm, in a project outside the workspace.
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser, recordPage } from '../support/browser.js';
import {
  installNode,
  installTarballs,
  packPackages,
  registryMissing,
  root,
  temporaryFolder,
} from '../support/packed-packages.js';
import { tinyRunArguments } from '../support/tiny-run.js';
import { readTrainingOutput } from '../support/training-output.js';

const execute = promisify(execFile);
const title = 'the installed packages';

describe.skipIf(registryMissing !== undefined)(
  registryMissing === undefined ? title : `${title} (skipped: ${registryMissing})`,
  () => {
    let project: string;

    beforeAll(async () => {
      const tarballs = await temporaryFolder('tarballs');
      project = await temporaryFolder('project');
      await packPackages(tarballs);
      await installTarballs(tarballs, project);
      rmSync(tarballs, { recursive: true });
    });

    afterAll(() => rmSync(project, { recursive: true, force: true }));

    /** What a program prints, run in the project. */
    async function run(program: string, ...parameters: readonly string[]): Promise<string> {
      return (await execute(program, parameters, { cwd: project, maxBuffer: 2 ** 26 })).stdout;
    }

    /** What the TypeScript compiler says of a program. */
    async function complaintsOfTypes(configuration: string, compilerOptions: object, program: string) {
      writeFileSync(path.join(project, `${configuration}.ts`), program);
      writeFileSync(
        path.join(project, configuration),
        JSON.stringify({ compilerOptions, files: [`${configuration}.ts`] }),
      );
      const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
      const { stdout } = await execute(process.execPath, [compiler, '-p', configuration], {
        cwd: project,
      }).catch((error) => error);
      return stdout;
    }

    const commandLine = () => path.join(project, 'node_modules', 'hebblab', 'bin', 'hebblab.js');
    const modelOf = (folder: string) => readFileSync(path.join(project, folder, 'models', 'kh.safetensors'));

    it('answer npx hebblab --help', async () => {
      expect(await run('npx', 'hebblab', '--help')).toMatch(/^Usage: hebblab/);
    });

    it('answer npx hebblab info', async () => {
      expect(await run('npx', 'hebblab', 'info')).toMatch(/^variant +relaxed$/m);
    });

    it("do not take the commit of the user's repository for their own", async () => {
      await run('git', 'init', '--quiet');
      const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
      await run('git', ...author, 'commit', '--quiet', '--allow-empty', '--message', 'Begin');
      expect(JSON.parse(await run('npx', 'hebblab', 'info', '--json')).commit).toBe('unknown');
    });

    it('carry out a run through npx', async () => {
      await run('npx', 'hebblab', ...tinyRunArguments('run-by-npx'));
      expect(readFileSync(path.join(project, 'run-by-npx', 'report.html'), 'utf8')).toMatch(
        /^<!doctype html>/,
      );
    });

    it('carry the Node example', async () => {
      cpSync(path.join(root, 'examples/node/train-in-node.js'), path.join(project, 'train-in-node.js'));
      const { pruned, correct } = readTrainingOutput(await run(process.execPath, 'train-in-node.js'));
      expect(pruned).toBeGreaterThan(0);
      expect(correct).toBeGreaterThan(425);
    });

    it.each([
      { module: 'nodenext', moduleResolution: 'nodenext' },
      { module: 'esnext', moduleResolution: 'bundler' },
    ])('have types for a TypeScript with $moduleResolution resolution', async (resolution) => {
      const compilerOptions = {
        ...resolution,
        target: 'es2022',
        lib: ['es2022', 'esnext.disposable', 'dom'],
        types: [],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
      };
      const configuration = `tsconfig.${resolution.moduleResolution}.json`;
      expect(await complaintsOfTypes(configuration, compilerOptions, usesNoTensors)).toBe('');
      // The types of tfjs-core itself do not pass the check of libraries.
      const ofTfjs = { ...compilerOptions, skipLibCheck: true };
      expect(await complaintsOfTypes(`tfjs.${configuration}`, ofTfjs, usesTensors)).toBe('');
    });

    it.skipIf(browserMissing !== undefined)(
      'run on a page of the dev server of Vite without any option',
      async () => {
        cpSync(path.join(root, 'test/browser/pages'), path.join(project, 'page'), { recursive: true });
        const server = await createServer({
          configFile: false,
          root: path.join(project, 'page'),
          logLevel: 'error',
          server: { host: '127.0.0.1', port: 0, fs: { allow: [project] } },
        });
        const browser = await launchBrowser();
        try {
          await server.listen();
          const page = await browser.newPage();
          const { complaints } = recordPage(page);
          await page.goto(`${server.resolvedUrls?.local[0]}index.html`);
          const trained = await page.evaluate(() => Reflect.get(globalThis, 'train').inWorker('simd128'));
          const example = pathToFileURL(path.join(project, 'page', 'train-layer.js')).href;
          const print = `import { trainLayer } from '${example}';
            console.log(JSON.stringify(await trainLayer('simd128')));`;
          expect(trained).toEqual(
            JSON.parse(await run(process.execPath, '--input-type=module', '--eval', print)),
          );
          expect(complaints).toEqual([]);
        } finally {
          await browser.close();
          await server.close();
        }
      },
    );

    it.skipIf(browserMissing !== undefined)(
      'train the tfjs example on a page of the dev server of Vite, with the option that its page names',
      async () => {
        const folder = path.join(project, 'tfjs-page');
        cpSync(path.join(root, 'examples/tfjs'), folder, { recursive: true });
        const server = await createServer({
          configFile: path.join(folder, 'vite.config.js'),
          root: folder,
          logLevel: 'error',
          server: { host: '127.0.0.1', port: 0, fs: { allow: [project] } },
        });
        const browser = await launchBrowser();
        try {
          await server.listen();
          const page = await browser.newPage();
          const { complaints } = recordPage(page);
          await page.goto(`${server.resolvedUrls?.local[0]}index.html`);
          await page.click('#train');
          await page.waitForFunction(() =>
            document.querySelector('#status')?.textContent?.includes('% done'),
          );
          expect(await page.textContent('#status')).toMatch(/[2-9] threads\.$/);
          expect(complaints).toEqual([]);
        } finally {
          await browser.close();
          await server.close();
        }
      },
    );

    // 20.19.0 is the oldest that the packages promise to run on.
    describe.each(['20.19.0', '22', '26'])('on Node %s', (version) => {
      let node: string;

      beforeAll(async () => {
        node = await installNode(version);
      });

      it('are run by that version', async () => {
        expect(await run(node, '--version')).toMatch(new RegExp(`^v${version.replaceAll('.', '\\.')}\\b`));
      });

      it('use relaxed SIMD on the command line without a flag', async () => {
        expect(JSON.parse(await run(node, commandLine(), 'info', '--json')).variant).toBe('relaxed');
      });

      it('open the relaxed kernels from a program where the engine has them without a flag', async () => {
        const print = `import { openKernels } from '@hebblab/wasm'; console.log((await openKernels()).variant);`;
        const variant = await run(node, '--input-type=module', '--eval', print);
        expect(variant.trim()).toBe(version.startsWith('20.') ? 'simd128' : 'relaxed');
      });

      it('train a model with the same bits as on the Node of the tests', async () => {
        const here = `run-here-${version}`;
        const there = `run-there-${version}`;
        await run(process.execPath, commandLine(), ...tinyRunArguments(here, '--variant', 'simd128'));
        await run(node, commandLine(), ...tinyRunArguments(there, '--variant', 'simd128'));
        expect(modelOf(there).equals(modelOf(here))).toBe(true);
      });
    });
  },
);

const usesNoTensors = `
import { pruningThreshold } from '@hebblab/analysis';
import { fgsm, type Classifier } from '@hebblab/attacks';
import { loadBuiltIn, type Dataset } from '@hebblab/data';
import { listDatasets } from '@hebblab/data/files';
import { krotovHopfieldRule, type OpenModel } from '@hebblab/models';
import { l2 } from '@hebblab/regularizers';
import { htmlReport } from '@hebblab/report';
import { compare } from '@hebblab/bench';
import { openKernels, type Kernels } from '@hebblab/wasm';

export const kernels: Promise<Kernels> = openKernels({ variant: 'simd128' });
export const images: Promise<Dataset> = loadBuiltIn('mnist-subset');
export const threshold: number = pruningThreshold({ inputs: 784, p: 3, radius: 1 });
export const classifierOf = (model: OpenModel): Classifier => ({ ...model, bounds: { kind: 'unbounded' } });
export const others = [compare, fgsm, listDatasets, krotovHopfieldRule, l2, htmlReport];
// @ts-expect-error: types that resolve to nothing would let this pass.
openKernels({ variant: 'no such variant' });
`;

const usesTensors = `
import { presetNamed, type RunConfig } from '@hebblab/experiments';
import { backendKernels, hvp, tensorOver } from '@hebblab/tfjs-backend';
import { allocateFloat32 } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';

const images: tf.Tensor = tensorOver(allocateFloat32(backendKernels(), [2, 2]));
export const config: RunConfig = presetNamed('quick');
export const curvature: tf.Tensor = hvp((x) => tf.sum(tf.tanh(x)), images, images);
// @ts-expect-error: types that resolve to nothing would let this pass.
tensorOver('no array');
`;
