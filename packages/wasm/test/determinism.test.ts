import {
  bytesToFloats,
  effectiveWeights,
  gemm,
  krotovHopfieldMinibatchStep,
  krotovHopfieldSequentialStep,
  rowsOf,
  softmaxCrossEntropy,
  winners,
  winnersAndRivals,
} from '@hebblab/wasm';
import { expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { type Bench, describeVariants } from './support/variants.js';

const [count, inputs, units] = [37, 61, 29];
const rule = { p: 3, k: 4, delta: 0.4, radius: 1, precision: 1e-9 };

describeVariants('the bits of a result', (bench) => {
  it('are those of a sample alone: product, winners, softmax', () => {
    const samples = bench.float32([count, inputs], pseudoRandom(count * inputs, 1));
    const weights = bench.float32([units, inputs], pseudoRandom(units * inputs, 2));
    const labels = bench.uint32(
      [count],
      Uint32Array.from({ length: count }, (_, index) => index % units),
    );
    const together = pass(bench, samples, weights, labels);
    for (const first of [0, 1, 17, 36]) {
      const alone = pass(bench, rowsOf(samples, first, 1), weights, rowsOf(labels, first, 1));
      expect(alone.values).toEqual(together.values.subarray(first * units, (first + 1) * units));
      expect(alone.gradient).toEqual(together.gradient.subarray(first * units, (first + 1) * units));
      expect([alone.losses[0], alone.winner[0], alone.first[0], alone.rival[0]]).toEqual([
        together.losses[first],
        together.winner[first],
        together.first[first],
        together.rival[first],
      ]);
    }
  });

  it('are the same for a second run', () => {
    const run = () => learn(bench, 'bytes', 'minibatch');
    expect(run()).toEqual(run());
  });

  it.each(['minibatch', 'sequential'] as const)(
    'of %s learning are the same from floats as from bytes',
    (order) => {
      expect(learn(bench, 'floats', order)).toEqual(learn(bench, 'bytes', order));
    },
  );

  it('of sequential learning do not depend on how the samples are split', () => {
    expect(learn(bench, 'floats', 'sequential', 5)).toEqual(learn(bench, 'floats', 'sequential'));
  });
});

type Array32 = ReturnType<Bench['float32']>;

function pass(bench: Bench, samples: Array32, weights: Array32, labels: ReturnType<Bench['uint32']>) {
  const { kernels } = bench;
  const [rows] = samples.shape as [number];
  const values = bench.float32([rows, units]);
  const [gradient, losses] = [bench.float32([rows, units]), bench.float32([rows])];
  const [winner, first, rival] = [bench.uint32([rows]), bench.uint32([rows]), bench.uint32([rows])];
  gemm(kernels, 'NT', samples, weights, values);
  softmaxCrossEntropy(kernels, { logits: values, labels, losses, gradient, gradientScale: 1 });
  winners(kernels, values, winner);
  winnersAndRivals(kernels, values, 17, { winner: first, rival });
  return {
    values: values.view().slice(),
    gradient: gradient.view().slice(),
    losses: losses.view().slice(),
    winner: winner.view().slice(),
    first: first.view().slice(),
    rival: rival.view().slice(),
  };
}

/** The weights after three rounds over one batch, in parts of `partSize` samples. */
function learn(
  bench: Bench,
  kind: 'floats' | 'bytes',
  order: 'minibatch' | 'sequential',
  partSize: number = count,
): Float32Array {
  const { kernels } = bench;
  const pixels = bench.uint8(
    [count, inputs],
    pseudoRandom(count * inputs, 3).map((value) => Math.floor((value + 1) * 128)),
  );
  const scales = bench.float32(
    [count],
    pseudoRandom(count, 4).map((value) => (value + 2) / 1000),
  );
  const samples = bench.float32([count, inputs]);
  bytesToFloats(kernels, pixels, scales, samples);
  const weights = bench.float32([units, inputs], pseudoRandom(units * inputs, 5));
  const effective = bench.float32([units, inputs]);
  effectiveWeights(kernels, rule.p, weights, effective);
  const state = { weights, effective };
  for (let round = 0; round < 3; round++) {
    for (let first = 0; first < count; first += partSize) {
      const rows = Math.min(partSize, count - first);
      const part = <Kind extends 'float32' | 'uint8'>(array: Parameters<typeof rowsOf<Kind>>[0]) =>
        rowsOf(array, first, rows);
      const batch =
        kind === 'floats'
          ? ({ kind, samples: part(samples) } as const)
          : ({ kind, pixels: part(pixels), scales: part(scales) } as const);
      if (order === 'sequential') krotovHopfieldSequentialStep(kernels, rule, 0.02, batch, state);
      else {
        const ranks = { winner: bench.uint32([rows]), rival: bench.uint32([rows]) };
        krotovHopfieldMinibatchStep(kernels, rule, 0.02, batch, state, ranks);
      }
    }
  }
  return weights.view().slice();
}
