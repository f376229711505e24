import { lineCurves } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { curves, gridLines, pathPoints } from './helpers/geometry.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const axes = { x: { label: 'beta' }, y: { label: 'accuracy', range: [0, 1] }, title: 'Curves' } as const;
const curve = { name: 'PGD', x: [0, 1, 2], y: [0, 0.5, 1] };

describe('lineCurves', () => {
  it('draws the middle of a straight curve in the middle of the plot', () => {
    const svg = parseXml(lineCurves({ series: [curve], ...axes }));
    const [columns, rows] = [gridLines(svg, 'x'), gridLines(svg, 'y')];
    const middle = curves(svg)[0]?.[1];
    expect(middle?.x).toBeCloseTo(((columns[0] ?? 0) + (columns.at(-1) ?? 0)) / 2, 1);
    expect(middle?.y).toBeCloseTo(((rows[0] ?? 0) + (rows.at(-1) ?? 0)) / 2, 1);
  });

  it('draws an interval around a curve as a band, and around points as error bars', () => {
    const interval = [
      [0, 0],
      [0.25, 0.75],
      [1, 1],
    ] as const;
    const marks = (drawnAs: 'curve' | 'points') => {
      const svg = parseXml(lineCurves({ series: [{ ...curve, interval, drawnAs }], ...axes }));
      const rows = gridLines(svg, 'y');
      const [bottom = 0, top = 0] = [rows[0], rows.at(-1)];
      return {
        share: (y: number | undefined) => ((y ?? 0) - bottom) / (top - bottom),
        band: findAll(svg, ({ attributes }) => attributes['fill-opacity'] !== undefined)[0],
        bars: findAll(svg, ({ name, attributes }) => name === 'path' && attributes.class === 'stroke-0')[0],
      };
    };
    const band = marks('curve');
    const corners = pathPoints((band.band?.attributes.d ?? '').replace('Z', ''));
    expect(corners.map(({ y }) => Math.abs(Math.round(band.share(y) * 100) / 100))).toEqual([
      0, 0.75, 1, 1, 0.25, 0,
    ]);
    expect(band.bars).toBeUndefined();

    const points = marks('points');
    const ends = [...(points.bars?.attributes.d ?? '').matchAll(/M[\d.]+ ([\d.]+)V([\d.]+)/g)];
    expect(points.band).toBeUndefined();
    expect(ends.map(([, low, high]) => [points.share(Number(low)), points.share(Number(high))])[1]).toEqual([
      expect.closeTo(0.25, 2),
      expect.closeTo(0.75, 2),
    ]);
  });

  it('draws theory as a line without markers, and points without a line', () => {
    const drawn = (drawnAs: 'theory' | 'points') =>
      parseXml(lineCurves({ series: [{ ...curve, drawnAs }], ...axes }));
    const markers = (svg: ReturnType<typeof parseXml>) =>
      findAll(svg, ({ attributes }) => attributes.class === 'fill-0 edge').length;
    expect([curves(drawn('theory')).length, markers(drawn('theory'))]).toEqual([1, 0]);
    // Three points, and one in the legend.
    expect([curves(drawn('points')).length, markers(drawn('points'))]).toEqual([0, 4]);
  });

  it('draws equal ratios at equal distances on a logarithmic axis', () => {
    const svg = parseXml(
      lineCurves({
        series: [{ name: 'a', x: [0.01, 0.1, 1], y: [1, 10, 100] }],
        x: { label: 'beta', scale: 'logarithmic' },
        y: { label: 'singular value', scale: 'logarithmic' },
        title: 'Curves',
      }),
    );
    const [first, second, third] = curves(svg)[0] ?? [];
    expect((second?.x ?? 0) - (first?.x ?? 0)).toBeCloseTo((third?.x ?? 0) - (second?.x ?? 0), 1);
    expect((second?.y ?? 0) - (first?.y ?? 0)).toBeCloseTo((third?.y ?? 0) - (second?.y ?? 0), 1);
  });

  it('says first and last value of each curve', () => {
    const svg = parseXml(lineCurves({ series: [curve], ...axes }));
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe('accuracy against beta. PGD: 0 at 0, 1 at 2.');
  });

  it.each([
    [{ y: [1] }, 'expected x of PGD and y of the same length, got 3 and 1'],
    [{ x: [1, 0, 2] }, 'expected ascending x in PGD, got 0 after 1'],
    [{ y: [1, Number.NaN, 1] }, 'expected finite numbers in y of PGD, got NaN at index 1'],
    [{ interval: [[0, 1]] as const }, 'expected x of PGD and interval of the same length, got 3 and 1'],
  ])('refuses a series with %j', (change, message) => {
    expect(() => lineCurves({ series: [{ ...curve, ...change }], ...axes })).toThrow(
      new Error(`lineCurves: ${message}`),
    );
  });

  it('refuses what a logarithmic axis cannot hold', () => {
    expect(() =>
      lineCurves({ series: [curve], ...axes, x: { label: 'beta', scale: 'logarithmic' } }),
    ).toThrow(new Error('lineCurves: expected finite numbers above 0 in x of PGD, got 0 at index 0'));
  });
});
