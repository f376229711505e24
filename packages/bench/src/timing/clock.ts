/**
 * What time means.
 *
 * - `cpu`: how long this process was running, user and system; of its calling thread alone where the engine counts
 *   that (`process.threadCpuUsage`, not in Node 20). On a shared machine it leaves out how often others interrupted. Work that runs on
 *   several threads needs `wall`.
 * - `wall`: elapsed time.
 */
export type ClockName = 'cpu' | 'wall';

/** A clock to measure with. */
export interface Clock {
  readonly name: ClockName;
  /** Milliseconds since some moment. */
  now(): number;
  /** The smallest step that was seen, in milliseconds. */
  readonly tick: number;
}

/**
 * Opens a clock, or the better one for work of one thread: `cpu` where it ticks finely, else `wall`.
 *
 * @throws Error where the engine does not count CPU time
 * @example
 * const clock = openClock('cpu');
 * const start = clock.now();
 */
export function openClock(name: ClockName | 'auto' = 'auto'): Clock {
  const wall = () => withTick('wall', () => performance.now());
  if (name === 'wall') return wall();
  if (name !== 'cpu' && name !== 'auto')
    throw new Error(`openClock: expected cpu, wall or auto, got ${String(name)}`);
  const now = cpuMilliseconds();
  if (now === undefined) {
    if (name === 'auto') return wall();
    throw new Error('openClock: expected an engine that counts CPU time, got one without: use wall');
  }
  const cpu = withTick('cpu', now);
  return name === 'cpu' || cpu.tick <= coarsestAutomaticTick ? cpu : wall();
}

/** Windows counts CPU time in steps of 16 ms, which would ask for samples of a second. */
const coarsestAutomaticTick = 0.1;

/** Read by its global, as browsers have no such module. */
function cpuMilliseconds(): (() => number) | undefined {
  const { process } = globalThis as { process?: Partial<CpuCounting> };
  const usage = process?.threadCpuUsage?.bind(process) ?? process?.cpuUsage?.bind(process);
  if (usage === undefined) return undefined;
  return () => {
    const { user, system } = usage();
    return (user + system) / 1000;
  };
}

interface CpuCounting {
  cpuUsage(): CpuMicroseconds;
  threadCpuUsage(): CpuMicroseconds;
}

interface CpuMicroseconds {
  readonly user: number;
  readonly system: number;
}

function withTick(name: ClockName, now: () => number): Clock {
  const start = performance.now();
  const enough = (steps: number) => {
    const spent = performance.now() - start;
    // Elapsed time also passes while others run: some steps are waited for, or a fine clock would look coarse.
    return steps >= 20 || (steps >= 3 && spent >= 50) || spent >= 1000;
  };
  let tick = Number.POSITIVE_INFINITY;
  let before = now();
  for (let steps = 0; !enough(steps); ) {
    const after = now();
    if (after > before) {
      tick = Math.min(tick, after - before);
      steps += 1;
    }
    before = after;
  }
  return { name, now, tick: Number.isFinite(tick) ? tick : 1000 };
}
