// The configuration of hebblab bench in this repository: builds of the kernels, opened side by side.
import { fileURLToPath } from 'node:url';
import { readConfiguration, readSuites, unpack } from '@hebblab/bench/node';
import { allocateFloat32, gemm, type Kernels } from '@hebblab/wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { openBuild } from '../../bench/lib/builds.js';
import { ceilingOf, probes } from '../../bench/lib/probes.js';

const configuration = await readConfiguration(fileURLToPath(new URL('.', import.meta.url)));
const build = configuration.builds.find(({ name }) => name === 'simd128');
if (build?.kind !== 'files') throw new Error('expected a build simd128');

describe('a build of the kernels', () => {
  const side = unpack(configuration, build, { kind: 'working tree' });
  afterAll(() => side.dispose());

  it('opens as often as it is asked to, each time on a memory of its own, and computes', async () => {
    const opened = [await side.open(), await side.open()] as [Kernels, Kernels];
    expect(opened[0].linearMemory).not.toBe(opened[1].linearMemory);
    const products = opened.map((kernels) => {
      const [a, b, out] = [
        [1, 2],
        [2, 1],
        [1, 1],
      ].map((shape) => allocateFloat32(kernels, shape));
      if (a === undefined || b === undefined || out === undefined) throw new Error('expected three arrays');
      a.set([2, 3]);
      b.set([5, 7]);
      gemm(kernels, 'NN', a, b, out);
      return out.view()[0];
    });
    expect(products).toEqual([31, 31]);
  });

  it('refuses a kernel that takes another number of parameters than now, and no other', async () => {
    const now = await import('../../packages/wasm/artefacts/simd128/hebblab.js');
    const memory = new WebAssembly.Memory({ initial: 1 });
    const glue = { ...now, default: async () => ({ memory }), release: (offset: number) => offset };
    const folder = fileURLToPath(new URL('../../packages/wasm/artefacts/simd128/', import.meta.url));
    const { raw } = await openBuild(glue, { folder, file: '', build: 'simd128', threads: 1 });
    expect(() => raw.release(0, 0)).toThrow('release: expected 2 parameters as now, got a build with 1');
    expect(raw.liveBytes).toBe(now.liveBytes);
  });
});

describe('the suites', () => {
  it('have names and questions that differ, and a probe for each ceiling', async () => {
    const suites = await readSuites(build.suites, configuration.ceilingOf);
    for (const part of ['name', 'question'] as const)
      expect(new Set(suites.map((suite) => suite[part])).size).toBe(suites.length);
    const ceilings = suites.flatMap(({ cases }) => cases.flatMap(({ work }) => work.ceiling ?? []));
    expect(ceilings.length).toBeGreaterThan(0);
    const known = probes.map(({ name }) => name);
    for (const ceiling of ceilings) expect(known).toContain(ceiling);
  });

  it('measure products by the peak of their precision, and passes by memory', () => {
    expect(ceilingOf({ flops: 1, precision: 'f64' })).toBe('multiply-add peak, f64');
    expect(ceilingOf({ bytes: 1 })).toBe('memory bandwidth');
    expect(ceilingOf({})).toBeUndefined();
  });
});
