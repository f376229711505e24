import { parentPort, workerData } from 'node:worker_threads';
import { abortMessage, type TaskMessage, type Tasks } from './task.js';
import type { TaskContext } from './task-context.js';

const tasks: {
  [Name in keyof Tasks]: () => Promise<
    (input: Tasks[Name]['input'], context: TaskContext) => Promise<Tasks[Name]['output']>
  >;
} = {
  run: async () => (await import('./run-task.js')).run,
  train: async () => (await import('./train-task.js')).train,
  evaluate: async () => (await import('./evaluate-task.js')).evaluate,
};

await carryOut(workerData.name, workerData.input);

async function carryOut<Name extends keyof Tasks>(name: Name, input: Tasks[Name]['input']): Promise<void> {
  const tell = (message: TaskMessage<Tasks[Name]['output']>) => parentPort?.postMessage(message);
  const controller = new AbortController();
  parentPort?.on('message', (message) => {
    if (message === abortMessage) controller.abort();
  });
  // The task alone keeps this thread alive.
  parentPort?.unref();
  try {
    const work = await tasks[name]();
    const output = await work(input, {
      onProgress: (progress) => tell({ kind: 'progress', progress }),
      signal: controller.signal,
    });
    tell({ kind: 'done', output });
  } catch (error) {
    const { name: kind, message, stack } = firstError(error);
    tell({ kind: 'failed', name: kind, message, ...(stack === undefined ? {} : { stack }) });
  }
}

/** The error that began it, where giving back memory failed because of it. */
function firstError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.name === 'SuppressedError' && 'suppressed' in error ? firstError(error.suppressed) : error;
}
