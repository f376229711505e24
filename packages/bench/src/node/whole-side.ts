import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClockName } from '../timing/clock.js';
import type { SelfTimedTask } from '../timing/task.js';
import type { BenchConfiguration, WholeBuild } from './configuration.js';
import { InputError } from './input-error.js';
import { runMake, type Source } from './sides.js';
import { checkOut } from './whole-tree.js';
import type { WorkerReply, WorkerRequest, WorkerStart } from './whole-worker.js';

/** A checkout whose suites can be started, each time in a process of its own. */
export interface WholeSide {
  /** Starts a process in which this case of a suite's file is set up. */
  start(file: string, name: string, clock: ClockName | 'auto'): Promise<CaseProcess>;
  /** The bytes of a case that is a size. */
  size(file: string, name: string): Promise<number>;
  dispose(): void;
}

/** A case in a process of its own, which times itself when it is asked to. */
export interface CaseProcess extends SelfTimedTask {
  end(): void;
}

/**
 * Makes the project as it was at a source ready to be measured. The suites are those of the working tree on both sides,
 * so that one question is asked of both.
 *
 * @throws InputError where the source is a file, or the command that makes it fails
 */
export function prepareWhole(
  configuration: BenchConfiguration,
  build: WholeBuild,
  source: Source,
): WholeSide {
  if (source.kind === 'files')
    throw new InputError(
      `bench: expected a commit to compare ${build.name} with, got files of ${source.folder}`,
    );
  const { root } = configuration;
  // Made when its suites were read.
  if (source.kind === 'working tree') return { ...casesIn(build.suites), dispose: () => {} };
  const tree = checkOut(root, source.commit);
  try {
    const suites = path.join(tree.root, path.relative(root, build.suites));
    rmSync(suites, { recursive: true, force: true });
    cpSync(build.suites, suites, {
      recursive: true,
      filter: (file) => path.basename(file) !== 'node_modules',
    });
    if (build.make !== undefined) runMake(tree.root, configuration, build.make);
    return { ...casesIn(suites), dispose: tree.dispose };
  } catch (error) {
    tree.dispose();
    throw error;
  }
}

function casesIn(suites: string): Omit<WholeSide, 'dispose'> {
  const begin = async (start: WorkerStart) => {
    const child = fork(
      fileURLToPath(new URL('./whole-worker.js', import.meta.url)),
      [JSON.stringify(start)],
      {
        // A program's own words are not for stdout, which may be JSON.
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    const end = () => void child.kill();
    try {
      return { child, end, first: await answer(child) };
    } catch (error) {
      end();
      throw error;
    }
  };
  return {
    async start(file, name, clock) {
      const { child, end } = await begin({ suites, file, name, clock });
      return {
        name,
        end,
        sample(calls) {
          const request: WorkerRequest = { calls };
          child.send(request);
          return answer(child);
        },
      };
    },
    async size(file, name) {
      const { first, end } = await begin({ suites, file, name, clock: 'auto' });
      end();
      return first;
    },
  };
}

/** The figure that a process answers with: milliseconds, bytes, or 0 where it says that it is ready. */
function answer(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (reply: WorkerReply) => {
      settle();
      if (reply.kind === 'failed') reject(new Error(reply.error));
      else resolve(reply.figure);
    };
    const onExit = (code: number | null, signal: string | null) => {
      settle();
      reject(new Error(`expected its process to go on, got its end (${signal ?? code})`));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
