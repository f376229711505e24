import { similarityMatrices } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { numeric, withClass } from './helpers/geometry.js';
import { decodeImages } from './helpers/images.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const figure = {
  panels: [{ name: 'layer 1', values: [1, 0.5, -1, 0.5, 1, 0, -1, 0, 1], detail: 'silhouette 0.31' }],
  size: 3,
  classes: [
    { name: 'cat', count: 2 },
    { name: 'dog', count: 1 },
  ],
  label: 'correlation',
  range: [-1, 1],
  title: 'Similarity',
} as const;

describe('similarityMatrices', () => {
  const svg = parseXml(similarityMatrices(figure));
  const frame = withClass(svg, 'rect', 'axis')[0];
  const [left = 0, top = 0, side = 0] = ['x', 'y', 'width'].map((key) =>
    frame === undefined ? Number.NaN : numeric(frame, key),
  );

  it('draws the first item in the upper left, from blue over white to red around 0', () => {
    const [image] = decodeImages(svg);
    expect([image?.width, image?.height]).toEqual([3, 3]);
    expect(image?.colour(0, 0)).toEqual([103, 0, 31]);
    expect(image?.colour(2, 0)).toEqual([5, 48, 97]);
    expect(Math.min(...(image?.colour(1, 2) ?? [0]))).toBeGreaterThan(220);
  });

  it('draws a line after two of three items, both ways, and each name in the middle of its class', () => {
    const line = findAll(svg, ({ attributes }) => attributes.stroke === '#1f2328')[0]?.attributes.d ?? '';
    const [, x, y] = /^M([\d.]+) [\d.]+v[\d.]+M[\d.]+ ([\d.]+)h[\d.]+$/.exec(line) ?? [];
    const names = withClass(svg, 'text', 'muted').filter((text) => ['cat', 'dog'].includes(textOf(text)));
    expect(Number(x)).toBeCloseTo(left + (2 / 3) * side, 1);
    expect(Number(y)).toBeCloseTo(top + (2 / 3) * side, 1);
    expect(names.map((text) => numeric(text, 'y') - 4.5)).toEqual([
      expect.closeTo(top + (1 / 3) * side, 1),
      expect.closeTo(top + (5 / 6) * side, 1),
    ]);
  });

  it('draws means of blocks where there are more items than pixels', () => {
    const size = 480;
    const values = Float32Array.from({ length: size * size }, (_, index) =>
      (index % size) % 2 === 0 ? 1 : 0,
    );
    const large = similarityMatrices({
      ...figure,
      panels: [{ name: 'layer 1', values }],
      size,
      classes: [{ name: 'cat', count: size }],
    });
    const [image] = decodeImages(parseXml(large));
    expect(image?.width).toBe(240);
    // The mean of 1 and 0 is three quarters of the way from -1 to 1: between the 8th and the 9th of 11 stops.
    const [red = 0, green = 0] = image?.colour(7, 7) ?? [];
    expect(red).toBeGreaterThan(214);
    expect(green).toBeGreaterThan(96);
    expect(green).toBeLessThan(165);
    expect(large.length).toBeLessThan(100_000);
  });

  it('says ranges and details', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Matrices of correlation between 3 items in the order of their classes cat (2), dog (1), colours from \u22121 to 1. ' +
        'layer 1: \u22121 to 1, silhouette 0.31.',
    );
  });

  it.each([
    [{ size: 4 }, 'expected counts of classes that add up to 4, got 3'],
    [{ panels: [{ name: 'layer 1', values: [1] }] }, 'expected 3 x 3 = 9 values of layer 1, got 1'],
    [{ range: [1, 0] as const }, 'expected range as [low, high] with low < high, got [1, 0]'],
  ])('refuses %j', (change, message) => {
    expect(() => similarityMatrices({ ...figure, ...change })).toThrow(
      new Error(`similarityMatrices: ${message}`),
    );
  });
});
