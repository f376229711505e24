import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { figureText, seriesOf } from '@hebblab/bench';
import {
  appendHistory,
  compareRuns,
  compareSizes,
  exportRun,
  type RunResult,
  readHistory,
  readRun,
  runDifferences,
} from '@hebblab/bench/node';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'hebblab-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A run of one task and its probe, whose median is so many milliseconds, known to 1 %. */
function runOf(milliseconds: number, machine: Partial<RunResult['machine']> = {}): RunResult {
  const around = (estimate: number) => ({
    estimate,
    low: 0.99 * estimate,
    high: 1.01 * estimate,
    confidence: 0.95,
  });
  const common = {
    state: 'measured',
    samples: 100,
    callsPerSample: 1,
    warmUp: 'settled',
    ended: 'precise',
    suite: 'gemm',
    build: 'simd128',
  } as const;
  return {
    schema: 1,
    kind: 'run',
    date: '2026-11-21T09:00:00.000Z',
    machine: {
      node: 'v20.20.2',
      v8: '11.3',
      platform: 'linux x64',
      cpu: 'a processor',
      cores: 2,
      memoryBytes: 2 ** 34,
      ...machine,
    },
    commit: '0123456789abcdef',
    changed: false,
    load: { before: 0, after: 1 },
    clock: 'cpu',
    builds: [{ name: 'simd128', sha256: 'abc', threads: 1 }],
    results: [
      { ...common, role: 'probe', name: 'peak', work: { flops: 1e6 }, milliseconds: around(1), rates: [] },
      {
        ...common,
        role: 'task',
        name: 'square | small',
        work: { flops: 2e6 },
        milliseconds: around(milliseconds),
        rates: [{ unit: 'GFLOP/s', value: 0.5 }],
        shareOfCeiling: 0.5,
      },
      { state: 'failed', role: 'task', suite: 'gemm', build: 'simd128', name: 'broken', error: 'no kernel' },
    ],
  };
}

describe('two runs', () => {
  it.each([
    [8, 'slower'],
    [2, 'faster'],
  ])('are compared by their intervals: %d ms after 4 ms is %s', (milliseconds, kind) => {
    const [only, ...others] = compareRuns(runOf(4), runOf(milliseconds), 0.02);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ name: 'square | small', verdict: { kind } });
    expect(only?.ratio.estimate).toBe(milliseconds / 4);
    expect(only?.ratio.high).toBeCloseTo(((milliseconds / 4) * 1.01) / 0.99, 12);
  });

  it('are not decided where their intervals are too wide for it', () => {
    expect(compareRuns(runOf(4), runOf(4.1), 0.02)[0]?.verdict.kind).toBe('not decided');
  });

  it('are told apart by machine and engine', () => {
    expect(runDifferences(runOf(1), runOf(2))).toEqual([]);
    expect(runDifferences(runOf(1), runOf(1, { cpu: 'another', node: 'v22' }))).toEqual([
      'cpu a processor and another',
      'node v20.20.2 and v22',
    ]);
  });
});

describe('a run', () => {
  it('is read back as it was', () => {
    const file = path.join(folder, 'run.json');
    writeFileSync(file, JSON.stringify(runOf(4)));
    expect(readRun(file)).toEqual(runOf(4));
  });

  it.each([
    ['{', 'bench: expected JSON in'],
    ['{"schema":2}', 'bench: expected the result of a bench run, schema 1, in'],
    ['[]', 'bench: expected the result of a bench run, schema 1, in'],
  ])('is refused where it is none: %s', (text, message) => {
    const file = path.join(folder, 'none.json');
    writeFileSync(file, text);
    expect(() => readRun(file)).toThrow(message);
  });

  it('is appended to the history of its suite, without probes and failures', () => {
    const history = path.join(folder, 'history');
    expect(appendHistory(history, runOf(4))).toBe(1);
    expect(appendHistory(history, runOf(5))).toBe(1);
    const { records, damaged } = readHistory(history);
    expect(damaged).toBe(0);
    expect(records).toMatchObject([
      { suite: 'gemm', name: 'square | small', build: 'simd128', sha256: 'abc', milliseconds: 4 },
      { milliseconds: 5, shareOfCeiling: 0.5, machine: 'a processor, 2 cores, linux x64, Node v20.20.2' },
    ]);
  });
});

describe('a size', () => {
  const withSize = (bytes: number, machine = {}): RunResult => ({
    ...runOf(4, machine),
    results: [{ state: 'sized', role: 'task', suite: 'load', name: 'file', build: 'whole', bytes }],
  });

  it.each([
    [1021, 'larger'],
    [1020, 'same'],
    [981, 'same'],
    [980, 'smaller'],
  ])('of 1000 bytes before and %d now is %s, at a threshold of 2 %%', (bytes, kind) => {
    // 1000 x 1.02 = 1020, 1000 / 1.02 = 980.4
    expect(compareSizes(withSize(1000), withSize(bytes), 0.02)).toMatchObject([
      { suite: 'load', name: 'file', before: 1000, now: bytes, verdict: { kind } },
    ]);
  });

  it('has one history on all machines, in bytes', () => {
    const history = path.join(folder, 'sizes');
    appendHistory(history, withSize(1000));
    appendHistory(history, withSize(1200, { cpu: 'another' }));
    const { records, damaged } = readHistory(history);
    expect(damaged).toBe(0);
    expect(seriesOf(records)).toMatchObject([
      { title: 'load: file, whole', unit: 'bytes', points: [{ value: 1000 }, { value: 1200 }] },
    ]);
    expect(figureText(1200, 'bytes')).toBe('1200 bytes');
  });

  it('is exported', () => {
    expect(JSON.parse(exportRun(withSize(7), 'github-action-benchmark'))).toEqual([
      { name: 'load: file, whole', unit: 'bytes', value: 7 },
    ]);
    expect(JSON.parse(exportRun(withSize(7), 'bencher'))).toEqual({
      'load: file, whole': { 'file-size': { value: 7 } },
    });
    expect(exportRun(withSize(7), 'markdown')).toContain('| load: file | whole |  |  | 7 bytes |  |');
  });
});

describe('an exported run', () => {
  it('is what github-action-benchmark reads as customSmallerIsBetter', () => {
    expect(JSON.parse(exportRun(runOf(4), 'github-action-benchmark'))).toEqual([
      {
        name: 'gemm: square | small, simd128',
        unit: 'ms',
        value: 4,
        range: '3.96 - 4.04',
        extra: '0.5 GFLOP/s',
      },
    ]);
  });

  it('is Bencher Metric Format, in nanoseconds', () => {
    expect(JSON.parse(exportRun(runOf(4), 'bencher'))).toEqual({
      'gemm: square | small, simd128': { latency: { value: 4e6, lower_value: 3.96e6, upper_value: 4.04e6 } },
    });
  });

  it('is a table in Markdown', () => {
    expect(exportRun(runOf(4), 'markdown').split('\n')).toEqual([
      '| case | build | cpu ms | interval | rate | of ceiling |',
      '| --- | --- | --- | --- | --- | --- |',
      '| gemm: square \\| small | simd128 | 4.000 | 3.960 - 4.040 | 0.500 GFLOP/s | 50 % |',
      '',
    ]);
  });
});
