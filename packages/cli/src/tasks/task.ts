// Work that takes minutes runs in a thread of its own: the main thread stays free to hear Ctrl-C at any moment, also
// in the middle of an epoch.
import { Worker } from 'node:worker_threads';
import type { Progress, RunResults } from '@hebblab/experiments';
import type { EvaluatedModel, EvaluateTask } from './evaluate-task.js';
import type { RunTask } from './run-task.js';
import type { TaskContext } from './task-context.js';
import type { TrainedModel, TrainTask } from './train-task.js';

/** The tasks by name. */
export interface Tasks {
  run: { readonly input: RunTask; readonly output: RunResults };
  train: { readonly input: TrainTask; readonly output: TrainedModel };
  evaluate: { readonly input: EvaluateTask; readonly output: EvaluatedModel };
}

/** From the task's thread. */
export type TaskMessage<Output> =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly output: Output }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string; readonly stack?: string };

/** To the task's thread. */
export const abortMessage = 'abort';

/** Carries out a task in its thread; an error comes with the name and message that it had there. */
export function runTask<Name extends keyof Tasks>(
  name: Name,
  input: Tasks[Name]['input'],
  { onProgress, signal }: TaskContext,
): Promise<Tasks[Name]['output']> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./task-thread.js', import.meta.url), {
      workerData: { name, input },
    });
    signal.addEventListener('abort', () => thread.postMessage(abortMessage));
    thread.on('message', (message: TaskMessage<Tasks[Name]['output']>) => {
      switch (message.kind) {
        case 'progress':
          onProgress(message.progress);
          return;
        case 'done':
          resolve(message.output);
          return;
        case 'failed':
          reject(Object.assign(new Error(message.message), { name: message.name, stack: message.stack }));
      }
    });
    thread.on('error', reject);
    thread.on('exit', (code) =>
      reject(new Error(`${name}: expected a result, got the end of its thread (${code})`)),
    );
  });
}
