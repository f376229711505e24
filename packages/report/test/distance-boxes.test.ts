import { distanceBoxes } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { gridLines, numeric } from './helpers/geometry.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const box = {
  name: 'KH',
  found: 497,
  total: 500,
  quartiles: [0.1, 1, 10] as const,
  whiskers: [0.01, 100] as const,
  references: { published: 1 },
};
const figure = {
  groups: [{ name: 'FGSM', boxes: [box] }],
  label: 'critical distance, L2 norm',
  whiskers: '5 % to 95 %',
  references: ['published'],
  title: 'Critical distances',
};

describe('distanceBoxes', () => {
  const svg = parseXml(distanceBoxes(figure));
  // Powers of ten from 0.01 to 100, at equal distances.
  const [hundredth = 0, tenth = 0, one = 0, ten = 0, hundred = 0] = gridLines(svg, 'x');

  it('draws the box from quartile to quartile and the median on a logarithmic axis', () => {
    const rect = findAll(
      svg,
      ({ name, attributes }) => name === 'rect' && attributes['fill-opacity'] === '0.25',
    )[0];
    const median = findAll(
      svg,
      ({ name, attributes }) => name === 'line' && attributes['stroke-width'] === '3.5',
    )[0];
    expect(one - tenth).toBeCloseTo(ten - one, 1);
    expect(rect && numeric(rect, 'x')).toBeCloseTo(tenth, 1);
    expect(rect && numeric(rect, 'width')).toBeCloseTo(ten - tenth, 1);
    expect(median && numeric(median, 'x1')).toBeCloseTo(one, 1);
  });

  it('draws whiskers to their ends, and the published median as a marker', () => {
    const whisker = findAll(
      svg,
      ({ attributes }) => attributes.class === 'stroke-0' && attributes.d !== undefined,
    )[0];
    const [, from, , to] =
      /M([\d.]+) ([\d.]+)H[\d.]+M[\d.]+ [\d.]+H([\d.]+)/.exec(whisker?.attributes.d ?? '') ?? [];
    const markers = findAll(svg, ({ attributes }) => attributes.class === 'ink edge').map(({ attributes }) =>
      Number(/M([\d.]+)/.exec(attributes.d ?? '')?.[1]),
    );
    expect(Number(from)).toBeCloseTo(hundredth, 1);
    expect(Number(to)).toBeCloseTo(hundred, 1);
    expect(markers.at(-1)).toBeCloseTo(one, 1);
  });

  it('says how many were found, the quartiles and the published median', () => {
    expect(named(svg, 'text').map(textOf)).toContain('497 of 500');
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Box plots of critical distance, L2 norm on a logarithmic axis. ' +
        'FGSM: KH median 1 (quartiles 0.1 to 10), published 1, found 497 of 500.',
    );
  });

  it('draws a model that withstood everything as a row without a box', () => {
    const boxes = [box, { name: 'constant', found: 0, total: 500 }];
    const drawn = parseXml(distanceBoxes({ ...figure, groups: [{ name: 'FGSM', boxes }] }));
    expect(named(drawn, 'text').map(textOf)).toContain('0 of 500');
    expect(textOf(named(drawn, 'desc')[0] ?? drawn)).toContain('constant none found, found 0 of 500');
  });

  it.each([
    [{ found: 501 }, 'expected whole numbers found <= total of KH under FGSM, got 501 of 500'],
    [{ quartiles: [1, 0.5, 2] as const }, 'expected ascending quartiles of KH under FGSM, got 0.5 after 1'],
    [{ found: 0 }, 'expected quartiles of KH under FGSM where distances were found, got 0 found'],
    [
      { whiskers: [0.2, 20] as const },
      'expected ascending whiskers around the quartiles of KH under FGSM, got 0.1 after 0.2',
    ],
    [{ references: { ours: 1 } }, 'expected references of KH under FGSM among published, got ours'],
  ])('refuses a box with %j', (change, message) => {
    const groups = [{ name: 'FGSM', boxes: [{ ...box, ...change }] }];
    expect(() => distanceBoxes({ ...figure, groups })).toThrow(new Error(`distanceBoxes: ${message}`));
  });
});
