import { heatMaps } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { numeric, withClass } from './helpers/geometry.js';
import { decodeImages } from './helpers/images.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const plane = {
  rows: 2,
  columns: 3,
  x: { label: 'e', range: [-20, 20] },
  y: { label: 'z', range: [-10, 10] },
} as const;
// The first row is that of the low end of z, at the bottom.
const rising = { name: 'KH', values: [0, 1, 2, 3, 4, 5] };

/** Of viridis: the colours of the least and of the most. */
const LEAST = [68, 1, 84];
const MOST = [253, 231, 37];

describe('heatMaps', () => {
  const drawn = heatMaps({ panels: [rising], ...plane, label: '‖J‖F', scale: 'own', title: 'Landscape' });
  const svg = parseXml(drawn);

  it('draws a cell a pixel, the first row at the bottom', () => {
    const [image] = decodeImages(svg);
    expect([image?.width, image?.height]).toEqual([3, 2]);
    expect(image?.colour(0, 1)).toEqual(LEAST);
    expect(image?.colour(2, 0)).toEqual(MOST);
  });

  it('marks the values of an axis where the middles of their cells are', () => {
    const frame = withClass(svg, 'rect', 'axis')[0];
    const left = frame === undefined ? 0 : numeric(frame, 'x');
    const width = frame === undefined ? 0 : numeric(frame, 'width');
    const ticks = findAll(
      svg,
      ({ name, attributes }) =>
        name === 'line' && attributes.class === 'axis' && attributes.x1 === attributes.x2,
    ).map((tick) => numeric(tick, 'x1'));
    // Three cells whose middles are -20, 0 and 20: the middle of the second is that of the panel, and the first is a sixth in.
    expect(ticks).toContainEqual(expect.closeTo(left + width / 2, 1));
    expect(ticks).toContainEqual(expect.closeTo(left + width / 6, 1));
  });

  it('gives each panel its own scale, or all panels one', () => {
    const low = { name: 'low', values: [0, 0, 0, 0, 0, 1] };
    const high = { name: 'high', values: [9, 9, 9, 9, 9, 10] };
    const corner = (scale: 'own' | 'shared') =>
      decodeImages(
        parseXml(heatMaps({ panels: [low, high], ...plane, label: 'J', scale, title: 'Landscape' })),
      ).map((image) => image.colour(2, 0));
    expect(corner('own')).toEqual([MOST, MOST]);
    expect(corner('shared')[1]).toEqual(MOST);
    expect(corner('shared')[0]).not.toEqual(MOST);
  });

  it('stays below 300 KB with eight models of 100 x 100 cells of noise', () => {
    let state = 1;
    const noise = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state;
    };
    const panels = Array.from({ length: 8 }, (_, index) => ({
      name: `model ${index}`,
      values: Float32Array.from({ length: 10_000 }, noise),
    }));
    const large = heatMaps({
      ...plane,
      panels,
      rows: 100,
      columns: 100,
      label: 'J',
      scale: 'own',
      title: 'L',
    });
    expect(large.length).toBeLessThan(300_000);
  });

  it('says the range of each panel', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Maps of ‖J‖F over a plane, e from \u221220 to 20, z from \u221210 to 10. KH: 0 to 5.',
    );
  });

  it.each([
    [{ panels: [] }, 'expected at least one element in panels, got none'],
    [{ panels: [{ name: 'KH', values: [1] }] }, 'expected 2 x 3 = 6 values of KH, got 1'],
    [
      { panels: [{ name: 'KH', values: [1, 2, 3, 4, 5, Number.NaN] }] },
      'expected finite numbers in the values of KH, got NaN at index 5',
    ],
    [{ rows: 0 }, 'expected a whole number rows >= 1, got 0'],
    [
      { x: { label: 'e', range: [1, 1] as const } },
      'expected the range of x as [low, high] with low < high, got [1, 1]',
    ],
  ])('refuses %j', (change, message) => {
    const figure = { panels: [rising], ...plane, label: 'J', scale: 'own' as const, title: 'L' };
    expect(() => heatMaps({ ...figure, ...change })).toThrow(new Error(`heatMaps: ${message}`));
  });
});
