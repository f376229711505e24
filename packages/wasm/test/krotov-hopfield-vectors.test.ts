import {
  bytesToFloats,
  effectiveWeights,
  type Float32Buffer,
  gemm,
  inverseLpNormsOfBytes,
  type KrotovHopfieldBatch,
  krotovHopfieldMinibatchStep,
  krotovHopfieldSequentialStep,
  lpNorms,
  winnersAndRivals,
} from '@hebblab/wasm';
import { expect, it } from 'vitest';
import { type Bench, describeVariants } from './support/variants.js';
import {
  type ExpectedStep,
  expectClose,
  type KrotovHopfieldSettings,
  krotovHopfieldVectors,
} from './support/vectors.js';

const { minibatch, edges, fromBytes, sequential, inputNormalization, pruning } = krotovHopfieldVectors;

describeVariants('reference vectors of Krotov-Hopfield learning', (bench) => {
  it.each(minibatch.map((vectors) => ({ ...vectors, title: `p ${vectors.p}, k ${vectors.k}` })))(
    'gives three chained minibatch steps with $title',
    (vectors) => {
      const state = layerOf(bench, vectors.p, bench.float32Of(vectors.weights));
      for (const step of vectors.steps) {
        const samples = bench.float32Of(step.inputs);
        expectStep(bench, vectors, state, { kind: 'floats', samples }, samples, step);
      }
    },
  );

  it.each(edges)('ranks and learns exactly in the edge case: $case', (vectors) => {
    const state = layerOf(bench, vectors.p, bench.float32Of(vectors.weights));
    const samples = bench.float32Of(vectors.inputs);
    expectStep(bench, vectors, state, { kind: 'floats', samples }, samples, vectors);
  });

  it.each(fromBytes.map((vectors) => ({ ...vectors, title: `p ${vectors.p}, k ${vectors.k}` })))(
    'learns from bytes with a scale per image with $title',
    (vectors) => {
      const state = layerOf(bench, vectors.p, bench.float32Of(vectors.weights));
      const pixels = bench.uint8(vectors.bytes.shape, vectors.bytes.data);
      const scales = bench.float32Of(vectors.scale);
      const samples = bench.float32(vectors.bytes.shape);
      bytesToFloats(bench.kernels, pixels, scales, samples);
      expectStep(bench, vectors, state, { kind: 'bytes', pixels, scales }, samples, vectors);
    },
  );

  it.each(sequential.map((vectors) => ({ ...vectors, title: `p ${vectors.p}, k ${vectors.k}` })))(
    'gives the weights after a sequential pass with $title',
    (vectors) => {
      const state = layerOf(bench, vectors.p, bench.float32Of(vectors.weights));
      const samples = bench.float32Of(vectors.inputs);
      const rule = { ...vectors, precision: 1e-9 };
      krotovHopfieldSequentialStep(
        bench.kernels,
        rule,
        vectors.learningRate,
        { kind: 'floats', samples },
        state,
      );
      expectClose(state.weights.view(), vectors.weightsAfter.data);
      expect(state.effective.view()).toEqual(effectiveOf(bench, vectors.p, state.weights));
    },
  );

  it('scales images to norm 1', () => {
    const { bytes, p, scale, normalized } = inputNormalization;
    const pixels = bench.uint8(bytes.shape, bytes.data);
    const scales = bench.float32(scale.shape);
    inverseLpNormsOfBytes(bench.kernels, pixels, p, scales);
    expectClose(scales.view(), scale.data);
    const images = bench.float32(bytes.shape);
    bytesToFloats(bench.kernels, pixels, scales, images);
    expectClose(images.view(), normalized.data);
  });

  it('gives the norms of pruned units', () => {
    const norms = bench.float32(pruning.lpNorms3.shape);
    lpNorms(bench.kernels, bench.float32Of(pruning.weights), 3, norms);
    expectClose(norms.view(), pruning.lpNorms3.data);
  });
});

interface Layer {
  readonly weights: Float32Buffer;
  readonly effective: Float32Buffer;
}

function layerOf(bench: Bench, p: number, weights: Float32Buffer): Layer {
  const effective = bench.float32(weights.shape);
  effectiveWeights(bench.kernels, p, weights, effective);
  return { weights, effective };
}

function effectiveOf(bench: Bench, p: number, weights: Float32Buffer): Float32Array {
  return layerOf(bench, p, weights).effective.view();
}

function expectStep(
  bench: Bench,
  settings: KrotovHopfieldSettings,
  state: Layer,
  batch: KrotovHopfieldBatch,
  samples: Float32Buffer,
  expected: ExpectedStep,
): void {
  const { kernels } = bench;
  const preactivations = bench.float32(expected.preactivations.shape);
  gemm(kernels, 'NT', samples, state.effective, preactivations);
  expectClose(preactivations.view(), expected.preactivations.data);

  const ranked = { winner: bench.uint32(expected.winner.shape), rival: bench.uint32(expected.winner.shape) };
  winnersAndRivals(kernels, preactivations, settings.k, ranked);
  expect(Array.from(ranked.winner.view())).toEqual(expected.winner.data);
  expect(Array.from(ranked.rival.view())).toEqual(expected.antiHebbian.data);

  const learned = { winner: bench.uint32(expected.winner.shape), rival: bench.uint32(expected.winner.shape) };
  const { largest } = krotovHopfieldMinibatchStep(
    kernels,
    settings,
    settings.learningRate,
    batch,
    state,
    learned,
  );
  expect(Array.from(learned.winner.view())).toEqual(expected.winner.data);
  expect(Array.from(learned.rival.view())).toEqual(expected.antiHebbian.data);
  expectClose([largest], [expected.maxAbsUpdate]);
  expectClose(state.weights.view(), expected.weightsAfter.data);
  expect(state.effective.view()).toEqual(effectiveOf(bench, settings.p, state.weights));
}
