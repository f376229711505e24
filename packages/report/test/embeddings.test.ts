import { embeddings } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { numeric, withClass } from './helpers/geometry.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const panel = { name: 'input', points: [0, 0, 4, 0, 2, 1], labels: [0, 0, 1] };
const figure = {
  panels: [panel],
  classNames: ['inner', 'outer'],
  x: 'first component',
  y: 'second component',
  title: 'Rings',
};

describe('embeddings', () => {
  const svg = parseXml(embeddings(figure));
  const dots = findAll(svg, ({ attributes }) => attributes['stroke-linecap'] === 'round').map(
    ({ attributes }) => ({
      className: attributes.class,
      points: [...(attributes.d ?? '').matchAll(/M([\d.]+) ([\d.]+)h0/g)].map(([, x, y]) => [
        Number(x),
        Number(y),
      ]),
    }),
  );

  it('draws both directions to one scale, centred, in the colour of the class', () => {
    const [first, second] = dots;
    const [start = [], end = []] = first?.points ?? [];
    const [top = []] = second?.points ?? [];
    const frame = withClass(svg, 'rect', 'axis')[0];
    const width = (end[0] ?? 0) - (start[0] ?? 0);
    expect([first?.className, second?.className]).toEqual(['stroke-0', 'stroke-1']);
    // 4 wide and 1 high: a quarter as high as wide.
    expect((start[1] ?? 0) - (top[1] ?? 0)).toBeCloseTo(width / 4, 0);
    expect(((start[0] ?? 0) + (end[0] ?? 0)) / 2).toBeCloseTo(
      frame === undefined ? 0 : numeric(frame, 'x') + numeric(frame, 'width') / 2,
      0,
    );
  });

  it('says how many points there are and how far they reach', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Points by class (inner, outer) in a plane of first component and second component. input: 3 points, 0 to 4 by 0 to 1.',
    );
  });

  it('draws points that all coincide', () => {
    const same = { ...panel, points: [1, 1, 1, 1, 1, 1] };
    expect(embeddings({ ...figure, panels: [same] })).not.toMatch(/NaN|Infinity/);
  });

  it.each([
    [{ points: [1] }, 'expected 2 x 3 = 6 coordinates of input, got 1'],
    [{ labels: [0, 0, 2] }, 'expected labels of input from 0 to 1, got 2'],
  ])('refuses a panel with %j', (change, message) => {
    expect(() => embeddings({ ...figure, panels: [{ ...panel, ...change }] })).toThrow(
      new Error(`embeddings: ${message}`),
    );
  });
});
