import { setFlagsFromString } from 'node:v8';
import { createLayerTraining, krotovHopfieldRule, projectSamples, type SieveWhen } from '@hebblab/models';
import * as wasm from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { separableSamples } from './support/toys.js';

const kernels = await wasm.openKernels({ variant: 'simd128' });
const samples = separableSamples(kernels, 60);
const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };
const [hidden, batchSize] = [12, 20];

/** Steps over all samples with one ranking; the weights that they leave. */
function learn(ranking: wasm.KrotovHopfieldRanking): Float32Array {
  const shape = [hidden, samples.inputs];
  const projected = projectSamples(kernels, samples, batchSize);
  using weights = wasm.allocateFloat32(kernels, shape);
  using effective = wasm.allocateFloat32(kernels, shape);
  using pixels = wasm.allocateUint8(kernels, [batchSize, samples.inputs]);
  using scales = wasm.allocateFloat32(kernels, [batchSize]);
  using winner = wasm.allocateUint32(kernels, [batchSize]);
  using rival = wasm.allocateUint32(kernels, [batchSize]);
  wasm.randomNormal(kernels, { seed: 1, stream: 'weights' }, weights);
  wasm.effectiveWeights(kernels, rule.p, weights, effective);
  using screen = wasm.createKrotovHopfieldScreen(kernels, effective, projected.projection);
  for (let step = 0; step < 30; step++) {
    const indices = Uint32Array.from(
      { length: batchSize },
      (_, index) => (7 * step + 11 * index) % samples.count,
    );
    indices.forEach((sample, row) => {
      const from = sample * samples.inputs;
      const image = samples.images.pixels.subarray(from, from + samples.inputs);
      pixels.view().set(image, row * samples.inputs);
      scales.view()[row] = samples.scales[sample] as number;
    });
    wasm.krotovHopfieldMinibatchStep(
      kernels,
      rule,
      0.05,
      { kind: 'bytes', pixels, scales, projected: projected.batchOf(indices) },
      { weights, effective, screen },
      { winner, rival },
      ranking,
    );
  }
  projected.dispose();
  return weights.view().slice();
}

describe('samples in the coordinates of their principal directions', () => {
  it('are the whole samples where there are as many directions as inputs', () => {
    const projected = projectSamples(kernels, samples, batchSize);
    const { tails } = projected.batchOf(Uint32Array.of(3, 40));
    for (const [row, sample] of [3, 40].entries()) {
      const from = sample * samples.inputs;
      const image = samples.images.pixels.subarray(from, from + samples.inputs);
      const length = Math.hypot(...image);
      // Rounded up, by a few parts in a million.
      expect(tails.view()[2 * row + 1]).toBeGreaterThanOrEqual(length);
      expect(tails.view()[2 * row + 1]).toBeLessThan(length * (1 + 1e-5));
      expect(tails.view()[2 * row]).toBeLessThan(0.05 * length);
    }
    projected.dispose();
  });

  it('give the sieve what it needs: the bits are those of the whole product', () => {
    expect(learn('sieve')).toEqual(learn('product'));
  });

  it.each([
    ['equal', 1],
    ['black', 0],
  ])('have a basis also where all images are %s', (_, brightness) => {
    const pixels = samples.images.pixels.map((__, index) => brightness * (1 + (index % samples.inputs)));
    const same = { ...samples, images: { ...samples.images, pixels } };
    const projected = projectSamples(kernels, same, batchSize);
    expect(projected.projection.defect).toBeLessThan(1e-3);
    projected.dispose();
  });

  it('give back all memory', () => {
    const before = wasm.memoryUse(kernels).liveBytes;
    projectSamples(kernels, samples, batchSize).dispose();
    expect(wasm.memoryUse(kernels).liveBytes).toBe(before);
  });
});

// In `relaxed` it tries sieves of rows and of residuals.
describe.each(['simd128', 'relaxed'] as const)('a training that makes sieves of %s', async (variant) => {
  if (!wasm.detectWasmFeatures().relaxedSimd) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const kernels = await wasm.openKernels({ variant });
  const samples = separableSamples(kernels, 60);

  /** Weights after 50 epochs of 3 steps, and the kernel memory that the training then holds. */
  function train(sieveWhen?: SieveWhen) {
    const before = wasm.memoryUse(kernels).liveBytes;
    const settings = {
      hidden,
      epochs: 50,
      batchSize,
      learningRate: { kind: 'constant', value: 0.05 },
      initialDeviation: 1,
      norm: rule,
      seed: 1,
    } as const;
    const training = createLayerTraining(kernels, samples, settings, krotovHopfieldRule(rule, sieveWhen), {
      kind: 'fresh',
    });
    while (training.epoch() < training.epochs) training.runEpoch();
    const outcome = {
      weights: training.weights(),
      bytes: wasm.memoryUse(kernels).liveBytes - before,
    };
    training.dispose();
    expect(wasm.memoryUse(kernels).liveBytes).toBe(before);
    return outcome;
  }

  it('has the bits of one that makes none, and gives its memory back', () => {
    const plain = train();
    const sieved = train({ steps: 100, milliseconds: 0, touchedShare: 2 });
    expect(sieved.weights).toEqual(plain.weights);
    expect(sieved.bytes).toBeGreaterThan(plain.bytes);
  });
});
