import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { faultLines, hebblab } from '../support/command-line.js';

describe('hebblab info', () => {
  it('tells variant, features, threads and memory', async () => {
    const { code, stdout, stderr } = await hebblab(['info', '--variant', 'simd128']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${process.version} on ${process.platform}`);
    expect(stdout).toMatch(/^variant +simd128$/m);
    expect(stdout).toMatch(/^WebAssembly SIMD +yes$/m);
    expect(stdout).toMatch(
      availableParallelism() === 1
        ? /^threads +1 \(one processor\)$/m
        : new RegExp(`^threads +${Math.min(availableParallelism(), 64)} \\(as asked\\)$`, 'm'),
    );
    expect(stdout).toMatch(/^machine memory +[\d.]+ [GT]iB, /m);
  });

  it('gives the same as JSON', async () => {
    const { stdout } = await hebblab(['info', '--json', '--variant', 'simd128', '--threads', '1']);
    expect(JSON.parse(stdout)).toMatchObject({
      node: process.version,
      variant: 'simd128',
      features: { simd128: true },
      threads: 1,
      threadsReason: 'as asked',
      kernelMemory: { liveBytes: 0 },
    });
  });

  it('refuses a variant that there is not', async () => {
    const outcome = await hebblab(['info', '--variant', 'avx']);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)).toEqual(['hebblab: --variant: expected auto, simd128 or relaxed, got avx']);
  });
});
