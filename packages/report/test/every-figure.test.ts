import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figures } from './helpers/figures.js';
import { findAll, named, parseXml, textOf } from './helpers/xml.js';

describe.each(Object.entries(figures))('%s', (_, draw) => {
  const svg = draw('A title', 'a series');
  const root = parseXml(svg);

  it('is a standalone SVG document with a size', () => {
    expect(root.name).toBe('svg');
    expect(root.attributes.xmlns).toBe('http://www.w3.org/2000/svg');
    expect(root.attributes.viewBox).toMatch(/^0 0 480 [\d.]+$/);
  });

  it('is an image with a name and a text alternative', () => {
    const [title, description] = (root.attributes['aria-labelledby'] ?? '')
      .split(' ')
      .map((id) => findAll(root, ({ attributes }) => attributes.id === id).map(textOf));
    expect(root.attributes.role).toBe('img');
    expect(title).toEqual(['A title']);
    expect(description?.[0]?.length).toBeGreaterThan(40);
  });

  it('has a background of its own, and the dark style that changes it', () => {
    const style = textOf(named(root, 'style')[0] ?? root);
    const dark = style.slice(style.indexOf('@media'));
    const background = named(root, 'rect')[0]?.attributes ?? {};
    expect([background.class, background.width, background.height]).toEqual(['paper', '100%', '100%']);
    expect(style).toContain('@media screen and (prefers-color-scheme:dark)');
    expect(dark).toMatch(/ \.paper\{fill:#0d1117\}/);
  });

  it('keeps its style to itself: each selector starts with the id of the figure', () => {
    const style = textOf(named(root, 'style')[0] ?? root).replace(/@media[^{]*\{/, '');
    const selectors = [...style.matchAll(/([^{}]+)\{/g)].map(([, selector = '']) => selector.trim());
    expect(selectors.length).toBeGreaterThan(10);
    for (const selector of selectors) expect(selector.split(' ')[0]).toBe(`#${root.attributes.id}`);
  });

  it('has ids that begin with its own, and refers to no others', () => {
    const id = root.attributes.id ?? '';
    const ids = findAll(root, ({ attributes }) => attributes.id !== undefined).map(
      ({ attributes }) => attributes.id ?? '',
    );
    const references = [...svg.matchAll(/url\(#([^)]+)\)/g)].map(([, reference]) => reference);
    expect(new Set(ids).size).toBe(ids.length);
    for (const one of ids) expect(one.startsWith(id)).toBe(true);
    for (const reference of references) expect(ids).toContain(reference);
  });

  it('has the same bytes for the same data, and another id for other data', () => {
    const other = parseXml(draw('Another title', 'a series'));
    expect(draw('A title', 'a series')).toBe(svg);
    expect(other.attributes.id).not.toBe(root.attributes.id);
  });

  it('has no script, no event handler and nothing external', () => {
    const external = svg.replace('xmlns="http://www.w3.org/2000/svg"', '');
    expect(external).not.toMatch(/https?:|<script|\son\w+=|@import|<foreignObject/i);
  });

  it('has no position that is not a number', () => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('stays well-formed and keeps the text, whatever it is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (title, name) => {
        const drawn = parseXml(draw(`${title}<&">'`, `${name}]]><&">'`));
        expect(textOf(named(drawn, 'title')[0] ?? drawn)).toMatch(/<&">'$/);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the colours of every figure', () => {
  const style = textOf(named(parseXml(figures.trainingCurves?.('A', 'a') ?? ''), 'style')[0] ?? fail());
  const schemes = {
    light: style.slice(0, style.indexOf('@media')),
    dark: style.slice(style.indexOf('@media')),
  };

  it.each(Object.entries(schemes))('keep the contrasts of WCAG AA in the %s scheme', (_, rules) => {
    const colour = (name: string) =>
      new RegExp(` \\.${name}\\{(?:fill|stroke):(#\\w{6})\\}`).exec(rules)?.[1] ?? '';
    const paper = colour('paper');
    for (const text of ['ink', 'muted']) expect(contrast(colour(text), paper)).toBeGreaterThanOrEqual(4.5);
    for (const mark of ['axis', 'rule', ...SERIES.map((index) => `fill-${index}`)]) {
      expect(contrast(colour(mark), paper)).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('the colours of series', () => {
  const style = textOf(named(parseXml(figures.trainingCurves?.('A', 'a') ?? ''), 'style')[0] ?? fail());
  const schemes = {
    light: style.slice(0, style.indexOf('@media')),
    dark: style.slice(style.indexOf('@media')),
  };

  it.each(Object.entries(schemes))('differ for every sight in the %s scheme', (_, rules) => {
    const colours = SERIES.map(
      (index) => new RegExp(` \\.fill-${index}\\{fill:(#\\w{6})`).exec(rules)?.[1] ?? '',
    );
    for (const sight of Object.values(SIGHTS)) {
      const seen = colours.map((colour) => perceived(colour, sight));
      for (const [index, first] of seen.entries()) {
        for (const second of seen.slice(index + 1)) {
          // 0.02 is about the least difference that is seen side by side (Ottosson 2020).
          expect(Math.hypot(...first.map((value, at) => value - (second[at] ?? 0)))).toBeGreaterThan(0.09);
        }
      }
    }
  });
});

/** What a linear RGB colour becomes (Machado, Oliveira & Fernandes 2009, severity 1). */
const SIGHTS = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** OKLab (Ottosson 2020) of a colour as a sight sees it. */
function perceived(hex: string, sight: number[][]): number[] {
  const linear = linearChannels(hex);
  const seen = times(sight, linear).map((value) => Math.min(1, Math.max(0, value)));
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    seen,
  ).map(Math.cbrt);
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

function times(matrix: number[][], vector: number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, at) => sum + value * (vector[at] ?? 0), 0));
}

const SERIES = Array.from({ length: 10 }, (_, index) => index);

/** WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances. */
function contrast(first: string, second: string): number {
  const [light = 0, dark = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = linearChannels(hex);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linearChannels(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
}

function fail(): never {
  throw new Error('no style');
}
