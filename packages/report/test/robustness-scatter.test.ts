import { robustnessScatter } from '@hebblab/report';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridLines, withClass } from './helpers/geometry.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

/** The published figures under FGSM (arXiv 2405.00679). */
const published = [
  { name: 'KH', distance: 0.123, accuracy: 0.472 },
  { name: 'SHLP', distance: 0.04, accuracy: 0.562 },
  { name: 'L2', distance: 0.104, accuracy: 0.519 },
  { name: 'JacReg', distance: 0.068, accuracy: 0.559 },
  { name: 'SpecReg', distance: 0.037, accuracy: 0.448 },
];

describe('robustnessScatter', () => {
  const svg = parseXml(robustnessScatter({ models: published, attack: 'FGSM', title: 'Robustness' }));

  it('draws a model where its distance and its accuracy are', () => {
    const drawn = parseXml(
      robustnessScatter({
        models: [
          { name: 'a', distance: 0.1, accuracy: 0.5 },
          { name: 'b', distance: 0.2, accuracy: 0.6 },
        ],
        attack: 'FGSM',
        title: 'Robustness',
      }),
    );
    const columns = gridLines(drawn, 'x');
    const labels = withClass(drawn, 'text', 'muted').map(textOf);
    // The axis begins at 0, so that its first grid line is 0; 0.1 has one of its own.
    const at = columns[labels.filter((label) => Number(label) <= 0.25).indexOf('0.10')];
    const marker = findAll(drawn, ({ attributes }) => attributes.class === 'fill-0 edge')[0];
    const [, x] = /M([\d.]+) ([\d.]+)a/.exec(marker?.attributes.d ?? '') ?? [];
    expect(Number(x) + 4).toBeCloseTo(at ?? 0, 1);
  });

  it('names every model without one name over another', () => {
    const names = withClass(svg, 'text', 'ink halo');
    expect(names.map(textOf)).toEqual(published.map(({ name }) => name));
  });

  it('names models apart that lie on each other', () => {
    const models = ['aa', 'bb', 'cc', 'dd'].map((name) => ({ name, distance: 0.1, accuracy: 0.5 }));
    const drawn = parseXml(robustnessScatter({ models, attack: 'FGSM', title: 'R' }));
    const places = withClass(drawn, 'text', 'ink halo').map(
      ({ attributes }) => `${attributes.x} ${attributes.y}`,
    );
    expect(new Set(places).size).toBe(4);
  });

  it('keeps names apart for any ten models that leave room for them', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 })), {
          minLength: 2,
          maxLength: 10,
          selector: ([x, y]) => `${x} ${y}`,
        }),
        (places) => {
          const models = places.map(([x, y], index) => ({
            name: `m${index}`,
            distance: x / 50,
            accuracy: y / 15,
          }));
          const drawn = parseXml(robustnessScatter({ models, attack: 'FGSM', title: 'R' }));
          const boxes = withClass(drawn, 'text', 'ink halo').map(({ attributes }) => ({
            left: Number(attributes.x),
            bottom: Number(attributes.y),
          }));
          for (const [index, first] of boxes.entries()) {
            for (const second of boxes.slice(index + 1)) {
              // Two characters of 13 units are about 16 wide; capitals about 10 high.
              const isApart =
                Math.abs(first.left - second.left) >= 16 || Math.abs(first.bottom - second.bottom) >= 10;
              expect(isApart).toBe(true);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('draws error bars to the ends of the intervals, and the published point hollow', () => {
    const models = [
      {
        name: 'KH',
        distance: 0.2,
        distanceInterval: [0.1, 0.3] as const,
        accuracy: 0.5,
        published: { distance: 0.1, accuracy: 0.5 },
      },
    ];
    const drawn = parseXml(robustnessScatter({ models, attack: 'FGSM', title: 'R' }));
    const bar = findAll(
      drawn,
      ({ name, attributes }) => name === 'path' && attributes.class === 'stroke-0',
    )[0];
    const [, low, high] = /M([\d.]+) [\d.]+H([\d.]+)/.exec(bar?.attributes.d ?? '') ?? [];
    const circle = findAll(drawn, ({ attributes }) => attributes.class === 'paper stroke-0')[0];
    const columns = gridLines(drawn, 'x');
    const unit = ((columns.at(-1) ?? 0) - (columns[0] ?? 0)) / 0.3;
    expect(Number(low)).toBeCloseTo((columns[0] ?? 0) + 0.1 * unit, 1);
    expect(Number(high)).toBeCloseTo((columns[0] ?? 0) + 0.3 * unit, 1);
    expect(Number(circle?.attributes.cx)).toBeCloseTo(Number(low), 1);
  });

  it('says each model in its order', () => {
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toMatch(
      /^Accuracy against the median critical distance under FGSM: KH 0\.123, 0\.472; SHLP 0\.04, 0\.562;/,
    );
  });

  it.each([
    [{ distance: 0 }, 'expected finite numbers above 0 in the distance of KH, got 0 at index 0'],
    [{ accuracy: 47 }, 'expected numbers from 0 to 1 in the accuracy of KH, got 47 at index 0'],
    [
      { accuracyInterval: [0.6, 0.4] as const },
      'expected the accuracy interval of KH as [low, high] with numbers from 0 to 1, got [0.6, 0.4] at index 0',
    ],
  ])('refuses a model with %j', (change, message) => {
    const models = [{ name: 'KH', distance: 0.1, accuracy: 0.5, ...change }];
    expect(() => robustnessScatter({ models, attack: 'FGSM', title: 'R' })).toThrow(
      new Error(`robustnessScatter: ${message}`),
    );
  });
});
