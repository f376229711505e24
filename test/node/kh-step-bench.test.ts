// The comparison of training steps with NumPy and PyTorch: what it refuses, and that its layers are what it says.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learnedWeights, scalesOf, size } from '../../bench/peers/kh-layers.js';

const script = fileURLToPath(new URL('../../bench/peers/kh-step.js', import.meta.url));

describe('the comparison of Krotov-Hopfield steps', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hebblab-kh-bench-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    [['--threads', '0'], 'kh-step: expected --threads above 0, got 0\n'],
    [['--rounds', 'many'], 'kh-step: expected --rounds above 0, got many\n'],
  ])('refuses %j in one sentence with exit code 2', (commandLine, message) => {
    expect(compare(...commandLine)).toEqual({ status: 2, stdout: '', stderr: message });
  });

  it('refuses weights of another shape', () => {
    const file = path.join(folder, 'weights.npy');
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
    const preamble = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
    writeFileSync(file, Buffer.concat([preamble, Buffer.from(header), Buffer.alloc(24)]));
    const { status, stderr } = compare('--weights', file);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^kh-step: expected a NumPy file with .*\(2000, 3072\), got .*\(2, 3\)/);
  });

  function compare(...commandLine: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...commandLine], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }
});

describe('the learned layer of the comparison', () => {
  it('has rows of L3 norm 1', () => {
    const pixels = Uint8Array.from({ length: 7 * size.inputs }, (_, index) => (index * index) % 251);
    const weights = learnedWeights(pixels, scalesOf(pixels));
    for (const unit of [0, 999, 1999]) {
      const row = weights.subarray(unit * size.inputs, (unit + 1) * size.inputs);
      const cubes = row.reduce((sum, weight) => sum + Math.abs(weight) ** 3, 0);
      expect(cubes).toBeCloseTo(1, 4);
    }
  });
});
