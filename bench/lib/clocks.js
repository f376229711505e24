/**
 * The clocks to measure with, as timestamp providers of tinybench.
 *
 * `cpu` is the time that this process was running, user and system: on a shared machine, elapsed time says how often
 * a run was interrupted, which falls on long runs alone. It holds for kernels of one thread. `wall` is elapsed time.
 */
export const clocks = {
  cpu: {
    name: 'cpu',
    fn: () => {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    fromMs: (milliseconds) => milliseconds * 1000,
    toMs: (microseconds) => microseconds / 1000,
  },
  wall: 'performanceNow',
};
