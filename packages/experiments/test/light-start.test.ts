import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** A module for `--import` that prints the address of each module that is loaded. */
const printModules = moduleOf(`
  import { register } from 'node:module';
  register(${JSON.stringify(
    moduleOf(`export async function load(url, context, next) {
      process._rawDebug(url);
      return next(url, context);
    }`),
  )});`);

function moduleOf(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

it('is imported without tfjs-core, for which every command would wait', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', printModules, '--input-type=module', '--eval', "import '@hebblab/experiments';"],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' },
  );
  expect(status).toBe(0);
  expect(stderr).toContain('/experiments/dist/run.js');
  expect(stderr).not.toContain('tfjs-core');
});
