import { compare, type MeasuredTask, ratesOf, Suite, tinybenchTask } from '@hebblab/bench';
import { Bench } from 'tinybench';
import { describe, expect, it } from 'vitest';

const quick = { seconds: 0.05 } as const;

describe('a suite', () => {
  it('measures its tasks, with the rates of their work and the share of their ceiling', async () => {
    const result = await new Suite('sums', { question: 'How quickly are numbers added?' })
      .probe('peak', timesItself(1), { flops: 8e6 })
      .add('half as quick', timesItself(2), { flops: 8e6, items: 10, ceiling: 'peak' })
      .run(quick);
    expect(result).toMatchObject({ suite: 'sums', question: 'How quickly are numbers added?' });
    const [peak, task] = result.tasks as MeasuredTask[];
    expect(peak).toMatchObject({ state: 'measured', name: 'peak', role: 'probe' });
    // 8e6 flop in 1 ms are 8 GFLOP/s; in 2 ms 4 GFLOP/s, half of that, and 10 items in 2 ms 5000 a second.
    expect(peak?.rates).toEqual([{ unit: 'GFLOP/s', value: 8 }]);
    expect(peak?.shareOfCeiling).toBeUndefined();
    expect(task?.milliseconds).toMatchObject({ estimate: 2, low: 2, high: 2 });
    expect(task?.rates).toEqual([
      { unit: 'GFLOP/s', value: 4 },
      { unit: 'items/s', value: 5000 },
    ]);
    expect(task?.shareOfCeiling).toBe(0.5);
    expect(task?.ended).toBe('precise');
  });

  it('reports a task that throws and measures the others', async () => {
    const broken = () => {
      throw new Error('the kernel broke');
    };
    const { tasks } = await new Suite('mixed').add('broken', broken).add('whole', timesItself(1)).run(quick);
    expect(tasks).toMatchObject([
      { state: 'failed', name: 'broken', error: 'the kernel broke' },
      { state: 'measured', name: 'whole' },
    ]);
  });

  it('ends a task whose times scatter when its time is over', async () => {
    let call = 0;
    const scattering = {
      name: 'scattering',
      sample: async (calls: number) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return calls * (1 + (call++ % 7));
      },
    };
    const { tasks } = await new Suite('noise').add('scattering', scattering).run(quick);
    expect(tasks).toMatchObject([{ state: 'measured', ended: 'out of time' }]);
  });

  it('takes each task as often as it needs, in an order that the seed draws', async () => {
    const orders = await Promise.all([1, 1, 2].map(orderOfSamples));
    expect(orders[0]).toEqual(orders[1]);
    expect(orders[0]).not.toEqual(orders[2]);
  });

  it('refuses a name twice, and work that is none', () => {
    const suite = new Suite('names').add('same', () => {});
    expect(() => suite.add('same', () => {})).toThrow(
      'Suite: expected names that differ, got same twice in names',
    );
    expect(() => suite.add('other', () => {}, { flops: 0 })).toThrow('Suite: expected flops above 0, got 0');
  });

  it('refuses times that are none', async () => {
    await expect(new Suite('none').run({ seconds: -1 })).rejects.toThrow(
      'Suite.run: expected seconds above 0, got -1',
    );
  });
});

describe('a warm-up', () => {
  it('says where it was too short to tell whether calls still become quicker', async () => {
    const slow = {
      name: 'slow',
      sample: async (calls: number) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return 30 * calls;
      },
    };
    // A fifth of 0.2 s has no room for ten calls of 30 ms.
    const { tasks } = await new Suite('warm-up').add('slow', slow).run({ seconds: 0.2 });
    expect(tasks).toMatchObject([{ state: 'measured', warmUp: 'too short to tell' }]);
  });
});

describe('a tinybench bench', () => {
  const bench = () => new Bench().add('short', summing(2000)).add('long', summing(8000));

  it('is run as a suite, with the work that is declared for it', async () => {
    const { tasks } = await Suite.of(bench(), 'borrowed', { long: { items: 8000 } }).run(quick);
    expect(tasks).toMatchObject([
      { state: 'measured', name: 'short', rates: [] },
      { state: 'measured', name: 'long', rates: [{ unit: 'items/s' }] },
    ]);
  });

  it('gives tasks that can be compared', async () => {
    const both = bench();
    const options = { seconds: 4, precision: 0.2 };
    const { verdict } = await compare(tinybenchTask(both, 'short'), tinybenchTask(both, 'long'), options);
    expect(verdict).toEqual({ kind: 'slower' });
  });

  it('makes exactly the calls that it is asked for', async () => {
    let calls = 0;
    const counting = new Bench().add('counting', () => void calls++);
    await tinybenchTask(counting, 'counting').sample(1);
    const before = calls;
    await tinybenchTask(counting, 'counting').sample(7);
    expect(calls - before).toBe(7);
  });

  it('passes on what its task throws', async () => {
    const broken = new Bench().add('broken', () => {
      throw new Error('no parser');
    });
    await expect(tinybenchTask(broken, 'broken').sample(1)).rejects.toThrow('no parser');
  });

  it('is asked for tasks that it has', () => {
    expect(() => tinybenchTask(bench(), 'middle')).toThrow(
      'tinybenchTask: expected a task of short, long, got middle',
    );
  });
});

describe('rates', () => {
  it('are of all work that is declared', () => {
    expect(ratesOf({ bytes: 3e6 }, 2)).toEqual([{ unit: 'GB/s', value: 1.5 }]);
    expect(ratesOf({}, 2)).toEqual([]);
  });
});

/** A task that says of each call that it took so many milliseconds. */
function timesItself(milliseconds: number) {
  return { name: 'times itself', sample: async (calls: number) => calls * milliseconds };
}

async function orderOfSamples(seed: number): Promise<string[]> {
  const order: string[] = [];
  const suite = new Suite('order');
  for (const name of ['a', 'b', 'c', 'd'])
    suite.add(name, {
      name,
      sample: async (calls) => {
        order.push(name);
        return calls;
      },
    });
  await suite.run({ ...quick, seed });
  // The warm-ups come first and depend on the clock.
  return order.slice(-80);
}

function summing(terms: number): () => number {
  return () => {
    let total = 0;
    for (let term = 0; term < terms; term++) total += Math.sqrt(term);
    return total;
  };
}
