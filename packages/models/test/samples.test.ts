import { DataError } from '@hebblab/data';
import { createNetworkTraining, normalisedImages, samplesOf, samplesOfPoints } from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { samplesFrom } from './support/toys.js';

const samples = samplesFrom(
  [
    [0, 100, 200],
    [255, 51, 0],
  ],
  [1, 0],
  2,
  Float32Array.of(0.5, 0.25),
);

describe('samples', () => {
  it('know their sizes', () => {
    expect(samples).toMatchObject({ count: 2, inputs: 3, classes: 2 });
  });

  it('are bytes times the scale of their image', () => {
    expect([...normalisedImages(samples, 2)]).toEqual([0, 50, 100, 63.75, 12.75, 0]);
  });

  it('are the first ones where fewer are asked for', () => {
    expect([...normalisedImages(samples, 1)]).toEqual([0, 50, 100]);
    expect(normalisedImages(samples, 0)).toHaveLength(0);
  });

  it.each([3, -1, 0.5, Number.NaN])('refuse a count of %s', (count) => {
    expect(() => normalisedImages(samples, count)).toThrow(
      `normalisedImages: expected a whole number up to 2 images, got ${count}`,
    );
  });

  it('refuse another number of scales', () => {
    expect(() => samplesOf(samples.images, Float32Array.of(1))).toThrow(
      'samplesOf: expected 2 scales, got 1',
    );
  });

  it('refuse a scale that is not finite', () => {
    expect(() => samplesOf(samples.images, Float32Array.of(1, Number.NaN))).toThrow(
      'samplesOf: expected finite scales, got NaN for image 1',
    );
  });

  it('call a label without a class bad input', () => {
    expect(() => samplesFrom([[1]], [2], 2)).toThrow(DataError);
  });
});

describe('samples of points', () => {
  const points = samplesOfPoints({
    name: 'toy',
    split: 'train',
    inputs: 2,
    values: Float32Array.of(-1, 0.1, 1, 3),
    labels: Uint8Array.of(0, 1),
    classNames: ['a', 'b'],
  });

  it('have their values as they are, and images that show them between the least and the largest', () => {
    expect(points).toMatchObject({ count: 2, inputs: 2, classes: 2 });
    expect([...normalisedImages(points, 2)]).toEqual([-1, Math.fround(0.1), 1, 3]);
    expect([...normalisedImages(points, 1)]).toEqual([-1, Math.fround(0.1)]);
    // (v + 1) / 4 of 255
    expect([...points.images.pixels]).toEqual([0, 70, 128, 255]);
  });

  it('are refused by trainings that learn from bytes, and with values that are not finite', async () => {
    const kernels = await openKernels({ variant: 'simd128' });
    const settings = {
      hidden: 2,
      power: 1,
      epochs: 1,
      batchSize: 2,
      learningRate: { kind: 'constant', value: 0.1 },
      seed: 1,
    } as const;
    using training = createNetworkTraining(kernels, points, settings, [], { kind: 'fresh' });
    expect(() => training.runEpoch()).toThrow('expected samples of bytes, got points (toy)');
    const { name, split, labels, classNames } = points.images;
    const values = Float32Array.of(0, Number.NaN, 0, 0);
    expect(() => samplesOfPoints({ name, split, inputs: 2, values, labels, classNames })).toThrow(
      'got NaN at index 1 in toy',
    );
  });
});
