import { decisionMaps } from '@hebblab/report';
import { describe, expect, it } from 'vitest';
import { withClass } from './helpers/geometry.js';
import { decodeImages } from './helpers/images.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

const SIZE = 20;
const plane = {
  rows: SIZE,
  columns: SIZE,
  x: { label: 'e', range: [-20, 20] },
  y: { label: 'z', range: [-20, 20] },
} as const;
// The lower half sees class 0, the upper one class 2 with half the confidence.
const cells = Array.from({ length: SIZE * SIZE }, (_, index) => Math.floor(index / SIZE) >= SIZE / 2);
const panel = {
  name: 'KH',
  classes: cells.map((isUpper) => (isUpper ? 2 : 0)),
  confidence: cells.map((isUpper) => (isUpper ? 0.5 : 1)),
};
const figure = { panels: [panel], ...plane, classNames: ['cat', 'dog', 'frog'], title: 'Decisions' };

describe('decisionMaps', () => {
  const svg = parseXml(decisionMaps(figure));
  const images = decodeImages(svg);

  it('draws each class in the colour of its legend, in both schemes', () => {
    const style = textOf(named(svg, 'style')[0] ?? svg);
    const dark = style.indexOf('@media');
    const colourOf = (rules: string, index: number) =>
      Buffer.from(new RegExp(` \\.fill-${index}\\{fill:#(\\w{6})\\}`).exec(rules)?.[1] ?? '', 'hex');
    const schemes = [style.slice(0, dark), style.slice(dark)];
    expect(images.map(({ className }) => className)).toEqual(['only-light', 'only-dark']);
    for (const [index, rules] of schemes.entries()) {
      expect(images[index]?.colour(0, SIZE - 1)).toEqual([...colourOf(rules, 0)]);
      expect(images[index]?.colour(0, 0)).toEqual([...colourOf(rules, 2)]);
    }
  });

  it('is the more opaque the more confident the model is', () => {
    expect(images[0]?.opacity(0, SIZE - 1)).toBeGreaterThanOrEqual(254);
    expect((images[0]?.opacity(0, 0) ?? 0) / 255).toBeCloseTo(0.5, 1);
  });

  it('writes the number of each class into its region, and only classes that are seen into the legend', () => {
    const labels = withClass(svg, 'text', 'ink halo');
    const frame = withClass(svg, 'rect', 'axis')[0]?.attributes ?? {};
    const middle = Number(frame.y) + Number(frame.height) / 2;
    expect(labels.map(textOf)).toEqual(['0', '2']);
    expect(Number(labels[0]?.attributes.y)).toBeGreaterThan(middle);
    expect(Number(labels[1]?.attributes.y)).toBeLessThan(middle);
    const legend = findAll(svg, ({ name }) => name === 'text').map(textOf);
    expect(legend).toContain('2 frog');
    expect(legend).not.toContain('1 dog');
  });

  it('says the share of each class and the mean confidence', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toContain('KH: cat 50 %, frog 50 %; mean confidence 0.75.');
  });

  it.each([
    [{ classes: [0] }, `expected 20 x 20 = 400 classes of KH, got 1`],
    [{ classes: panel.classes.map(() => 3) }, 'expected classes of KH from 0 to 2, got 3'],
    [
      { confidence: panel.classes.map(() => 2) },
      'expected numbers from 0 to 1 in the confidence of KH, got 2 at index 0',
    ],
  ])('refuses a panel with %j', (change, message) => {
    expect(() => decisionMaps({ ...figure, panels: [{ ...panel, ...change }] })).toThrow(
      new Error(`decisionMaps: ${message}`),
    );
  });
});
