import { importThreadedGlue } from './glue.js';
import type { Variant } from './variant.js';

/** What a worker is told when it starts. */
export interface ThreadStart {
  readonly variant: Variant;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its number, from 1 on. */
  readonly thread: number;
  /** Where it writes its number if it fails: the caller may be waiting, and hears no message then. */
  readonly failedOffset: number;
}

/** To the thread that started it: about to work, or failed. */
export type ThreadMessage = { readonly failure?: string };

/** Takes part in jobs until the pool ends. */
export async function workInThread(
  { variant, module, memory, thread, failedOffset }: ThreadStart,
  tell: (message: ThreadMessage) => void,
): Promise<void> {
  try {
    const glue = await importThreadedGlue(variant);
    glue.initSync({ module, memory, thread_stack_size: stackBytes });
    tell({});
    glue.threadsWork(thread);
  } catch (error) {
    Atomics.store(new Int32Array(memory.buffer), failedOffset / Int32Array.BYTES_PER_ELEMENT, thread);
    tell({ failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}

/** Pieces of kernels hold tiles and small arrays on the stack, no more. */
const stackBytes = 1 << 20;
