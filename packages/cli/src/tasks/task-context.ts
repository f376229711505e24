import type { OnProgress } from '@hebblab/experiments';
import type { Kernels } from '@hebblab/wasm';
import { type KernelsWanted, openKernelsForCommand } from '../kernels.js';

/** What a task tells and listens to while it works. */
export interface TaskContext {
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** Opens the kernels, and tells where fewer threads run than were asked for. */
export async function openKernelsForTask(
  wanted: KernelsWanted,
  { onProgress }: TaskContext,
): Promise<Kernels> {
  const kernels = await openKernelsForCommand(wanted);
  if (wanted.threads !== 'auto' && kernels.threads < wanted.threads) {
    const text = `1 thread instead of ${wanted.threads}: ${kernels.threadsReason}`;
    onProgress({ kind: 'note', text });
  }
  return kernels;
}
