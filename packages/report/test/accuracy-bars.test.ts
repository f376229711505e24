import { accuracyBars } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { gridLines, numeric, withClass } from './helpers/geometry.js';
import { named, parseXml, textOf } from './helpers/xml.js';

const models = [
  { name: 'half', accuracy: 0.5 },
  { name: 'all', accuracy: 1 },
  { name: 'none', accuracy: 0 },
];

describe('accuracyBars', () => {
  const svg = parseXml(accuracyBars({ models, title: 'Accuracy' }));
  const lines = gridLines(svg, 'x');
  const [zero = 0, one = 0] = [lines[0], lines.at(-1)];

  it('draws an accuracy of one half as a bar of half the plot', () => {
    const bars = withClass(svg, 'rect', 'fill-0').map((bar) => numeric(bar, 'width'));
    expect(bars[0]).toBeCloseTo((one - zero) / 2, 1);
    expect(bars[1]).toBeCloseTo(one - zero, 1);
    expect(bars[2]).toBe(0);
  });

  it('draws the interval around the end of the bar, and chance as a line', () => {
    const drawn = parseXml(
      accuracyBars({
        models: [{ name: 'half', accuracy: 0.5, interval: [0.25, 0.75] }],
        chance: 0.1,
        title: 'Accuracy',
      }),
    );
    const columns = gridLines(drawn, 'x');
    const at = (share: number) =>
      Math.round(((columns[0] ?? 0) + share * ((columns.at(-1) ?? 0) - (columns[0] ?? 0))) * 10) / 10;
    const whisker = withClass(drawn, 'path', 'rule')[0]?.attributes.d ?? '';
    const starts = [...whisker.matchAll(/M([\d.]+)/g)].map(([, x]) => Math.round(Number(x) * 10) / 10);
    const chance = withClass(drawn, 'line', 'rule').map((line) => Math.round(numeric(line, 'x1') * 10) / 10);
    expect(starts).toEqual([at(0.25), at(0.75), at(0.25)]);
    expect(chance).toEqual([at(0.1)]);
  });

  it('draws the published accuracy as a diamond, and says it', () => {
    const drawn = parseXml(
      accuracyBars({ models: [{ name: 'KH', accuracy: 0.47, published: 0.5 }], title: 'Accuracy' }),
    );
    const columns = gridLines(drawn, 'x');
    const diamond = withClass(drawn, 'path', 'ink edge').at(-1)?.attributes.d ?? '';
    expect(Number(/M([\d.]+)/.exec(diamond)?.[1])).toBeCloseTo(
      ((columns[0] ?? 0) + (columns.at(-1) ?? 0)) / 2,
      1,
    );
    expect(textOf(named(drawn, 'desc')[0] ?? drawn)).toBe('Accuracy of 1 model: KH 0.470, published 0.500.');
  });

  it('says every accuracy and interval in the text alternative', () => {
    const drawn = parseXml(
      accuracyBars({
        models: [
          { name: 'KH', accuracy: 0.472, interval: [0.462, 0.482] },
          { name: 'SHLP', accuracy: 0.562 },
        ],
        chance: 0.1,
        title: 'Accuracy',
      }),
    );
    expect(textOf(named(drawn, 'desc')[0] ?? drawn)).toBe(
      'Accuracy of 2 models: KH 0.472 (0.462 to 0.482), SHLP 0.562. A dashed line shows chance, 0.100.',
    );
  });

  it('shortens a long name, and keeps it whole where a pointer or a screen reader finds it', () => {
    const name = 'a name that nobody would give to a model, but that somebody will';
    const drawn = parseXml(accuracyBars({ models: [{ name, accuracy: 0.5 }], title: 'Accuracy' }));
    const label = named(drawn, 'text').find(({ text }) => text.endsWith('…'));
    expect(label?.children.map(textOf)).toEqual([name]);
    expect(textOf(named(drawn, 'desc')[0] ?? drawn)).toContain(name);
  });

  it.each([
    [{ models: [] }, 'accuracyBars: expected at least one element in models, got none'],
    [
      { models: [{ name: 'KH', accuracy: 47 }] },
      'accuracyBars: expected numbers from 0 to 1 in the accuracy of KH, got 47 at index 0',
    ],
    [
      { models: [{ name: 'KH', accuracy: Number.NaN }] },
      'accuracyBars: expected numbers from 0 to 1 in the accuracy of KH, got NaN at index 0',
    ],
    [
      { models: [{ name: 'KH', accuracy: 0.5, interval: [0.6, 0.4] as [number, number] }] },
      'accuracyBars: expected the interval of KH as [low, high] with numbers from 0 to 1, got [0.6, 0.4] at index 0',
    ],
  ])('refuses %j', (bars, message) => {
    expect(() => accuracyBars({ ...bars, title: 'Accuracy' })).toThrow(new Error(message));
  });
});
