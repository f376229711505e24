import { DataError } from '@hebblab/data';
import { normalisedImages, samplesOf } from '@hebblab/models';
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
