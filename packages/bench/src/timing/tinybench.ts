import type { SelfTimedTask } from './task.js';

/** What is used of a `Bench` of tinybench. */
export interface TinybenchLike {
  time: number;
  iterations: number;
  warmup: boolean;
  readonly tasks: readonly { readonly name: string }[];
  getTask(name: string): TinybenchTaskLike | undefined;
}

interface TinybenchTaskLike {
  reset(): void;
  run(): Promise<unknown>;
  readonly result: { readonly state: string; readonly totalTime?: number; readonly error?: Error };
}

/**
 * A task of a tinybench suite, timed by tinybench itself with its hooks and its clock, as a task for `compare` or a
 * `Suite`. It sets `time`, `iterations` and `warmup` of the bench whenever it is timed, and wants no concurrency.
 *
 * @throws Error where the bench has no task of that name; when timed, where the task throws
 * @example
 * const bench = new Bench().add('parse', parse).add('parse faster', parseFaster);
 * await compare(tinybenchTask(bench, 'parse'), tinybenchTask(bench, 'parse faster'));
 */
export function tinybenchTask(bench: TinybenchLike, name: string): SelfTimedTask {
  const task = bench.getTask(name);
  if (task === undefined) {
    const known = bench.tasks.map((other) => other.name).join(', ');
    throw new Error(`tinybenchTask: expected a task of ${known || 'the bench, which has none'}, got ${name}`);
  }
  return {
    name,
    async sample(calls) {
      // No time and so many iterations: exactly as many calls as are asked for.
      bench.time = 0;
      bench.iterations = calls;
      bench.warmup = false;
      // A task that has run would not run again.
      task.reset();
      await task.run();
      const { state, totalTime, error } = task.result;
      if (error !== undefined) throw error;
      if (totalTime === undefined)
        throw new Error(`tinybenchTask: expected ${name} to complete, got ${state}`);
      return totalTime;
    },
  };
}
