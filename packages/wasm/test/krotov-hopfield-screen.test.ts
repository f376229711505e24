import * as wasm from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { describeVariants, openVariant, variants } from './support/variants.js';

const [count, inputs, hidden, dimensions] = [90, 301, 70, 40];
const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };

/** Ten steps on bytes; what they leave, and how winners were found. */
function learn(
  kernels: wasm.Kernels,
  ranking: wasm.KrotovHopfieldRanking,
  of: wasm.KrotovHopfieldSieve = 'rows',
) {
  using weights = wasm.allocateFloat32(kernels, [hidden, inputs]);
  using effective = wasm.allocateFloat32(kernels, [hidden, inputs]);
  using pixels = wasm.allocateUint8(kernels, [count, inputs]);
  using scales = wasm.allocateFloat32(kernels, [count]);
  using winner = wasm.allocateUint32(kernels, [count]);
  using rival = wasm.allocateUint32(kernels, [count]);
  wasm.randomNormal(kernels, { seed: 1, stream: 'weights' }, weights);
  wasm.effectiveWeights(kernels, rule.p, weights, effective);
  using basis = wasm.allocateFloat32(kernels, [dimensions, inputs]);
  using coefficients = wasm.allocateFloat32(kernels, [count, dimensions]);
  using tails = wasm.allocateFloat32(kernels, [count, 2]);
  basis.set(firstUnitVectors());
  const projection = wasm.createKrotovHopfieldProjection(kernels, basis);
  const projected = { coefficients, tails };
  using screen = wasm.createKrotovHopfieldScreen(
    kernels,
    effective,
    ranking === 'sieve' ? projection : undefined,
    of,
  );
  const state = { weights, effective, screen };
  const ranks: number[] = [];
  const steps: wasm.KrotovHopfieldStep[] = [];
  for (let step = 0; step < 10; step++) {
    pixels.set(Uint8Array.from(pseudoRandom(count * inputs, step), (value) => 128 + 127 * value));
    wasm.inverseLpNormsOfBytes(kernels, pixels, rule.p, scales);
    wasm.projectKrotovHopfieldRows(kernels, projection, pixels, projected);
    const batch = { kind: 'bytes', pixels, scales, projected } as const;
    steps.push(
      wasm.krotovHopfieldMinibatchStep(kernels, rule, 0.05, batch, state, { winner, rival }, ranking),
    );
    ranks.push(...winner.view(), ...rival.view());
  }
  return { weights: weights.view().slice(), ranks, steps };
}

function firstUnitVectors(): Float32Array {
  const basis = new Float32Array(dimensions * inputs);
  for (let row = 0; row < dimensions; row++) basis[row * inputs + row] = 1;
  return basis;
}

describeVariants('the sieves', (bench) => {
  it.each(['rows', 'residuals'] as const)('leave the bits of the whole product, of %s', (of) => {
    const [fast, slow] = [learn(bench.kernels, 'sieve', of), learn(bench.kernels, 'product')];
    expect(fast.weights).toEqual(slow.weights);
    expect(fast.ranks).toEqual(slow.ranks);
    for (const { rankedBy, survivors, candidates } of fast.steps) {
      expect(rankedBy).toBe('sieve');
      expect(survivors).toBeGreaterThanOrEqual(candidates);
    }
  });

  it('rule units of an unlearned layer out by what coarse integers leave', () => {
    // Residuals are a hundredth of the rows: of rows themselves nearly all units are left.
    const left = (of: wasm.KrotovHopfieldSieve) => learn(bench.kernels, 'sieve', of).steps[0]?.survivors ?? 0;
    expect(left('rows')).toBeGreaterThan(0.9 * count * hidden);
    expect(left('residuals')).toBeLessThan(0.5 * count * hidden);
  });

  it('are refused with coarse integers of another layer', () => {
    const arrays = { weights: bench.float32([4, 6]), effective: bench.float32([4, 6]) };
    const basis = bench.float32([1, 6], [1, 0, 0, 0, 0, 0]);
    const projection = wasm.createKrotovHopfieldProjection(bench.kernels, basis);
    using screen = wasm.createKrotovHopfieldScreen(bench.kernels, arrays.effective, projection, 'residuals');
    if (screen.projected?.coarse === undefined) throw new Error('expected coarse integers');
    const coarse = { ...screen.projected.coarse, bytes: bench.uint8([4, 6]) };
    const state = { ...arrays, screen: { ...screen, projected: { ...screen.projected, coarse } } };
    const batch = { kind: 'floats', samples: bench.float32([1, 6]) } as const;
    const competition = { winner: bench.uint32([1]), rival: bench.uint32([1]) };
    expect(() =>
      wasm.krotovHopfieldMinibatchStep(bench.kernels, rule, 0.1, batch, state, competition, 'screen'),
    ).toThrow('krotovHopfieldMinibatchStep: expected coarse bytes of shape [4, 256], got [4, 6]');
  });
});

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
      for (const [ranking, of] of [
        ['screen'],
        ['sieve', 'rows'],
        ['sieve', 'residuals'],
        ['product'],
      ] as const) {
        const several = learn(kernels, ranking, of);
        expect(several.weights).toEqual(one.weights);
        expect(several.ranks).toEqual(one.ranks);
      }
      await kernels.dispose();
    }
  });
});
