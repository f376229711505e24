import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { InputError } from './input-error.js';

/** A file of a commit. */
export interface CommittedFile {
  /** Relative to the folder that was asked, with `/` between. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** The full name of the commit that a ref means, or none. */
export function commitOf(folder: string, ref: string): string | undefined {
  // A ref that begins with a dash would be read as an option.
  if (ref.startsWith('-') || ref === '') return undefined;
  try {
    return git(folder, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`).toString().trim();
  } catch {
    return undefined;
  }
}

/**
 * Whether tracked files below the folder differ from the commit that is checked out.
 *
 * @param except - a folder that does not count
 */
export function hasChanges(folder: string, except?: string): boolean {
  const relative = except === undefined ? '' : path.relative(folder, except).split(path.sep).join('/');
  const exclusion = relative === '' || relative.startsWith('..') ? [] : [`:(exclude)${relative}`];
  return git(folder, 'status', '--porcelain', '--untracked-files=no', '--', '.', ...exclusion).length > 0;
}

/** Whether a commit has something at a path. */
export function hasFile(folder: string, commit: string, name: string): boolean {
  return git(folder, 'ls-tree', '-z', '--name-only', commit, '--', name).length > 0;
}

/**
 * The files of a commit at these paths, folders with all that is below them.
 *
 * @throws InputError where the commit has none at a path
 */
export function filesOfCommit(folder: string, commit: string, paths: readonly string[]): CommittedFile[] {
  return paths.flatMap((wanted) => {
    const listed = git(folder, 'ls-tree', '-r', '-z', '--name-only', commit, '--', wanted).toString();
    const names = listed.split('\0').filter((name) => name !== '');
    if (names.length === 0)
      throw new InputError(`bench: expected ${wanted} in commit ${commit.slice(0, 12)}, found nothing there`);
    return names.map((path) => ({ path, bytes: git(folder, 'show', `${commit}:./${path}`) }));
  });
}

/** The folder of the checkout in which a folder lies. */
export function topOf(folder: string): string {
  return git(folder, 'rev-parse', '--show-toplevel').toString().trim();
}

/** Checks a commit out into a new folder, with no branch. */
export function addWorktree(top: string, folder: string, commit: string): void {
  git(top, 'worktree', 'add', '--quiet', '--detach', folder, commit);
}

/** Deletes a worktree and forgets it; nothing where there is none. */
export function removeWorktree(top: string, folder: string): void {
  try {
    git(top, 'worktree', 'remove', '--force', folder);
  } catch {
    git(top, 'worktree', 'prune');
  }
}

function git(folder: string, ...parameters: string[]): Buffer {
  return execFileSync('git', parameters, {
    cwd: folder,
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
