import { type Comparison, compare, compareLaunches, decide, openClock, seededRandom } from '@hebblab/bench';
import { describe, expect, it } from 'vitest';
import { logNoise, logRatio, timeBlock } from '../dist/compare/blocks.js';

describe('compare', () => {
  const options = { seconds: 30, precision: 0.1, sampleMilliseconds: 0.5 } as const;

  it('finds that twice the work is slower, and half of it faster', async () => {
    const slower = await compare(summing(20_000), summing(40_000), options);
    expect(slower.verdict).toEqual({ kind: 'slower' });
    expect(slower.ratio.low).toBeGreaterThan(1.02);
    const faster = await compare(summing(40_000), summing(20_000), options);
    expect(faster.verdict).toEqual({ kind: 'faster' });
  });

  it('says what it did', async () => {
    const result: Comparison = await compare(summing(1000), summing(1000), { ...options, seconds: 0.3 });
    expect(result.first.name).toBe('sum of 1000');
    expect(result.first.callsPerSample).toBeGreaterThan(0);
    expect(result.blocks).toBeGreaterThan(0);
    expect(['cpu', 'wall']).toContain(result.clock);
    expect(result.ratio.confidence).toBe(0.99);
  });

  it('makes two states of the first task and one of the second', async () => {
    const made = { first: 0, second: 0 };
    const counting = (name: 'first' | 'second') => ({
      name,
      setup() {
        made[name] += 1;
        return summing(1000);
      },
    });
    await compare(counting('first'), counting('second'), { ...options, seconds: 0.1 });
    expect(made).toEqual({ first: 2, second: 1 });
  });

  it('says not decided where the time was too short', async () => {
    const { verdict, ended } = await compare(summing(10_000), summing(10_000), { seconds: 0.001 });
    expect(verdict).toEqual({ kind: 'not decided', reason: 'too few blocks' });
    expect(ended).toBe('out of time');
  });

  it('waits for promises', async () => {
    let running = 0;
    let most = 0;
    const task = async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    };
    await compare(task, task, { seconds: 0.2, clock: 'wall' });
    expect(most).toBe(1);
  });

  it('passes on what a task throws', async () => {
    const broken = () => {
      throw new Error('the kernel broke');
    };
    await expect(compare(summing(10), broken, options)).rejects.toThrow('the kernel broke');
  });

  it.each([
    [{ seconds: 0 }, 'compare: expected seconds above 0, got 0'],
    [{ threshold: -1 }, 'compare: expected threshold above 0, got -1'],
    [{ confidence: 99 }, 'compare: expected confidence inside (0, 1), got 99'],
  ])('refuses %j', async (wrong, message) => {
    await expect(compare(summing(1), summing(1), wrong)).rejects.toThrow(message);
  });
});

describe('a comparison over launches', () => {
  /** Tasks that say what a call takes, in launches of which every other one doubles the first task's time. */
  const launching = (ratio: number) => {
    const counts = { started: 0, ended: 0 };
    const launch = async () => {
      const unlucky = counts.started++ % 2 === 1 ? 2 : 1;
      const task = (milliseconds: number) => ({
        name: 'told',
        // Samples have to take a while, or a launch would be all blocks.
        sample: async (calls: number) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return calls * milliseconds;
        },
      });
      return {
        first: task(10 * unlucky),
        again: task(10 * unlucky),
        second: task(10 * unlucky * ratio),
        end: () => {
          counts.ended += 1;
        },
      };
    };
    return { counts, launch };
  };

  it('takes each launch as one block, and ends each', async () => {
    const { counts, launch } = launching(1.1);
    const { ratio, blocks, verdict } = await compareLaunches(launch, { seconds: 30 });
    expect(ratio.estimate).toBeCloseTo(1.1, 9);
    expect(verdict).toEqual({ kind: 'slower' });
    expect(counts).toEqual({ started: blocks, ended: blocks });
  });

  it('ends a launch whose task throws', async () => {
    const { counts, launch } = launching(1);
    const failing = async () => ({
      ...(await launch()),
      second: () => {
        throw new Error('it broke');
      },
    });
    await expect(compareLaunches(failing)).rejects.toThrow('it broke');
    expect(counts).toEqual({ started: 1, ended: 1 });
  });
});

describe('a block', () => {
  /** Times a block of tasks on a clock that the tasks themselves move. */
  async function blockOf(
    milliseconds: (role: number, clock: SimulatedClock) => number,
    seed: number,
    passes: 1 | 3 = 3,
  ) {
    const clock: SimulatedClock = { now: 1000, last: -1 };
    const task = (role: number) => ({
      name: String(role),
      async sample() {
        const time = milliseconds(role, clock);
        clock.now += time;
        clock.last = role;
        return time;
      },
    });
    const trio = { first: task(0), second: task(1), again: task(2) };
    const calls = { first: 1, second: 1, again: 1 };
    return timeBlock(trio, calls, seededRandom(seed), () => clock.now, passes);
  }

  interface SimulatedClock {
    now: number;
    last: number;
  }

  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

  it('has the ratio of the tasks', async () => {
    const block = await blockOf((role) => (role === 1 ? 1.05 : 1), 1);
    expect(Math.exp(logRatio(block))).toBeCloseTo(1.05, 9);
    expect(logNoise(block)).toBeCloseTo(0, 9);
  });

  it.each(seeds)('cancels what a task gains when it ran just before (seed %i)', async (seed) => {
    const block = await blockOf((role, { last }) => (role === last ? 0.8 : 1), seed);
    // One sample of four more than of the others follows itself at most: passes meet at random, within a pass all are equal.
    expect(Math.abs(logRatio(block))).toBeLessThanOrEqual(-Math.log(0.8) / 4 + 1e-9);
  });

  it.each(seeds)('cancels what is quicker at the second place of a pass (seed %i)', async (seed) => {
    let sample = 0;
    const block = await blockOf(() => (sample++ % 6 === 1 ? 0.7 : 1), seed);
    expect(logRatio(block)).toBeCloseTo(0, 9);
    expect(logNoise(block)).toBeCloseTo(0, 9);
  });

  it.each(seeds)('cancels a drift that is even in logarithms within a pass (seed %i)', async (seed) => {
    // Going backwards undoes it exactly.
    let sample = 0;
    const block = await blockOf(() => 1.01 ** sample++, seed, 1);
    expect(logRatio(block)).toBeCloseTo(0, 9);
    expect(logNoise(block)).toBeCloseTo(0, 9);
  });

  it('cancels a drift of three passes over blocks', async () => {
    // Without the two last of its samples each, a role is up to a step early or late in a block: as often as not.
    const ratios = await Promise.all(
      Array.from({ length: 240 }, async (_, seed) => {
        let sample = 0;
        return logRatio(await blockOf(() => 1.01 ** sample++, seed));
      }),
    );
    for (const ratio of ratios) expect(Math.abs(ratio)).toBeLessThan(0.015);
    expect(Math.abs(ratios.reduce((sum, ratio) => sum + ratio, 0) / 240)).toBeLessThan(0.001);
  });

  it.each(seeds)('is not moved by two of six samples that were interrupted (seed %i)', async (seed) => {
    const seen = [0, 0, 0];
    const block = await blockOf((role) => {
      const sample = seen[role] ?? 0;
      seen[role] = sample + 1;
      return role === 1 && sample % 3 === 0 ? 5 : 1;
    }, seed);
    expect(logRatio(block)).toBeCloseTo(0, 9);
  });
});

describe('a verdict', () => {
  const rules = { threshold: 0.02, alpha: 0.01 };
  const interval = (low: number, high: number) => ({
    low,
    high,
    estimate: Math.sqrt(low * high),
    confidence: 0.99,
  });
  const evidence = { noiseFloor: interval(0.995, 1.005), p: 1e-6, blocks: 50 };

  it.each([
    ['slower', interval(1.03, 1.07)],
    ['faster', interval(0.92, 0.97)],
    ['same', interval(0.99, 1.019)],
  ])('is %s', (kind, ratio) => {
    expect(decide({ ...evidence, ratio }, rules)).toEqual({ kind });
  });

  it.each([
    ['the interval is too wide', { ratio: interval(1.01, 1.09) }],
    ['too few blocks', { ratio: interval(1.03, 1.07), blocks: 7 }],
    [
      'the first task differs from itself as much',
      { ratio: interval(1.03, 1.07), noiseFloor: interval(1.03, 1.06) },
    ],
    [
      'the first task differs from itself as much',
      { ratio: interval(0.93, 0.97), noiseFloor: interval(1.03, 1.06) },
    ],
    ['the rank test does not confirm it', { ratio: interval(1.03, 1.07), p: 0.02 }],
  ])('is not decided: %s', (reason, differing) => {
    expect(decide({ ...evidence, ...differing }, rules)).toEqual({ kind: 'not decided', reason });
  });
});

describe('a clock', () => {
  it.each(['cpu', 'wall', 'auto'] as const)('%s goes forward while work is done', (name) => {
    const clock = openClock(name);
    const before = clock.now();
    const work = summing(1000);
    for (let round = 0; round < 200_000 && clock.now() === before; round++) work();
    expect(clock.now()).toBeGreaterThan(before);
    expect(clock.tick).toBeGreaterThan(0);
  });

  it('is not taken for coarse where the process did not run for a while', () => {
    // 200 ms pass between two looks at the time, as they do on a busy machine; CPU time goes on in steps of 1 us.
    const { now } = performance;
    // Newer versions of Node count the thread alone.
    const name = 'threadCpuUsage' in process ? 'threadCpuUsage' : 'cpuUsage';
    const counting = process as unknown as Record<string, unknown>;
    const usage = counting[name];
    let looks = 0;
    let used = 0;
    performance.now = () => (looks++ === 0 ? 0 : 200);
    counting[name] = () => {
      used += 1;
      return { user: used, system: 0 };
    };
    try {
      expect(openClock('cpu').tick).toBeCloseTo(0.001, 9);
    } finally {
      performance.now = now;
      counting[name] = usage;
    }
  });

  it('is refused where there is none of the name', () => {
    expect(() => openClock('sun' as 'cpu')).toThrow('openClock: expected cpu, wall or auto, got sun');
  });
});

/** A function that adds up `terms` numbers: named, and not to be optimised away. */
function summing(terms: number): () => number {
  const sum = () => {
    let total = 0;
    for (let term = 0; term < terms; term++) total += Math.sqrt(term);
    return total;
  };
  Object.defineProperty(sum, 'name', { value: `sum of ${terms}` });
  return sum;
}
