import type { OnProgress } from '@hebblab/experiments';

/** What a task tells and listens to while it works. */
export interface TaskContext {
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}
