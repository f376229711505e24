import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { addWorktree, removeWorktree, topOf } from './git.js';

/** A checkout of a commit beside the working tree. */
export interface Tree {
  /** The folder in it that the working tree has at `root`. */
  readonly root: string;
  dispose(): void;
}

/**
 * Checks a commit out into a git worktree of its own, with the packages that are installed in the working tree: each
 * `node_modules` is made anew of links. A link to a package of the project itself leads to the checkout's version of it,
 * so that a workspace measures its own past. Nothing is downloaded.
 */
export function checkOut(root: string, commit: string): Tree {
  const top = topOf(root);
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'hebblab-bench-')));
  const tree = path.join(folder, 'tree');
  const dispose = () => {
    removeWorktree(top, tree);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    addWorktree(top, tree, commit);
    for (const modules of modulesFolders(top, '')) linkPackages(top, tree, modules);
    return { root: path.join(tree, path.relative(top, realpathSync(root))), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** The folders `node_modules` of the project, relative to its top; none that lies in another one. */
function modulesFolders(top: string, folder: string): string[] {
  return readdirSync(path.join(top, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== '.git')
    .flatMap((entry) => {
      const inner = path.join(folder, entry.name);
      return entry.name === 'node_modules' ? [inner] : modulesFolders(top, inner);
    });
}

function linkPackages(top: string, tree: string, modules: string): void {
  // A package that is newer than the commit has no folder there.
  if (!existsSync(path.dirname(path.join(tree, modules)))) return;
  mkdirSync(path.join(tree, modules), { recursive: true });
  for (const name of readdirSync(path.join(top, modules))) {
    // What tools keep for themselves, such as .cache; programs are in .bin.
    if (name.startsWith('.') && name !== '.bin') continue;
    const entry = path.join(modules, name);
    if (name.startsWith('@') && lstatSync(path.join(top, entry)).isDirectory()) {
      mkdirSync(path.join(tree, entry), { recursive: true });
      for (const inner of readdirSync(path.join(top, entry))) linkPackage(top, tree, path.join(entry, inner));
    } else linkPackage(top, tree, entry);
  }
}

function linkPackage(top: string, tree: string, entry: string): void {
  const installed = path.join(top, entry);
  if (!existsSync(installed)) return;
  const place = path.relative(top, realpathSync(installed));
  const isOwn = !place.startsWith('..') && !place.split(path.sep).includes('node_modules');
  const target = isOwn ? path.join(tree, place) : realpathSync(installed);
  if (existsSync(target) && !existsSync(path.join(tree, entry)))
    symlinkSync(target, path.join(tree, entry), process.platform === 'win32' ? 'junction' : undefined);
}
