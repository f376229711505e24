import * as wasm from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { describeVariants, openVariant, variants } from './support/variants.js';

const [count, inputs, hidden] = [90, 301, 70];
const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };

/** Ten steps on bytes; what they leave, and how winners were found. */
function learn(kernels: wasm.Kernels, ranking: wasm.KrotovHopfieldRanking) {
  using weights = wasm.allocateFloat32(kernels, [hidden, inputs]);
  using effective = wasm.allocateFloat32(kernels, [hidden, inputs]);
  using pixels = wasm.allocateUint8(kernels, [count, inputs]);
  using scales = wasm.allocateFloat32(kernels, [count]);
  using winner = wasm.allocateUint32(kernels, [count]);
  using rival = wasm.allocateUint32(kernels, [count]);
  wasm.randomNormal(kernels, { seed: 1, stream: 'weights' }, weights);
  wasm.effectiveWeights(kernels, rule.p, weights, effective);
  using screen = wasm.createKrotovHopfieldScreen(kernels, effective);
  const state = { weights, effective, screen };
  const ranks: number[] = [];
  const steps: wasm.KrotovHopfieldStep[] = [];
  for (let step = 0; step < 10; step++) {
    pixels.set(Uint8Array.from(pseudoRandom(count * inputs, step), (value) => 128 + 127 * value));
    wasm.inverseLpNormsOfBytes(kernels, pixels, rule.p, scales);
    const batch = { kind: 'bytes', pixels, scales } as const;
    steps.push(
      wasm.krotovHopfieldMinibatchStep(kernels, rule, 0.05, batch, state, { winner, rival }, ranking),
    );
    ranks.push(...winner.view(), ...rival.view());
  }
  return { weights: weights.view().slice(), ranks, steps };
}

describeVariants('the screen', (bench) => {
  it('leaves the bits of the whole product, and computes a few pre-activations', () => {
    const [fast, slow] = [learn(bench.kernels, 'screen'), learn(bench.kernels, 'product')];
    expect(fast.weights).toEqual(slow.weights);
    expect(fast.ranks).toEqual(slow.ranks);
    expect(fast.steps.map(({ largest }) => largest)).toEqual(slow.steps.map(({ largest }) => largest));
    for (const { rankedBy, candidates } of fast.steps) {
      expect(rankedBy).toBe('screen');
      // Winner and rival at least; of the bound only that it says something.
      expect(candidates).toBeGreaterThanOrEqual(2 * count);
      expect(candidates).toBeLessThan(10 * count);
    }
    for (const step of slow.steps)
      expect(step).toMatchObject({ rankedBy: 'product', candidates: count * hidden });
  });

  it('is refused where the state has none, and where its shape is that of another layer', () => {
    const arrays = {
      weights: bench.float32([4, 6]),
      effective: bench.float32([4, 6]),
    };
    const batch = { kind: 'floats', samples: bench.float32([1, 6]) } as const;
    const competition = { winner: bench.uint32([1]), rival: bench.uint32([1]) };
    const step = (state: wasm.KrotovHopfieldState) => () =>
      wasm.krotovHopfieldMinibatchStep(bench.kernels, rule, 0.1, batch, state, competition, 'screen');
    expect(step(arrays)).toThrow('krotovHopfieldMinibatchStep: expected a screen in the state, got none');
    using screen = wasm.createKrotovHopfieldScreen(bench.kernels, bench.float32([5, 6]));
    expect(step({ ...arrays, screen })).toThrow(
      'krotovHopfieldMinibatchStep: expected quantised of shape [4, 3], got [5, 3]',
    );
  });

  it('gives samples that are floats to the whole product', () => {
    const weights = bench.float32([4, 6], pseudoRandom(24, 1));
    const effective = bench.float32([4, 6]);
    wasm.effectiveWeights(bench.kernels, rule.p, weights, effective);
    using screen = wasm.createKrotovHopfieldScreen(bench.kernels, effective);
    const step = wasm.krotovHopfieldMinibatchStep(
      bench.kernels,
      rule,
      0.1,
      { kind: 'floats', samples: bench.float32([1, 6], [1, 2, 3, 4, 5, 6]) },
      { weights, effective, screen },
      { winner: bench.uint32([1]), rival: bench.uint32([1]) },
    );
    expect(step).toMatchObject({ rankedBy: 'product', candidates: 4 });
  });
});

describe.each(variants)('threads of %s', (variant) => {
  it('leave the same bits for any number', async () => {
    const one = learn(await openVariant(variant), 'screen');
    for (const threads of [2, 3]) {
      const kernels = await wasm.openKernels({ variant, threads });
      for (const ranking of ['screen', 'product'] as const) {
        const several = learn(kernels, ranking);
        expect(several.weights).toEqual(one.weights);
        expect(several.ranks).toEqual(one.ranks);
      }
      await kernels.dispose();
    }
  });
});
