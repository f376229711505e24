import { varianceHistogram } from '@hebblab/report';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridLines, numeric, withClass } from './helpers/geometry.js';
import { type Element, named, parseXml, textOf } from './helpers/xml.js';

const cut = { kind: 'cut', value: 0.0015 } as const;

/** Units that the bars of a colour stand for: their heights over the height of one unit. */
function drawnUnits(svg: Element, className: string): number {
  const rows = gridLines(svg, 'y');
  const labels = withClass(svg, 'text', 'muted')
    .filter(({ attributes }) => attributes['text-anchor'] === 'end')
    .map((label) => Number(textOf(label)));
  const perUnit = ((rows[0] ?? 0) - (rows.at(-1) ?? 0)) / ((labels.at(-1) ?? 0) - (labels[0] ?? 0));
  const bars = withClass(svg, 'rect', className).filter((bar) => numeric(bar, 'width') !== 14);
  return bars.reduce((sum, bar) => sum + numeric(bar, 'height') / perUnit, 0);
}

describe('varianceHistogram', () => {
  const variances = [...Array(90).fill(8.4e-4), ...Array(10).fill(2.1e-3)];
  const svg = parseXml(varianceHistogram({ variances, threshold: cut, title: 'Variances' }));

  it('draws bars whose heights are the counts, apart by the side of the cut', () => {
    expect(drawnUnits(svg, 'fill-0')).toBeCloseTo(90, 1);
    expect(drawnUnits(svg, 'fill-1')).toBeCloseTo(10, 1);
  });

  it('counts a variance at the cut as pruned, as the rule of pruning does', () => {
    const at = parseXml(
      varianceHistogram({ variances: [0.001, 0.0015], threshold: cut, title: 'Variances' }),
    );
    expect(drawnUnits(at, 'fill-1')).toBeCloseTo(1, 1);
    expect(textOf(named(at, 'desc')[0] ?? at)).toContain('1 kept, 1 pruned');
  });

  it('draws the cut at its place between the ticks', () => {
    const [first = 0, second = 0] = gridLines(svg, 'x');
    const labels = withClass(svg, 'text', 'muted')
      .filter(({ attributes }) => attributes['text-anchor'] === 'middle')
      .map((label) => Number(textOf(label)) / 1000);
    const perVariance = (second - first) / ((labels[1] ?? 0) - (labels[0] ?? 0));
    const line = withClass(svg, 'line', 'rule').find((rule) => numeric(rule, 'x1') === numeric(rule, 'x2'));
    expect(line === undefined ? 0 : numeric(line, 'x1')).toBeCloseTo(
      first + (0.0015 - (labels[0] ?? 0)) * perVariance,
      1,
    );
  });

  it('draws every unit once, on the side of the cut that it belongs to', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        (values, value) => {
          const threshold = { kind: 'cut', value } as const;
          const drawn = parseXml(varianceHistogram({ variances: values, threshold, title: 'Any' }));
          const pruned = values.filter((one) => one >= value).length;
          expect(drawnUnits(drawn, 'fill-1')).toBeCloseTo(pruned, 0);
          expect(drawnUnits(drawn, 'fill-0')).toBeCloseTo(values.length - pruned, 0);
        },
      ),
    );
  });

  it('counts variances that are the neighbouring numbers of the cut', () => {
    const variances = [0.5, 0.5 + Number.EPSILON, 0.5 - Number.EPSILON];
    const threshold = { kind: 'cut', value: 0.5 } as const;
    const drawn = parseXml(varianceHistogram({ variances, threshold, title: 'Close' }));
    expect(drawnUnits(drawn, 'fill-1')).toBeCloseTo(2, 0);
    expect(drawnUnits(drawn, 'fill-0')).toBeCloseTo(1, 0);
  });

  it('leaves variances of 0 out of a logarithmic scale and says so', () => {
    const some = { variances: [0, 0, 1e-4, 1], threshold: { kind: 'none' }, scale: 'logarithmic' } as const;
    const drawn = parseXml(varianceHistogram({ ...some, title: 'Logarithmic' }));
    expect(drawnUnits(drawn, 'fill-0')).toBeCloseTo(2, 1);
    expect(textOf(drawn)).toContain('2 of 4 units with variance 0 are not drawn');
  });

  it('says range, median, cut and counts in the text alternative', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Histogram of the weight variances of hidden units (100), from 0.00084 to 0.0021, median 0.00084. ' +
        'Cut at 0.0015: 90 kept, 10 pruned.',
    );
  });

  it.each([
    [[], cut, 'varianceHistogram: expected at least one element in variances, got none'],
    [
      [1, -1],
      cut,
      'varianceHistogram: expected finite numbers of at least 0 in variances, got -1 at index 1',
    ],
    [
      [Number.NaN],
      cut,
      'varianceHistogram: expected finite numbers of at least 0 in variances, got NaN at index 0',
    ],
    [
      [1],
      { kind: 'cut', value: 0 } as const,
      'varianceHistogram: expected finite numbers above 0 in the cut, got 0 at index 0',
    ],
  ])('refuses the variances %j with %j', (values, threshold, message) => {
    expect(() => varianceHistogram({ variances: values, threshold, title: '' })).toThrow(new Error(message));
  });
});
