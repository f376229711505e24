import { pairScatter } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { gridLines } from './helpers/geometry.js';
import { type Element, findAll, named, parseXml, textOf } from './helpers/xml.js';

const panel = { name: 'layer 1', x: [0, 1, 2], y: [0, 2, 4] };
const axes = { x: 'distance of the inputs', y: 'distance in the layer', title: 'Isometry' };

function dots(svg: Element): { x: number; y: number; className: string }[] {
  return findAll(svg, ({ attributes }) => attributes['stroke-linecap'] === 'round').flatMap(
    ({ attributes }) =>
      [...(attributes.d ?? '').matchAll(/M([\d.]+) ([\d.]+)h0/g)].map(([, x, y]) => ({
        x: Number(x),
        y: Number(y),
        className: attributes.class ?? '',
      })),
  );
}

describe('pairScatter', () => {
  it('draws each pair where its numbers are, and the line through them', () => {
    const svg = parseXml(pairScatter({ panels: [{ ...panel, line: { slope: 2, intercept: 0 } }], ...axes }));
    const [zero = 0, ...others] = gridLines(svg, 'x');
    const drawn = dots(svg);
    const line = findAll(svg, ({ name, attributes }) => name === 'line' && attributes.class === 'rule')[0];
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = ['x1', 'y1', 'x2', 'y2'].map((key) =>
      Number(line?.attributes[key]),
    );
    expect(others.length).toBeGreaterThan(1);
    expect(drawn[0]?.x).toBeCloseTo(zero, 0);
    expect(drawn).toHaveLength(3);
    for (const { x, y } of drawn) expect(y1 + ((x - x1) / (x2 - x1)) * (y2 - y1)).toBeCloseTo(y, 0);
  });

  it('colours pairs by their value, from the lowest to the highest step', () => {
    const svg = parseXml(pairScatter({ panels: [{ ...panel, value: [5, 1, 3] }], ...axes, value: 'v' }));
    const byX = dots(svg).toSorted((first, second) => first.x - second.x);
    // 3 is in the middle of 1 to 5: the fifth of eight steps begins there.
    expect(byX.map(({ className }) => className)).toEqual(['value-7', 'value-0', 'value-4']);
  });

  it('draws an even sample of very many pairs, and says so', () => {
    const x = Array.from({ length: 30_000 }, (_, index) => index);
    const svg = pairScatter({ panels: [{ name: 'layer 1', x, y: x }], ...axes });
    expect(dots(parseXml(svg))).toHaveLength(1500);
    expect(svg).toContain('layer 1: 30000 pairs, 1500 of them drawn.');
    expect(svg.length).toBeLessThan(60_000);
  });

  it('says slope and correlation, and writes them into the panel', () => {
    const svg = parseXml(
      pairScatter({ panels: [{ ...panel, line: { slope: 2, intercept: 0 }, correlation: 1 }], ...axes }),
    );
    expect(named(svg, 'text').map(textOf)).toEqual(expect.arrayContaining(['r = 1.00', 'slope 2']));
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'distance in the layer against distance of the inputs. layer 1: 3 pairs, slope 2, correlation 1.00.',
    );
  });

  it.each([
    [{ y: [1] }, 'expected x of layer 1 and y of the same length, got 3 and 1'],
    [{ value: [1, 2, 3] }, 'expected a label for the values, got none'],
    [{ correlation: 2 }, 'expected a correlation of layer 1 from -1 to 1, got 2'],
  ])('refuses a panel with %j', (change, message) => {
    expect(() => pairScatter({ panels: [{ ...panel, ...change }], ...axes })).toThrow(
      new Error(`pairScatter: ${message}`),
    );
  });
});
