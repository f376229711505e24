/**
 * What is timed: a function whose every call does the same work, or one that `setup` makes with a state of its own.
 * With `setup`, a second state can be made, so that comparing a task with itself shows what the place of its data in
 * memory does. A function may return a promise, which is then awaited: that costs, and `wall` is the clock for it.
 */
export type Task = (() => unknown) | { readonly name: string; readonly setup: () => () => unknown };

/** A task with its state, ready to be called. */
export interface Prepared {
  readonly name: string;
  readonly run: () => unknown;
  readonly waits: boolean;
}

/** Makes the state of a task, and calls it once to find out whether it returns a promise. */
export async function prepareTask(task: Task): Promise<Prepared> {
  const run = typeof task === 'function' ? task : task.setup();
  const result = run();
  const waits = result instanceof Promise;
  if (waits) await result;
  return { name: nameOf(task), run, waits };
}

/** The name of a task: its function's where it has no other. */
export function nameOf(task: Task): string {
  return task.name === '' ? 'unnamed' : task.name;
}

/** The milliseconds of `calls` calls. */
export async function timeCalls({ run, waits }: Prepared, calls: number, now: () => number): Promise<number> {
  if (!waits) return timeSynchronousCalls(run, calls, now);
  const start = now();
  for (let call = 0; call < calls; call++) await run();
  return now() - start;
}

function timeSynchronousCalls(run: () => unknown, calls: number, now: () => number): number {
  const start = now();
  for (let call = 0; call < calls; call++) run();
  return now() - start;
}
