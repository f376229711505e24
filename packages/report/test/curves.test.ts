import { perturbationCurves, trainingCurves } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { curves, gridLines, pathPoints, withClass } from './helpers/geometry.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const falling = { name: 'KH', epsilon: [1e-3, 1e-2, 1e-1, 1], accuracy: [1, 0.75, 0.25, 0] };

describe('perturbationCurves', () => {
  const svg = parseXml(perturbationCurves({ series: [falling], attack: 'FGSM', title: 'FGSM' }));
  const columns = gridLines(svg, 'x');
  const rows = gridLines(svg, 'y');
  const [bottom = 0, top = 0] = [rows[0], rows.at(-1)];

  it('draws powers of ten of epsilon at equal distances and accuracy from 0 to 1', () => {
    const expected = falling.accuracy.map((accuracy, index) => ({
      x: columns[index] ?? 0,
      y: bottom - accuracy * (bottom - top),
    }));
    const drawn = curves(svg)[0] ?? [];
    expect(columns).toHaveLength(4);
    for (const [index, point] of expected.entries()) {
      expect(drawn[index]?.x).toBeCloseTo(point.x, 1);
      expect(drawn[index]?.y).toBeCloseTo(point.y, 1);
    }
  });

  it('draws an interval as a band from low to high', () => {
    const interval = falling.accuracy.map((value) => [value / 2, value] as const);
    const drawn = parseXml(
      perturbationCurves({ series: [{ ...falling, interval }], attack: 'FGSM', title: 'FGSM' }),
    );
    const band = findAll(drawn, ({ attributes }) => attributes['fill-opacity'] !== undefined)[0];
    const corners = pathPoints((band?.attributes.d ?? '').replace('Z', ''));
    // Along the upper bounds and back along the lower ones: the last corner is the first lower bound, 1/2.
    expect(corners[0]?.y).toBeCloseTo(top, 1);
    expect(corners.at(-1)?.y).toBeCloseTo((top + bottom) / 2, 1);
  });

  it('tells series apart by dash and marker as well as by colour', () => {
    const series = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => ({ ...falling, name }));
    const drawn = parseXml(perturbationCurves({ series, attack: 'FGSM', title: 'FGSM' }));
    const looks = findAll(drawn, ({ attributes }) => (attributes.class ?? '').startsWith('line '))
      .slice(-series.length)
      .map(({ attributes }) => `${attributes.class} ${attributes['stroke-dasharray']}`);
    const dashes = looks.slice(0, 6).map((look) => look.replace(/line stroke-\d/, ''));
    expect(new Set(looks).size).toBe(8);
    expect(new Set(dashes).size).toBe(6);
  });

  it('says where each model has lost half', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Relative accuracy under FGSM for epsilon from 0.001 to 1. ' +
        'KH: 1 at the smallest epsilon, first below one half at 0.1, 0 at 1.',
    );
  });

  it('labels less than a power of ten with plain numbers', () => {
    const near = { name: 'KH', epsilon: [0.01, 0.03, 0.08], accuracy: [1, 0.5, 0.1] };
    const drawn = parseXml(perturbationCurves({ series: [near], attack: 'PGD', title: 'PGD' }));
    expect(withClass(drawn, 'text', 'muted').map(textOf)).toEqual(
      expect.arrayContaining(['0.01', '0.02', '0.05']),
    );
  });

  it('draws level runs by their ends alone', () => {
    const epsilon = Array.from({ length: 400 }, (_, index) => 10 ** (-6 + index / 60));
    const accuracy = epsilon.map((value) => (value < 0.1 ? 1 : 0));
    const drawn = parseXml(
      perturbationCurves({ series: [{ name: 'KH', epsilon, accuracy }], attack: 'FGSM', title: 'FGSM' }),
    );
    expect(curves(drawn)[0]).toHaveLength(4);
  });

  it.each([
    [{ epsilon: [1, 2] }, 'expected epsilon of KH and accuracy of the same length, got 2 and 4'],
    [{ epsilon: [0, 1, 2, 3] }, 'expected finite numbers above 0 in epsilon of KH, got 0 at index 0'],
    [{ epsilon: [1, 2, 2, 3] }, 'expected ascending epsilon in KH, got 2 after 2'],
    [{ accuracy: [1, 1, 1, 1.5] }, 'expected numbers from 0 to 1 in the accuracy of KH, got 1.5 at index 3'],
    [{ epsilon: [], accuracy: [] }, 'expected at least one element in epsilon of KH, got none'],
    [{ interval: [[0, 1] as const] }, 'expected epsilon of KH and interval of the same length, got 4 and 1'],
  ])('refuses %j', (change, message) => {
    const series = [{ ...falling, ...change }];
    expect(() => perturbationCurves({ series, attack: 'FGSM', title: 'FGSM' })).toThrow(
      new Error(`perturbationCurves: ${message}`),
    );
  });
});

describe('trainingCurves', () => {
  const series = [{ name: 'KH', epoch: [0, 5, 10], value: [0, 0.5, 1] }];

  it('draws the middle of a straight course in the middle of the plot', () => {
    const svg = parseXml(trainingCurves({ series, label: 'converged', range: [0, 1], title: 'Training' }));
    const columns = gridLines(svg, 'x');
    const rows = gridLines(svg, 'y');
    const middle = curves(svg)[0]?.[1];
    expect(middle?.x).toBeCloseTo(((columns[0] ?? 0) + (columns.at(-1) ?? 0)) / 2, 1);
    expect(middle?.y).toBeCloseTo(((rows[0] ?? 0) + (rows.at(-1) ?? 0)) / 2, 1);
  });

  it('draws a single epoch, and values that are all equal', () => {
    const drawn = trainingCurves({
      series: [{ name: 'KH', epoch: [1], value: [0] }],
      label: 'loss',
      title: 'Training',
    });
    expect(drawn).not.toMatch(/NaN|Infinity/);
  });

  it('labels whole epochs alone, however few there are', () => {
    const few = [{ name: 'KH', epoch: [1, 2, 3], value: [1, 2, 3] }];
    const svg = parseXml(trainingCurves({ series: few, label: 'loss', title: 'Training' }));
    expect(gridLines(svg, 'x')).toHaveLength(3);
  });

  it('says first and last value', () => {
    const svg = parseXml(trainingCurves({ series, label: 'converged', title: 'Training' }));
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'converged over epochs 0 to 10. KH: 0 at epoch 0, 1 at epoch 10.',
    );
  });

  it.each([
    [{ value: [1] }, 'expected epoch of KH and value of the same length, got 3 and 1'],
    [{ value: [1, Number.NaN, 1] }, 'expected finite numbers in value of KH, got NaN at index 1'],
    [{ epoch: [2, 1, 3] }, 'expected ascending epoch in KH, got 1 after 2'],
  ])('refuses %j', (change, message) => {
    const changed = series.map((one) => ({ ...one, ...change }));
    expect(() => trainingCurves({ series: changed, label: 'loss', title: 'Training' })).toThrow(
      new Error(`trainingCurves: ${message}`),
    );
  });

  it('refuses an axis range that is not ascending', () => {
    expect(() => trainingCurves({ series, label: 'loss', range: [1, 0], title: 'Training' })).toThrow(
      new Error('trainingCurves: expected range as [low, high] with low < high, got [1, 0]'),
    );
  });
});
