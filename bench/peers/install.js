import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Installs the libraries of package-lock.json here, where they are not yet. */
export function installPeers() {
  if (existsSync(new URL('node_modules/.package-lock.json', import.meta.url))) return;
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`bench:peers: expected npm ci to end with 0, got ${status}`);
}
