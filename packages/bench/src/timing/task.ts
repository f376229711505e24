/**
 * What is timed: a function whose every call does the same work; one that `setup` makes with a state of its own; or a
 * task that times itself, as {@link tinybenchTask} makes. With `setup`, a second state can be made, so that comparing
 * a task with itself shows what the place of its data in memory does. A function may return a promise, which is then
 * awaited: that costs, and `wall` is the clock for it.
 */
export type Task = (() => unknown) | TaskWithState | SelfTimedTask;

export interface TaskWithState {
  readonly name: string;
  /** Makes a state and returns the function to be timed on it, or what times itself on it; may wait. */
  readonly setup: () => TaskOnState | Promise<TaskOnState>;
}

/** What is timed on a state. */
export type TaskOnState = (() => unknown) | SelfTimedTask;

export interface SelfTimedTask {
  readonly name: string;
  /** Makes that many calls and returns the milliseconds that they took. */
  readonly sample: (calls: number) => Promise<number>;
}

/** A task with its state, ready to be called. */
export interface Prepared {
  readonly name: string;
  /** Makes that many calls and returns the milliseconds that they took, by the clock where it has none of its own. */
  readonly sample: (calls: number, now: () => number) => Promise<number>;
}

/** Makes the state of a task, and calls a function once to find out whether it returns a promise. */
export async function prepareTask(task: Task): Promise<Prepared> {
  if ('sample' in task) return task;
  const run = typeof task === 'function' ? task : await task.setup();
  if (typeof run !== 'function') return { name: nameOf(task), sample: run.sample };
  const result = run();
  if (!(result instanceof Promise))
    return { name: nameOf(task), sample: async (calls, now) => timeCalls(run, calls, now) };
  await result;
  return { name: nameOf(task), sample: (calls, now) => timeWaitingCalls(run, calls, now) };
}

function nameOf(task: Task): string {
  return task.name === '' ? 'unnamed' : task.name;
}

function timeCalls(run: () => unknown, calls: number, now: () => number): number {
  const start = now();
  for (let call = 0; call < calls; call++) run();
  return now() - start;
}

async function timeWaitingCalls(run: () => unknown, calls: number, now: () => number): Promise<number> {
  const start = now();
  for (let call = 0; call < calls; call++) await run();
  return now() - start;
}
