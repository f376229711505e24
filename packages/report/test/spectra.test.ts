import { spectraFigure } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { inverseRanks } from './helpers/figures.js';
import { curves, gridLines, numeric, pathPoints, withClass } from './helpers/geometry.js';
import { named, parseXml, textOf } from './helpers/xml.js';

const fit = { alpha: 1, standardError: 0.012, intercept: 0, from: 10, to: 500 };

function draw(eigenvalues: ArrayLike<number>) {
  return parseXml(
    spectraFigure({ series: [{ name: 'KH', eigenvalues, fit }], guide: true, title: 'Spectra' }),
  );
}

describe('spectraFigure', () => {
  const svg = draw(inverseRanks(1000));
  const [first = 0, second = 0] = gridLines(svg, 'x');
  const rows = gridLines(svg, 'y');
  const decadeX = second - first;
  const decadeY = (rows[0] ?? 0) - (rows[1] ?? 0);
  const top = Math.min(...rows);

  it('draws lambda = 1/n as a straight line that falls a decade in a decade', () => {
    const points = curves(svg)[0] ?? [];
    expect(points.length).toBeGreaterThan(100);
    for (const { x, y } of points) {
      // log10 n decades to the right of n = 1, and as many below lambda_1.
      const decades = (x - first) / decadeX;
      expect(y).toBeCloseTo(top + decades * decadeY, 1);
    }
    expect(((points.at(-1)?.x ?? 0) - first) / decadeX).toBeCloseTo(3, 3);
  });

  it('divides by the first eigenvalue', () => {
    const scaled = draw(inverseRanks(1000).map((value) => 17 * value));
    expect(curves(scaled)[0]).toEqual(curves(svg)[0]);
  });

  it('draws the fit over its own range, ranks from + 1 to to, and the guide from rank 1', () => {
    const rules = withClass(svg, 'line', 'rule').filter(
      (rule) => numeric(rule, 'y1') !== numeric(rule, 'y2'),
    );
    const [guide, line] = rules.map((rule) => ({
      dash: rule.attributes['stroke-dasharray'],
      x1: (numeric(rule, 'x1') - first) / decadeX,
      x2: (numeric(rule, 'x2') - first) / decadeX,
      y1: (numeric(rule, 'y1') - top) / decadeY,
    }));
    expect(rules).toHaveLength(2);
    expect(guide?.dash).toBeDefined();
    expect(guide?.x1).toBeCloseTo(0, 3);
    expect(line?.dash).toBeUndefined();
    expect(line?.x1).toBeCloseTo(Math.log10(11), 2);
    expect(line?.x2).toBeCloseTo(Math.log10(500), 2);
    expect(line?.y1).toBeCloseTo(Math.log10(11), 2);
  });

  it('shifts the fit by its intercept, a natural logarithm', () => {
    const shifted = parseXml(
      spectraFigure({
        series: [{ name: 'KH', eigenvalues: inverseRanks(1000), fit: { ...fit, intercept: -Math.LN10 } }],
        guide: false,
        title: 'Spectra',
      }),
    );
    const rule = withClass(shifted, 'line', 'rule').find((one) => numeric(one, 'y1') !== numeric(one, 'y2'));
    const start = rule === undefined ? Number.NaN : (numeric(rule, 'y1') - top) / decadeY;
    expect(start).toBeCloseTo(Math.log10(11) + 1, 2);
  });

  it('gives alpha with its error in the legend and in the text alternative', () => {
    expect(textOf(svg)).toContain('α = 1.00 ± 0.01 over n 11–500');
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toContain('alpha = 1.00 ± 0.01 over ranks 11 to 500');
  });

  it('draws the range over seeds as a band, cut at the lower edge where it is not above 0', () => {
    const eigenvalues = inverseRanks(1000);
    // A decade above and below at every rank but the first, where every seed has 1.
    const interval = {
      low: eigenvalues.map((value, index) => (index === 0 ? 1 : index === 999 ? 0 : value / 10)),
      high: eigenvalues.map((value, index) => (index === 0 ? 1 : value * 10)),
    };
    const drawn = parseXml(
      spectraFigure({ series: [{ name: 'KH', eigenvalues, interval }], guide: false, title: 'Spectra' }),
    );
    const band = withClass(drawn, 'path', 'fill-0').find(
      ({ attributes }) => attributes['fill-opacity'] !== undefined,
    );
    const corners = pathPoints((band?.attributes.d ?? '').replace('Z', ''));
    const upper = corners.slice(0, corners.length / 2);
    const lower = corners.slice(corners.length / 2).toReversed();
    const levels = gridLines(drawn, 'y');
    const decade = (levels[0] ?? 0) - (levels[1] ?? 0);
    expect(upper[0]?.y).toBeCloseTo(lower[0]?.y ?? 0, 2);
    expect((lower[70]?.y ?? 0) - (upper[70]?.y ?? 0)).toBeCloseTo(2 * decade, 0);
    for (const { x, y } of corners) expect(Number.isFinite(x + y)).toBe(true);
  });

  it('refuses an interval of another length, and one whose low is above its high', () => {
    const refused = (interval: { low: number[]; high: number[] }) => () =>
      spectraFigure({ series: [{ name: 'KH', eigenvalues: [1, 0.5], interval }], guide: false, title: 'S' });
    expect(refused({ low: [1], high: [1, 0.6] })).toThrow(
      new Error(
        'spectraFigure: expected the eigenvalues of KH and its interval of the same length, got 2 and 1',
      ),
    );
    expect(refused({ low: [1, 0.7], high: [1, 0.6] })).toThrow(
      new Error('spectraFigure: expected low <= high in the interval of KH, got the contrary at index 1'),
    );
  });

  it('leaves out eigenvalues of rounding size and says how many', () => {
    const short = draw([...inverseRanks(600), 1e-17, 0, -1e-17]);
    const last = curves(short)[0]?.at(-1);
    expect(textOf(named(short, 'desc')[0] ?? short)).toContain('KH 3');
    const [one = 0, ten = 0] = gridLines(short, 'x');
    expect(((last?.x ?? 0) - one) / (ten - one)).toBeCloseTo(Math.log10(600), 2);
  });

  it('labels decades with raised exponents', () => {
    const exponents = named(svg, 'tspan').map(textOf);
    expect(exponents).toEqual(expect.arrayContaining(['0', '1', '2', '3', '−1', '−2', '−3']));
  });

  it('keeps the file of a long spectrum small', () => {
    const series = [{ name: 'raw data', eigenvalues: inverseRanks(200_000) }];
    expect(spectraFigure({ series, guide: false, title: 'Long' }).length).toBeLessThan(20_000);
  });

  it.each([
    [{ eigenvalues: [] }, 'spectraFigure: expected at least one element in the eigenvalues of KH, got none'],
    [
      { eigenvalues: [1, Number.NaN] },
      'spectraFigure: expected finite numbers in the eigenvalues of KH, got NaN at index 1',
    ],
    [{ eigenvalues: [1, 2] }, 'spectraFigure: expected descending eigenvalues in KH, got a rise at index 1'],
    [{ eigenvalues: [0, 0] }, 'spectraFigure: expected a first eigenvalue above 0 in KH, got 0'],
    [
      { eigenvalues: inverseRanks(3), fit },
      'spectraFigure: expected a fit of KH within [0, 3), got [10, 500)',
    ],
  ])('refuses %j', (spectrum, message) => {
    const refused = () =>
      spectraFigure({ series: [{ name: 'KH', ...spectrum }], guide: true, title: 'Spectra' });
    expect(refused).toThrow(new Error(message));
  });

  it('refuses a figure without series and series of the same name', () => {
    const eigenvalues = [1];
    expect(() => spectraFigure({ series: [], guide: true, title: '' })).toThrow(
      'spectraFigure: expected at least one element in series, got none',
    );
    expect(() =>
      spectraFigure({
        series: [
          { name: 'KH', eigenvalues },
          { name: 'KH', eigenvalues },
        ],
        guide: true,
        title: '',
      }),
    ).toThrow("spectraFigure: expected a different name for each of series, got 'KH' twice");
  });
});
