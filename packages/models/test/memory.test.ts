import { createModel, openModel, runTraining } from '@hebblab/models';
import { memoryUse, openKernels } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { separableSamples } from './support/toys.js';
import { trainingKinds } from './support/trainings.js';

const kernels = await openKernels({ variant: 'simd128' });
const samples = separableSamples(kernels, 25);
const rounds = 1000;

describe('memory of the kernels', () => {
  it.each(trainingKinds(kernels))(
    'is back after each of 1000 rounds of a $title training, and stops growing after the first',
    ({ create }) => {
      const { liveBytes } = memoryUse(kernels);
      let totalBytes = 0;
      for (let round = 1; round <= rounds; round++) {
        using training = create(samples, { seed: round, epochs: 1, batchSize: 10 }, { kind: 'fresh' });
        runTraining(training);
        training.dispose();
        expect(memoryUse(kernels).liveBytes).toBe(liveBytes);
        if (round === 1) totalBytes = memoryUse(kernels).totalBytes;
      }
      expect(memoryUse(kernels).totalBytes).toBe(totalBytes);
    },
  );

  it('is back after an open model is disposed of, also twice', () => {
    const { liveBytes } = memoryUse(kernels);
    const model = createModel({
      name: 'tiny',
      inputs: 2,
      hidden: 3,
      classes: 2,
      hiddenLayer: { kind: 'krotov-hopfield', weights: new Float32Array(6).fill(1), p: 3 },
      power: 1,
      readoutWeights: new Float32Array(6),
      readoutBias: new Float32Array(2),
      settings: {},
    });
    const open = openModel(kernels, model, 5);
    expect(memoryUse(kernels).liveBytes).toBeGreaterThan(liveBytes);
    open.dispose();
    open.dispose();
    expect(memoryUse(kernels).liveBytes).toBe(liveBytes);
    const broken = { ...model, readoutBias: Float32Array.of(0, Number.NaN) };
    expect(() => openModel(kernels, broken, 5)).toThrow('expected finite values');
    expect(memoryUse(kernels).liveBytes).toBe(liveBytes);
  });
});
