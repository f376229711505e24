// The bench harness: that every case runs and is reported. How long anything takes is never asserted.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BenchCase, measure } from '../../bench/lib/measure.js';
import { multiplyAddLoop } from '../../bench/lib/multiply-add-peak.js';
import { cases } from '../../bench/suites/gemm.js';

const script = fileURLToPath(new URL('../../bench/run.js', import.meta.url));

describe('the bench command', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hebblab-bench-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes finite figures above 0 for every case of a suite and the peak, in both variants', () => {
    const file = path.join(folder, 'figures.json');
    const { status, stderr } = bench('gemm', '--seconds', '0.01', '--json', file);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { results } = JSON.parse(readFileSync(file, 'utf8'));
    const names = ['multiply-add peak, f32', ...cases.map(({ name }) => name)];
    for (const variant of ['simd128', 'relaxed']) {
      const measured = results.filter((result: { variant: string }) => result.variant === variant);
      expect(measured.map(({ name }: { name: string }) => name)).toEqual(names);
    }
    for (const { suite, state, median, p25, p75, samples, flops } of results) {
      expect({ suite, state }).toEqual({ suite: 'gemm', state: 'measured' });
      for (const figure of [median, p25, p75, samples, flops]) {
        expect(figure).toBeGreaterThan(0);
        expect(Number.isFinite(figure)).toBe(true);
      }
    }
  });

  it.each([
    [['nothing'], `bench: expected a suite of ${suiteNames().join(', ')}, got nothing\n`],
    [['--variant', 'fast'], 'bench: expected --variant simd128, relaxed or both, got fast\n'],
    [['--threads', '0'], 'bench: expected --threads from 1 to 64, with commas between, got 0\n'],
    [['--clock', 'sun'], 'bench: expected --clock cpu or wall, got sun\n'],
    [['--seconds', '0'], 'bench: expected --seconds above 0, got 0\n'],
  ])('refuses %j in one sentence with exit code 2', (commandLine, message) => {
    const { status, stdout, stderr } = bench(...commandLine);
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: message });
  });

  function bench(...commandLine: string[]) {
    return spawnSync(process.execPath, [script, ...commandLine], { encoding: 'utf8' });
  }
});

describe('measure', () => {
  it('reports a case that fails and measures the others', () => {
    // The cases use nothing of the kernels.
    const opened = [{ variant: 'simd128', threads: 1 }] as Parameters<typeof measure>[1];
    const fails: BenchCase = {
      name: 'fails',
      setup: () => undefined,
      run: () => {
        throw new Error('the kernel broke');
      },
    };
    const works: BenchCase = { name: 'works', setup: () => 2, run: (_, state: number) => state + 1 };
    expect(measure([fails, works], opened, { seconds: 0.001, clock: 'wall' })).toMatchObject([
      { name: 'fails', variant: 'simd128', state: 'failed', error: 'the kernel broke' },
      { name: 'works', variant: 'simd128', state: 'measured' },
    ]);
  });
});

describe('multiplyAddLoop', () => {
  // Needed by Node 20; newer ones ship it.
  beforeAll(() => {
    if (process.version.startsWith('v20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
  });

  it.each([
    ['simd128', 'f32'],
    ['simd128', 'f64'],
    ['relaxed', 'f32'],
    ['relaxed', 'f64'],
  ] as const)('does multiply-adds in %s, %s', (variant, precision) => {
    // 13 sums s = s / 2 + 1, each of which ends at its fixed point 2.
    expect(multiplyAddLoop(variant, precision).run()).toBe(26);
  });
});

function suiteNames(): string[] {
  const files = readdirSync(new URL('../../bench/suites/', import.meta.url));
  return files.map((file) => path.basename(file, '.js')).sort();
}
