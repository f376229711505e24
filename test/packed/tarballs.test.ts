import { execFile } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  packageFolders,
  packPackages,
  registryMissing,
  root,
  tarballName,
  temporaryFolder,
} from '../support/packed-packages.js';

const execute = promisify(execFile);
const title = registryMissing === undefined ? 'the tarball' : `the tarball (skipped: ${registryMissing})`;

describe.skipIf(registryMissing !== undefined)(title, () => {
  let tarballs: string;

  beforeAll(async () => {
    tarballs = await temporaryFolder('tarballs');
    await packPackages(tarballs);
    for (const folder of packageFolders) {
      const { size } = statSync(path.join(tarballs, tarballName(folder)));
      console.log(`${tarballName(folder)}: ${(size / 1024).toFixed(1)} KiB`);
    }
  });

  afterAll(() => rmSync(tarballs, { recursive: true, force: true }));

  async function filesOf(folder: string): Promise<string[]> {
    const { stdout } = await execute('tar', ['tzf', path.join(tarballs, tarballName(folder))]);
    return stdout.trim().split('\n').map(withoutTopFolder).sort();
  }

  async function readPacked(folder: string, file: string): Promise<string> {
    const tarball = path.join(tarballs, tarballName(folder));
    return (await execute('tar', ['xzOf', tarball, `package/${file}`], { maxBuffer: 2 ** 26 })).stdout;
  }

  it('of packages/wasm names the works that its artefacts contain', async () => {
    const notices = await readPacked('wasm', 'THIRD-PARTY-NOTICES');
    for (const work of ['standard library of Rust', 'libm', 'wasm-bindgen']) expect(notices).toContain(work);
  });

  describe.each(packageFolders)('of packages/%s', (folder) => {
    it('has a licence and a README', async () => {
      expect(await filesOf(folder)).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
      expect(await readPacked(folder, 'LICENSE')).toBe(readFileSync(path.join(root, 'LICENSE'), 'utf8'));
    });

    it('has nothing but what a user needs', async () => {
      const unexpected = (await filesOf(folder)).filter(
        (file) => !expectedFiles.some((kind) => kind.test(file)),
      );
      expect(unexpected).toEqual([]);
    });

    it('has no compiled file whose source is gone', async () => {
      const files = await filesOf(folder);
      const compiled = files.filter((file) => /^dist\/.*\.js$/.test(file));
      const sources = compiled.map((file) => file.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts'));
      expect(compiled.length).toBeGreaterThan(0);
      expect(files).toEqual(expect.arrayContaining(sources));
    });

    it('has every file that its manifest names', async () => {
      const files = await filesOf(folder);
      const { exports, bin = {}, sideEffects } = JSON.parse(await readPacked(folder, 'package.json'));
      const named = [...leavesOf(exports), ...leavesOf(bin), ...(sideEffects || [])];
      expect(files).toEqual(expect.arrayContaining(named.map((file) => path.posix.normalize(file))));
    });

    it('offers types before code', async () => {
      const { exports } = JSON.parse(await readPacked(folder, 'package.json'));
      const conditional = Object.values(exports).filter((target) => typeof target === 'object');
      for (const target of conditional) {
        expect(Object.keys(target as object)[0]).toBe('types');
        expect(Object.keys(target as object).at(-1)).toBe('default');
      }
    });

    it('asks for published versions, never for the workspace', async () => {
      const { dependencies = {}, engines, license } = JSON.parse(await readPacked(folder, 'package.json'));
      expect({ engines, license }).toEqual({ engines: { node: '>=20.19' }, license: licenceOf(folder) });
      for (const version of Object.values(dependencies)) expect(version).toMatch(/^[\^~]?\d+\.\d+\.\d+$/);
    });
  });
});

/** The built-in images of data are under terms of their own, which its builtin/NOTICE gives. */
function licenceOf(folder: string): string {
  return folder === 'data' ? 'MIT AND CC-BY-SA-3.0' : 'MIT';
}

const expectedFiles = [
  /^(package\.json|README\.md|LICENSE)$/,
  /^THIRD-PARTY-NOTICES$/,
  /^src\/.*\.ts$/,
  /^dist\/.*\.(js|d\.ts)(\.map)?$/,
  /^bin\/hebblab\.js$/,
  /^run-configuration\.schema\.json$/,
  /^builtin\/(NOTICE|[a-z-]+\.npz)$/,
  /^artefacts\/(build\.json|[a-z0-9-]+\/hebblab(\.js|\.d\.ts|_bg\.wasm|_bg\.wasm\.d\.ts))$/,
];

function withoutTopFolder(file: string): string {
  return file.replace(/^package\//, '');
}

/** The file names anywhere in a value of a manifest. */
function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}
