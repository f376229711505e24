import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

/** Gives `action` an empty folder in which all packages are installed, as a user would have it; deletes it afterwards. */
export function inExampleFolder<Result>(action: (folder: string) => Result): Result {
  const folder = mkdtempSync(path.join(tmpdir(), 'hebblab-example-'));
  try {
    installPackages(path.join(folder, 'node_modules'));
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function installPackages(modules: string): void {
  for (const name of readdirSync(packages)) {
    const source = path.join(packages, name);
    const manifest = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')) as { name: string };
    const link = path.join(modules, ...manifest.name.split('/'));
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(source, link, 'junction');
  }
}
