import {
  changePoints,
  type HistoryRecord,
  historyChart,
  historyPage,
  parseHistory,
  seededRandom,
  seriesOf,
  sparkline,
} from '@hebblab/bench';
import { describe, expect, it } from 'vitest';

describe('change points', () => {
  /** Uniform noise of +- 0.05 about a level. */
  const noisy = (levels: readonly number[], seed = 1) => {
    const random = seededRandom(seed);
    return levels.map((level) => level + (random.uint32() / 2 ** 32 - 0.5) / 10);
  };
  const repeated = (value: number, times: number) => new Array<number>(times).fill(value);

  it('are where levels change', () => {
    const series = noisy([...repeated(1, 12), ...repeated(2, 10), ...repeated(1.5, 14)]);
    expect(changePoints(series).map(({ index }) => index)).toEqual([12, 22]);
  });

  it('are none where nothing changes', () => {
    const alarms = Array.from({ length: 40 }, (_, seed) => changePoints(noisy(repeated(1, 20), seed)).length);
    // At the level 0.01: of 40 series more than 3 have one in 1 of 1000 cases (binomial).
    expect(alarms.filter((count) => count > 0).length).toBeLessThanOrEqual(3);
  });

  it('say how rare a division as good is', () => {
    // 2 of the 12! / (6! 6!) = 924 ways to share out two levels divide them as well: 1 of 462, seen in 499 shuffles
    // at most a few times.
    const [change] = changePoints([...repeated(1, 6), ...repeated(2, 6)]);
    expect(change?.index).toBe(6);
    expect(change?.p).toBeGreaterThanOrEqual(1 / 500);
    expect(change?.p).toBeLessThanOrEqual(0.01);
  });

  it('divide where the energy of the paper is largest', () => {
    // Levels 0 and 1 in parts of 6 and 4: n m / (n + m) (2 - 0 - 0) = 24 / 10 x 2; no other place does better.
    const series = [...repeated(0, 6), ...repeated(1, 4)];
    expect(changePoints(series, { significance: 1, permutations: 1 })[0]?.index).toBe(6);
  });

  it('need values on both sides', () => {
    expect(changePoints([1, 1, 1, 9, 9, 9])).toEqual([]);
    expect(changePoints([])).toEqual([]);
  });

  it('refuse what is no number', () => {
    expect(() => changePoints([1, Number.NaN])).toThrow('changePoints: expected finite values, got NaN');
  });
});

describe('a sparkline', () => {
  it('goes from the smallest value to the largest', () => {
    // Shares 0, 1/7 ... of seven steps.
    expect(sparkline([0, 7, 1, 6])).toBe('▁█▂▇');
  });

  it('is level where values are', () => {
    expect(sparkline([3, 3])).toBe('▅▅');
  });
});

const record = (more: Partial<HistoryRecord>): HistoryRecord => ({
  schema: 1,
  date: '2026-11-21T09:00:00.000Z',
  commit: '0123456789abcdef',
  changed: false,
  machine: 'a processor, 2 cores, linux x64, Node v20',
  clock: 'cpu',
  suite: 'gemm',
  name: 'square',
  build: 'simd128',
  sha256: '00',
  milliseconds: 2,
  low: 1.9,
  high: 2.1,
  ...more,
});

describe('a history', () => {
  it('counts lines that are damaged and keeps the others', () => {
    const whole = JSON.stringify(record({}));
    const text = [whole, whole.slice(0, 40), '{"schema":2}', '', whole, '[]', 'null'].join('\n');
    expect(parseHistory(text)).toEqual({ records: [record({}), record({})], damaged: 4 });
  });

  it('is a series for each task, build, machine and clock, in order of time', () => {
    const series = seriesOf([
      record({ date: '2026-11-22', milliseconds: 3 }),
      record({ date: '2026-11-20', milliseconds: 1 }),
      record({ build: 'relaxed' }),
      record({ machine: 'another' }),
      record({ clock: 'wall' }),
    ]);
    expect(series).toHaveLength(4);
    expect(series[0]?.points.map(({ value }) => value)).toEqual([1, 3]);
    expect(series[0]?.unit).toBe('ms');
    expect(series[0]?.title).toBe('gemm: square, simd128 (a processor, 2 cores, linux x64, Node v20)');
  });

  it('is of shares of the ceiling where every record has one', () => {
    const [shares] = seriesOf([record({ shareOfCeiling: 0.5 }), record({ shareOfCeiling: 0.25 })]);
    expect(shares).toMatchObject({ unit: '% of ceiling', points: [{ value: 50 }, { value: 25 }] });
    expect(seriesOf([record({ shareOfCeiling: 0.5 }), record({})])[0]?.unit).toBe('ms');
  });
});

describe('the chart of a history', () => {
  const values = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2];
  const records = values.map((milliseconds, day) =>
    record({ date: `2026-11-${10 + day}`, milliseconds, name: 'a < b & c' }),
  );
  const svg = historyChart(seriesOf(records));

  it('has a point for each record and a line at each change', () => {
    expect(svg.match(/<circle /g)).toHaveLength(10);
    expect(svg.match(/<line /g)).toHaveLength(1);
  });

  it('escapes what names hold', () => {
    expect(svg).toContain('gemm: a &lt; b &amp; c, simd128');
  });

  it('puts smaller values lower', () => {
    const heights = [...svg.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights[0]).toBeGreaterThan(heights[9] ?? Number.NaN);
  });

  it('is a page as well, with the changes in words', () => {
    const page = historyPage(seriesOf(records));
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('gemm: a &lt; b &amp; c, simd128: from 0123456789ab on, 2026-11-15 (p ');
    expect(historyPage([])).toContain('No series changes.');
  });
});
