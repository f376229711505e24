import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isRequired } from '../../scripts/lib/tools.js';

const execute = promisify(execFile);

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the suite of packed packages is skipped for; undefined where it runs, or must fail because it is required. */
export const registryMissing: string | undefined =
  isRequired('packed') || registryAnswers() ? undefined : 'the package registry does not answer';

/** Folders of the published packages, below packages/. */
export const packageFolders: readonly string[] = readdirSync(path.join(root, 'packages'))
  .sort()
  .map(expectManifest);

/** The folder, where it has a manifest: a package without one would be published by nobody. */
function expectManifest(folder: string): string {
  const manifest = path.join(root, 'packages', folder, 'package.json');
  if (!existsSync(manifest)) throw new Error(`expected a package.json in packages/${folder}, got none`);
  return folder;
}

/** The name that `pnpm pack` gives the tarball of a package folder. */
export function tarballName(folder: string): string {
  const { name, version } = JSON.parse(
    readFileSync(path.join(root, 'packages', folder, 'package.json'), 'utf8'),
  );
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}

/** An empty folder outside the workspace. */
export function temporaryFolder(purpose: string): Promise<string> {
  return mkdtemp(path.join(os.tmpdir(), `hebblab-${purpose}-`));
}

/** Packs every package as publishing would: pnpm puts versions in the place of `workspace:` and `catalog:`. */
export async function packPackages(destination: string): Promise<void> {
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const pack = ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', destination];
  await execute('npx', ['--yes', packageManager, ...pack], { cwd: root });
}

/** Installs all tarballs with npm into a project that had nothing. */
export async function installTarballs(tarballs: string, project: string): Promise<void> {
  const manifest = { name: 'empty-project', version: '1.0.0', private: true, type: 'module' };
  await writeFile(path.join(project, 'package.json'), JSON.stringify(manifest));
  const files = packageFolders.map((folder) => path.join(tarballs, tarballName(folder)));
  await execute('npm', ['install', '--no-audit', '--no-fund', ...files], { cwd: project });
}

/** The executable of another Node version, installed from npm into HEBBLAB_TOOLS or ~/.cache/hebblab-tools once. */
export async function installNode(version: string): Promise<string> {
  const tools = process.env.HEBBLAB_TOOLS ?? path.join(os.homedir(), '.cache', 'hebblab-tools');
  const folder = path.join(tools, `node-${version}`);
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const executable = path.join(folder, 'node_modules', name, 'bin', binary);
  if (existsSync(executable)) return executable;
  await mkdir(folder, { recursive: true });
  await execute('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${version}`], {
    cwd: folder,
  });
  return executable;
}

function registryAnswers(): boolean {
  const ask = ['view', 'commander', 'version', '--fetch-retries=0', '--fetch-timeout=5000'];
  return spawnSync('npm', ask, { cwd: os.tmpdir(), stdio: 'ignore', timeout: 10_000 }).status === 0;
}
