import { importThreadedGlue, type ThreadedGlue } from './glue.js';
import { platform, type Thread, type ThreadsMissing } from './platform.js';
import type { Variant } from './variant.js';

/**
 * How many threads run kernels, and why not more: all that were asked for, or one because something is missing.
 * `auto` asks for as many as the machine runs at the same time.
 */
export type ThreadsReason =
  | 'as asked'
  | 'one processor'
  | ThreadsMissing
  | 'the engine refused a shared memory'
  | `a worker could not start: ${string}`;

/** How many threads to open, or the reason why it is one. */
export type ThreadsPlan =
  | { readonly kind: 'one'; readonly reason: ThreadsReason }
  | { readonly kind: 'several'; readonly count: number };

/** Workers on one memory, or why there are none. */
export type Pool = StartedPool | { readonly kind: 'refused'; readonly reason: ThreadsReason };

interface StartedPool {
  readonly kind: 'started';
  readonly glue: ThreadedGlue;
  readonly memory: WebAssembly.Memory;
  /** What ended one of them, if something did. */
  failure(): string | undefined;
  end(): Promise<void>;
}

/** Most threads that kernels can have. */
export const mostThreads = 64;

/**
 * @throws unless `threads` is `auto` or a whole number from 1 to 64
 */
export function planThreads(threads: number | 'auto'): ThreadsPlan {
  if (threads !== 'auto' && !(Number.isInteger(threads) && threads >= 1 && threads <= mostThreads)) {
    throw new Error(`openKernels: expected threads auto or from 1 to ${mostThreads}, got ${threads}`);
  }
  if (threads === 1) return { kind: 'one', reason: 'as asked' };
  const missing = platform().threadsMissing();
  if (missing !== undefined) return { kind: 'one', reason: missing };
  const count = threads === 'auto' ? Math.min(platform().processors(), mostThreads) : threads;
  return count === 1 ? { kind: 'one', reason: 'one processor' } : { kind: 'several', count };
}

/** Starts a pool of `count` threads, the caller's among them; says why where that cannot be. */
export async function startPool(variant: Variant, module: WebAssembly.Module, count: number): Promise<Pool> {
  const memory = sharedMemory();
  if (memory === undefined) return { kind: 'refused', reason: 'the engine refused a shared memory' };
  const glue = await importThreadedGlue(variant);
  await glue.default({ module_or_path: module, memory });
  const failedOffset = glue.threadsFailedOffset();
  const failedPlace = failedOffset / Int32Array.BYTES_PER_ELEMENT;
  let cause: string | undefined;
  const start = (thread: number) =>
    platform().startThread({ variant, module, memory, thread, failedOffset }, (text) => {
      cause ??= text;
      Atomics.store(new Int32Array(memory.buffer), failedPlace, thread);
    });
  // The memory knows first: a caller that waited for the thread has heard no message yet.
  const failure = () => {
    const thread = Atomics.load(new Int32Array(memory.buffer), failedPlace);
    return thread === 0 ? undefined : (cause ?? 'one that waits no longer');
  };
  const starts = await Promise.allSettled(Array.from({ length: count - 1 }, (_, index) => start(index + 1)));
  const threads = starts.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const refusal = starts.find((outcome) => outcome.status === 'rejected');
  const end = () => endThreads(glue, threads);
  if (refusal === undefined) {
    // A worker that says it is about to work needs an instant more.
    while (glue.threadsWorkers() < count - 1 && failure() === undefined)
      await new Promise((resolve) => setTimeout(resolve, 1));
    return { kind: 'started', glue, memory, failure, end };
  }
  await end();
  return { kind: 'refused', reason: `a worker could not start: ${refusal.reason.message}` };
}

async function endThreads(glue: ThreadedGlue, threads: readonly Thread[]): Promise<void> {
  glue.threadsEnd();
  await Promise.all(threads.map((thread) => thread.end()));
}

const pageBytes = 65536;
/** What the module needs before anything is allocated: its data and the caller's stack, a little over 1 MiB. */
const initialPages = 32;

/** Engines reserve the maximum in their address space, and some refuse much. */
function sharedMemory(): WebAssembly.Memory | undefined {
  for (const maximum of [2 ** 32, 2 ** 31, 2 ** 30].map((bytes) => bytes / pageBytes)) {
    try {
      return new WebAssembly.Memory({ initial: initialPages, maximum, shared: true });
    } catch {
      // The next one asks for less.
    }
  }
  return undefined;
}
