import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/**
 * The packages that are installed for a folder, as an import map for a page: names to addresses below the top, which a
 * server gives out. ES modules alone; a package that lies elsewhere is left out.
 *
 * @param from - the nearest `node_modules` above it win
 * @param top - the folder that addresses start from
 */
export function importMap(top: string, from: string): Record<string, string> {
  const imports: Record<string, string> = {};
  for (const modules of modulesFolders(top, from))
    for (const name of packageNames(modules)) {
      const folder = realpathSync(path.join(modules, name));
      if (isInside(top, folder)) addPackage(imports, top, name, folder);
    }
  return imports;
}

/** The path of a file as an address below the top. */
export function addressOf(top: string, file: string): string {
  return `/${path.relative(top, realpathSync(file)).split(path.sep).map(encodeURIComponent).join('/')}`;
}

/** Nearest first; last those that pnpm keeps for packages of packages. */
function modulesFolders(top: string, from: string): string[] {
  const folders: string[] = [];
  for (let folder = from; isInside(top, folder) || folder === top; folder = path.dirname(folder)) {
    folders.push(path.join(folder, 'node_modules'));
    if (folder === path.dirname(folder)) break;
  }
  return [...folders, path.join(top, 'node_modules', '.pnpm', 'node_modules')].filter(existsSync);
}

function packageNames(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(path.join(modules, name)).map((inner) => `${name}/${inner}`)
        : [name],
    )
    .filter((name) => existsSync(path.join(modules, name, 'package.json')));
}

interface Manifest {
  readonly exports?: unknown;
  readonly module?: string;
  readonly browser?: unknown;
  readonly main?: string;
}

function addPackage(imports: Record<string, string>, top: string, name: string, folder: string): void {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  const add = (specifier: string, target: string | undefined) => {
    if (target === undefined || imports[specifier] !== undefined) return;
    const file = path.join(folder, target);
    if (/\.m?js$/.test(target) && existsSync(file)) imports[specifier] = addressOf(top, file);
  };
  const { exports } = manifest;
  if (exports === undefined) add(name, manifest.module ?? manifest.main ?? 'index.js');
  else if (
    typeof exports === 'object' &&
    exports !== null &&
    Object.keys(exports).some((key) => key.startsWith('.'))
  )
    for (const [key, value] of Object.entries(exports)) {
      if (!key.includes('*')) add(`${name}${key.slice(1)}`, conditioned(value));
    }
  else add(name, conditioned(exports));
}

/** What a page takes of conditional exports. */
function conditioned(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [condition, inner] of Object.entries(value)) {
    if (!['browser', 'module', 'import', 'default'].includes(condition)) continue;
    const found = conditioned(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isInside(top: string, folder: string): boolean {
  const relative = path.relative(top, folder);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
