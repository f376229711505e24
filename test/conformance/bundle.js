// Bundles the specs that tfjs-core ships with a backend, for Node or for a page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const jasmineCore = createRequire(createRequire(import.meta.url).resolve('jasmine')).resolve(
  'jasmine-core/lib/jasmine-core/jasmine.js',
);

/** The folder of the jasmine.js that a page loads. */
export const jasmineFolder = path.dirname(jasmineCore);

/** Specs that are left out. @type {readonly { readonly spec: string, readonly reason: string }[]} */
export const excludedSpecs = JSON.parse(readFileSync(new URL('exclusions.json', import.meta.url), 'utf8'));

/** Writes `specs.js` to a folder. */
export async function bundleSpecs(folder, target) {
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('.', import.meta.url)),
    resolve: {
      alias: { 'jasmine-core/lib/jasmine-core/jasmine.js': jasmineCore },
      mainFields: ['module', 'main'],
    },
    plugins: [keepEveryModule],
    // The package finds its files beside itself, which a bundle for Node would not copy.
    ssr: { noExternal: true, external: ['node-fetch', '@hebblab/wasm'], target: 'node' },
    base: './',
    build: {
      ssr: target === 'node',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('specs.js', import.meta.url)),
        treeshake: false,
        output: { entryFileNames: 'specs.js' },
      },
    },
  });
}

/** The manifest of tfjs-core calls its specs free of side effects, so that a bundler would drop them. */
const keepEveryModule = {
  name: 'keep-every-module',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    return resolved === null ? null : { ...resolved, moduleSideEffects: true };
  },
};
