// The gate that counts instructions: its rules, and where wasmtime is, that it counts what there is to count.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareCounts, describeCounts } from '../../bench/instructions/compare-counts.js';
import { countInstructions, findWasmtime } from '../../bench/instructions/count.js';
import { isRequiredByName } from '../../scripts/lib/tools.js';

describe('counts beside a baseline', () => {
  it.each([
    [1000, 1010, 'same'],
    [1000, 1011, 'more'],
    [1000, 990, 'same'],
    [1000, 989, 'fewer'],
  ])('%i before and %i now is %s', (before, now, state) => {
    expect(compareCounts({ a: before }, { a: now })).toEqual([{ name: 'a', before, now, state }]);
  });

  it('tell what is new and what is gone', () => {
    const compared = compareCounts({ old: 1 }, { young: 2 });
    expect(compared.map(({ name, state }) => [name, state])).toEqual([
      ['old', 'gone'],
      ['young', 'new'],
    ]);
  });

  it('are told in a line for each change', () => {
    const text = describeCounts(compareCounts({ a: 1000, b: 5 }, { a: 1100, b: 5 }));
    expect(text.split('\n')).toEqual([
      'more: a: 1000 before, 1100 now (10.00 %)',
      'instructions: 1 of 2 cases within 1 %; where that is on purpose: node bench/instructions/run.js --update',
    ]);
  });
});

const python = findWasmtime();
const title =
  python === undefined ? 'wasmtime (skipped: no python3 with the package wasmtime found)' : 'wasmtime';

describe.skipIf(python === undefined && !isRequiredByName('instructions'))(title, () => {
  it('counts what the calls of a kernel execute, each time alike', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hebblab-instructions-'));
    try {
      const memory = path.join(folder, 'memory.bin');
      writeFileSync(memory, new Uint8Array(2 ** 16));
      const liveBytes = { name: 'liveBytes', args: [], writes: [] };
      const cases = [1, 2, 5].map((times) => ({
        name: String(times),
        memory,
        calls: new Array(times).fill(liveBytes),
      }));
      const counts = countInstructions(python ?? 'python3', cases, folder);
      const one = counts[1] ?? 0;
      expect(one).toBeGreaterThan(0);
      expect(counts).toEqual({ 1: one, 2: 2 * one, 5: 5 * one });
      expect(countInstructions(python ?? 'python3', cases, folder)).toEqual(counts);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
