import {
  type ArrayData,
  balancedSubset,
  concatenateImages,
  createImageSet,
  type ImageSet,
  imageSetFromArrays,
  selectImages,
} from '@hebblab/data';
import { describe, expect, it } from 'vitest';
import { faultOf, tinySet } from './builders.js';

const parts = (changes: Partial<ImageSet>) => ({ ...tinySet([0, 1]), ...changes });

describe('createImageSet', () => {
  it('counts the images', () => {
    expect(tinySet([0, 1, 2]).count).toBe(3);
  });

  it('refuses pixels that do not fit the labels', () => {
    expect(faultOf(() => createImageSet(parts({ pixels: new Uint8Array(5) })))).toBe(
      'createImageSet: expected 4 pixel values for 2 labels, got 5 in tiny train',
    );
  });

  it('refuses a label without a class', () => {
    expect(faultOf(() => createImageSet(parts({ labels: Uint8Array.of(0, 3) })))).toBe(
      'createImageSet: expected labels 0..2, got 3 at index 1 in tiny train',
    );
  });

  it('refuses an image without pixels', () => {
    expect(faultOf(() => createImageSet(parts({ shape: [0, 2, 1] })))).toContain('got 0 x 2 x 1');
  });
});

describe('selectImages', () => {
  it('copies images and labels in the order asked for', () => {
    const { pixels, labels, count } = selectImages(tinySet([0, 1, 2]), [2, 0, 2]);
    expect({ count, pixels: [...pixels], labels: [...labels] }).toEqual({
      count: 3,
      pixels: [20, 21, 0, 1, 20, 21],
      labels: [2, 0, 2],
    });
  });

  it.each([3, -1, 0.5, Number.NaN])('refuses the index %d', (index) => {
    expect(faultOf(() => selectImages(tinySet([0, 1, 2]), [index]))).toContain(
      `expected indices below 3, got ${index}`,
    );
  });
});

describe('balancedSubset', () => {
  const set = tinySet([0, 0, 1, 0, 2, 1, 2]);

  it('takes the first images of each class in the order of the set', () => {
    const { pixels, labels } = balancedSubset(set, 2);
    expect([...labels]).toEqual([0, 0, 1, 2, 1, 2]);
    expect(pixels.filter((_, i) => i % 2 === 0)).toEqual(Uint8Array.of(0, 10, 20, 40, 50, 60));
  });

  it('takes them in another order', () => {
    expect([...balancedSubset(set, 1, [6, 5, 4, 3, 2, 1, 0]).labels]).toEqual([2, 1, 0]);
  });

  it('refuses more images than a class has', () => {
    expect(faultOf(() => balancedSubset(set, 3))).toBe(
      'balancedSubset: expected 3 images of each class, got 2 of class one in tiny train',
    );
  });
});

describe('concatenateImages', () => {
  it('joins sets', () => {
    const joined = concatenateImages('both', 'train', [tinySet([0]), tinySet([2, 1])]);
    expect([...joined.labels]).toEqual([0, 2, 1]);
    expect([...joined.pixels]).toEqual([0, 1, 0, 1, 10, 11]);
  });

  it('refuses sets of different shapes, and none', () => {
    const wide = createImageSet(parts({ shape: [2, 1, 1] }));
    expect(faultOf(() => concatenateImages('both', 'train', [tinySet([0]), wide]))).toContain(
      'got 2 x 1 x 1',
    );
    expect(faultOf(() => concatenateImages('both', 'train', []))).toContain('got none');
  });
});

describe('imageSetFromArrays', () => {
  const options = { name: 'mine', split: 'test' };
  const images: ArrayData = { dtype: 'uint8', shape: [2, 1, 2], data: Uint8Array.of(1, 2, 3, 4) };
  const labels: ArrayData = { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 0n) };
  const floats = (...values: number[]): ArrayData => {
    return { dtype: 'float32', shape: [1, 1, values.length], data: Float32Array.from(values) };
  };
  const oneLabel: ArrayData = { dtype: 'uint8', shape: [1], data: Uint8Array.of(0) };

  it('makes a set of bytes and labels of any whole-number type', () => {
    expect(imageSetFromArrays(images, labels, options)).toEqual({
      name: 'mine',
      split: 'test',
      count: 2,
      shape: [1, 2, 1],
      pixels: Uint8Array.of(1, 2, 3, 4),
      labels: Uint8Array.of(1, 0),
      classNames: ['0', '1'],
    });
  });

  it('takes colour images and flat ones whose shape is given', () => {
    const data = new Uint8Array(12);
    const colour: ArrayData = { dtype: 'uint8', shape: [2, 1, 2, 3], data };
    const flat: ArrayData = { dtype: 'uint8', shape: [2, 6], data };
    expect(imageSetFromArrays(colour, labels, options).shape).toEqual([1, 2, 3]);
    expect(imageSetFromArrays(flat, labels, { ...options, shape: [1, 2, 3] }).shape).toEqual([1, 2, 3]);
    expect(faultOf(() => imageSetFromArrays(flat, labels, options))).toContain('got [2, 6]');
    expect(faultOf(() => imageSetFromArrays(flat, labels, { ...options, shape: [1, 2, 1] }))).toContain(
      'got 6 values',
    );
  });

  it('refuses images with channels first', () => {
    const planes: ArrayData = { dtype: 'uint8', shape: [2, 3, 32, 32], data: new Uint8Array(6144) };
    expect(faultOf(() => imageSetFromArrays(planes, labels, options))).toContain('got [2, 3, 32, 32]');
  });

  it('refuses the two arrays in the wrong order', () => {
    expect(faultOf(() => imageSetFromArrays(labels, images, options))).toContain('got [2]');
  });

  it('refuses another number of labels', () => {
    expect(faultOf(() => imageSetFromArrays(images, oneLabel, options))).toContain('(2), got 1 in mine test');
  });

  it('refuses labels that are not 0..255 or not whole numbers', () => {
    const wrong = (data: Int32Array): ArrayData => ({ dtype: 'int32', shape: [2], data });
    expect(faultOf(() => imageSetFromArrays(images, wrong(Int32Array.of(0, 256)), options))).toContain(
      'got 256',
    );
    expect(faultOf(() => imageSetFromArrays(images, wrong(Int32Array.of(-1, 0)), options))).toContain(
      'got -1',
    );
    expect(
      faultOf(() => imageSetFromArrays(floats(1), floats(1), { ...options, quantise: { from: 0, to: 1 } })),
    ).toContain('got float32');
  });

  it('refuses a label that the class names do not cover', () => {
    expect(faultOf(() => imageSetFromArrays(images, labels, { ...options, classNames: ['only'] }))).toContain(
      'labels 0..0',
    );
  });

  it('refuses floats unless it is told what to quantise', () => {
    expect(faultOf(() => imageSetFromArrays(floats(0, 1), oneLabel, options))).toBe(
      'imageSetFromArrays: expected images of uint8 (or, for floats, the range to quantise), got float32 in mine test',
    );
  });

  it('rounds floats to the nearest of 256 levels', () => {
    const quantise = { from: -1, to: 1 };
    // 255 (x + 1) / 2: 0, 127.5, 255 and 63.75.
    expect([
      ...imageSetFromArrays(floats(-1, 0, 1, -0.5), oneLabel, { ...options, quantise }).pixels,
    ]).toEqual([0, 128, 255, 64]);
  });

  it('refuses floats outside of the range, NaN, and an empty range', () => {
    const fault = (values: ArrayData, from: number, to: number) =>
      faultOf(() => imageSetFromArrays(values, oneLabel, { ...options, quantise: { from, to } }));
    expect(fault(floats(0, 1.5), 0, 1)).toContain('expected values from 0 to 1, got 1.5');
    expect(fault(floats(0, Number.NaN), 0, 1)).toContain('got NaN at index 1');
    expect(fault(floats(0, 1), 1, 1)).toContain('got 1 to 1');
  });
});
