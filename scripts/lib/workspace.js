// What `npm start`, `npm test` and CI share: installing and building only when something changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const stamps = path.join(root, 'node_modules', '.hebblab');

/** Installs the locked dependencies and builds the TypeScript, each only where its inputs changed. */
export function prepareWorkspace() {
  refuseOldNode();
  installDependencies();
  buildTypeScript();
}

/** Installs with the pinned pnpm, through npx so that none needs to be there. */
export function installDependencies() {
  const inputs = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...packageManifests()];
  onlyWhenChanged('install', inputs, ['node_modules/typescript'], () => {
    console.error('hebblab: installing dependencies');
    const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    run('npx', [
      '--yes',
      packageManager,
      'install',
      '--frozen-lockfile',
      '--config.confirmModulesPurge=false',
      '--config.update-notifier=false',
    ]);
  });
}

/** Compiles every package in the order of its project references. */
export function buildTypeScript() {
  const inputs = ['tsconfig.json', 'tsconfig.base.json', ...packageFolders().flatMap(sourcesOf)];
  const outputs = packageFolders().map((folder) => path.join(folder, 'dist'));
  onlyWhenChanged('build', inputs, outputs, () => {
    console.error('hebblab: building TypeScript');
    run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
  });
}

/** Runs a command at the root with its output on stderr; ends this process with its exit code where it fails. */
export function run(command, parameters, options = {}) {
  const result = spawnSync(command, parameters, { cwd: root, stdio: ['inherit', 2, 2], ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`hebblab: expected Node 20.19 or newer, got ${process.version}`);
  process.exit(1);
}

function onlyWhenChanged(step, inputs, outputs, action) {
  const stamp = path.join(stamps, step);
  const state = fingerprint(inputs);
  const made = [stamp, ...outputs.map((output) => path.join(root, output))].every(existsSync);
  if (made && readFileSync(stamp, 'utf8') === state) return;
  action();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, state);
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** Without what a change of branches leaves of a package: ignored files alone, and no manifest. */
function packageFolders() {
  return readdirSync(path.join(root, 'packages'))
    .map((name) => path.join('packages', name))
    .filter((folder) => existsSync(path.join(root, folder, 'package.json')));
}

function packageManifests() {
  return ['bench', ...packageFolders()].map((folder) => path.join(folder, 'package.json'));
}

function sourcesOf(folder) {
  const files = [path.join(folder, 'tsconfig.json')];
  for (const entry of readdirSync(path.join(root, folder, 'src'), { recursive: true })) {
    const file = path.join(folder, 'src', entry);
    if (statSync(path.join(root, file)).isFile()) files.push(file);
  }
  return files.sort();
}
