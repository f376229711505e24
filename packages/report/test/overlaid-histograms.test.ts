import { overlaidHistograms } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { gridLines } from './helpers/geometry.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const series = [{ name: 'vanilla', edges: [0, 0.5, 1], counts: [30, 10] }];
const figure = { panels: [{ name: 'layer 1', series }], label: 'activation', title: 'Saturation' };

describe('overlaidHistograms', () => {
  const svg = parseXml(overlaidHistograms(figure));
  const outline = findAll(svg, ({ attributes }) => (attributes.class ?? '') === 'line stroke-0').at(-1);

  it('draws the share of each bin as high as its share of all counts', () => {
    const rows = gridLines(svg, 'y');
    const columns = gridLines(svg, 'x');
    const labels = named(svg, 'text').map(textOf);
    // 30 and 10 of 40 are 0.75 and 0.25 of the whole; the grid goes from 0 to 0.7.
    expect(labels).toContain('0.7');
    const unit = ((rows.at(-1) ?? 0) - (rows[0] ?? 0)) / 0.7;
    const path = outline?.attributes.d ?? '';
    const [, first, edge, second, last] = /V([\d.]+)H([\d.]+)V([\d.]+)H([\d.]+)V/.exec(path) ?? [];
    expect(Number(first)).toBeCloseTo((rows[0] ?? 0) + 0.75 * unit, 0);
    expect(Number(second)).toBeCloseTo((rows[0] ?? 0) + 0.25 * unit, 0);
    expect(Number(edge)).toBeCloseTo(((columns[0] ?? 0) + (columns.at(-1) ?? 0)) / 2, 0);
    expect(Number(last)).toBeCloseTo(columns.at(-1) ?? 0, 0);
  });

  it('keeps the colour of a name from panel to panel', () => {
    const other = { name: 'saturated', edges: [0, 1], counts: [1] };
    const drawn = parseXml(
      overlaidHistograms({
        ...figure,
        panels: [
          { name: 'layer 1', series: [...series, other] },
          { name: 'layer 2', series: [other] },
        ],
      }),
    );
    const fills = findAll(drawn, ({ attributes }) => attributes['fill-opacity'] !== undefined);
    expect(fills.map(({ attributes }) => attributes.class)).toEqual(['fill-0', 'fill-1', 'fill-1']);
  });

  it('draws empty bins on a logarithmic axis at its lower end', () => {
    const sparse = [{ name: 'vanilla', edges: [0, 1, 2, 3], counts: [1000, 0, 1] }];
    const drawn = overlaidHistograms({
      ...figure,
      panels: [{ name: 'layer 1', series: sparse }],
      scale: 'logarithmic',
    });
    expect(drawn).not.toMatch(/NaN|Infinity/);
  });

  it('says the fullest bin of each', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Histograms of activation. layer 1, fullest bins: vanilla 75 % from 0 to 0.5.',
    );
  });

  it.each([
    [{ edges: [0, 1] }, 'expected 3 edges of vanilla in layer 1, got 2'],
    [{ edges: [0, 1, 1] }, 'expected ascending edges of vanilla in layer 1, got 1 after 1'],
    [
      { counts: [1, -1] },
      'expected finite numbers of at least 0 in counts of vanilla in layer 1, got -1 at index 1',
    ],
    [{ counts: [0, 0] }, 'expected a count above 0 of vanilla in layer 1, got none'],
  ])('refuses a histogram with %j', (change, message) => {
    const panels = [{ name: 'layer 1', series: series.map((one) => ({ ...one, ...change })) }];
    expect(() => overlaidHistograms({ ...figure, panels })).toThrow(
      new Error(`overlaidHistograms: ${message}`),
    );
  });
});
