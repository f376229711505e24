import { createImageSet } from '@hebblab/data';
import { createNetworkTraining, samplesOf } from '@hebblab/models';
import { jacregPublished } from '@hebblab/regularizers';
import { openKernels } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';

const kernels = await openKernels({ variant: 'simd128' });

describe('jacregPublished', () => {
  it('is the weight times the sum of squares of the hidden weights alone', () => {
    using training = trainingOf([jacregPublished(0.5)]);
    const squares = training.parameters()['hidden weights'].reduce((sum, value) => sum + value ** 2, 0);
    const metrics = training.runEpoch();
    expect((metrics['jacreg-published'] as number) / (0.5 * squares)).toBeCloseTo(1, 6);
  });

  it('moves the hidden weights by its gradient 2 weight W, and nothing else', () => {
    using plain = trainingOf([]);
    using penalised = trainingOf([jacregPublished(0.5)]);
    const weights = plain.parameters()['hidden weights'];
    const [before, after] = [plain, penalised].map((training) => {
      training.runEpoch();
      // The first moment of Adam after a step is 0.1 of the gradient (Kingma & Ba 2015).
      return (name: string) =>
        Array.from(training.checkpoint().arrays.get(`${name}, first moment`)?.data as Float32Array);
    }) as [(name: string) => number[], (name: string) => number[]];
    const added = after('hidden weights').map(
      (moment, at) => moment - (before('hidden weights')[at] as number),
    );
    added.forEach((moment, at) => {
      expect(moment).toBeCloseTo(0.1 * (weights[at] as number), 6);
    });
    expect(after('readout weights')).toEqual(before('readout weights'));
    expect(after('readout bias')).toEqual(before('readout bias'));
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a weight of %s', (weight) => {
    expect(() => jacregPublished(weight)).toThrow(`jacregPublished: expected a weight >= 0, got ${weight}`);
  });
});

/** One batch an epoch. */
function trainingOf(penalties: Parameters<typeof createNetworkTraining>[3]) {
  const images = createImageSet({
    name: 'toy',
    split: 'train',
    shape: [2, 3, 1],
    pixels: Uint8Array.from({ length: 40 * 6 }, (_, at) => (at * 37) % 256),
    labels: Uint8Array.from({ length: 40 }, (_, image) => image % 2),
    classNames: ['a', 'b'],
  });
  const samples = samplesOf(images, new Float32Array(40).fill(1 / 255));
  const learningRate = { kind: 'constant', value: 0.01 } as const;
  const settings = { hidden: 8, power: 1, epochs: 1, batchSize: 40, learningRate, seed: 1 };
  return createNetworkTraining(kernels, samples, settings, penalties, { kind: 'fresh' });
}
