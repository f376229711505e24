import { intervalPlot } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { gridLines, numeric, withClass } from './helpers/geometry.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const figure = {
  rows: [
    { name: 'KH over L2', estimate: 1, interval: [0.1, 10], verdict: 'undecided' },
    { name: 'L2 over SHLP', estimate: 10, verdict: 'holds' },
  ],
  threshold: { value: 1, name: 'equal' },
  label: 'ratio',
  scale: 'logarithmic',
  title: 'More robust?',
} as const;

describe('intervalPlot', () => {
  const svg = parseXml(intervalPlot(figure));
  const [tenth = 0, one = 0, ten = 0] = gridLines(svg, 'x');

  it('draws estimates and intervals where they are, and the threshold as a line', () => {
    const bar = withClass(svg, 'path', 'stroke-5')[0]?.attributes.d ?? '';
    const [, low, high] = /M([\d.]+) [\d.]+H([\d.]+)/.exec(bar) ?? [];
    const circle = withClass(svg, 'path', 'fill-0 edge').at(-1)?.attributes.d ?? '';
    const line = withClass(svg, 'line', 'rule').find((rule) => numeric(rule, 'x1') === numeric(rule, 'x2'));
    expect(Number(low)).toBeCloseTo(tenth, 1);
    expect(Number(high)).toBeCloseTo(ten, 1);
    expect(Number(/M([\d.]+)/.exec(circle)?.[1]) + 4).toBeCloseTo(ten, 1);
    expect(line && numeric(line, 'x1')).toBeCloseTo(one, 1);
  });

  it('has a legend of the verdicts that occur', () => {
    const texts = findAll(svg, ({ name }) => name === 'text').map(textOf);
    expect(texts).toEqual(expect.arrayContaining(['holds', 'undecided', 'equal']));
    expect(texts).not.toContain('fails');
  });

  it('says every estimate', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toBe(
      'Estimates of ratio: KH over L2 1 (0.1 to 10), undecided; L2 over SHLP 10, holds. A dashed line: equal, 1.',
    );
  });

  it('refuses what a logarithmic axis cannot hold, and intervals that do not ascend', () => {
    const [row] = figure.rows;
    expect(() => intervalPlot({ ...figure, rows: [{ ...row, estimate: 0 }] })).toThrow(
      new Error(
        'intervalPlot: expected finite numbers above 0 in the estimate of KH over L2, got 0 at index 0',
      ),
    );
    expect(() => intervalPlot({ ...figure, rows: [{ ...row, interval: [2, 1] }] })).toThrow(
      new Error(
        'intervalPlot: expected the interval of KH over L2 as [low, high] with numbers above 0, got [2, 1] at index 0',
      ),
    );
  });
});
