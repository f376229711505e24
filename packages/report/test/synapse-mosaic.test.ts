import { synapseMosaic } from '@hebblab/report';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { named, parseXml, textOf } from './helpers/xml.js';

// Ends and middle of ColorBrewer's RdBu with 11 classes.
const BLUE = [5, 48, 97, 255];
const MIDDLE = [247, 247, 247, 255];
const RED = [103, 0, 31, 255];

/** Two units of 1 x 2 pixels; the largest absolute weight is 2, the last. */
const two = {
  weights: Float32Array.of(0, 1, 1, -2),
  hidden: 2,
  shape: [1, 2, 1] as const,
  columns: 2,
  title: 'Synapses',
};

describe('synapseMosaic', () => {
  it('colours 0 in the middle, and the extremes with the end colours', () => {
    const image = decodeMosaic(synapseMosaic(two));
    expect(image.pixel(0, 0)).toEqual(MIDDLE);
    // The second tile begins after the first, 2 pixels wide, and a gap of 2.
    expect(image.pixel(5, 0)).toEqual(BLUE);
    const opposite = decodeMosaic(synapseMosaic({ ...two, weights: two.weights.map((weight) => -weight) }));
    expect(opposite.pixel(5, 0)).toEqual(RED);
  });

  it('has one scale for all units: half the largest weight has the colour half way', () => {
    // 1 of 2 is at 3/4 of the scale, half way between the 8th and the 9th of 11 colours.
    const expected = [(244 + 214) / 2, (165 + 96) / 2, (130 + 77) / 2].map(Math.round);
    expect(decodeMosaic(synapseMosaic(two)).pixel(1, 0)).toEqual([...expected, 255]);
    expect(decodeMosaic(synapseMosaic(two)).pixel(4, 0)).toEqual([...expected, 255]);
  });

  it('leaves the gaps transparent, for any background', () => {
    const image = decodeMosaic(synapseMosaic(two));
    expect([image.width, image.height]).toEqual([6, 1]);
    expect(image.pixel(2, 0)[3]).toBe(0);
  });

  it('takes the scale of the units shown, in their order and columns', () => {
    const image = decodeMosaic(synapseMosaic({ ...two, units: [1, 0], columns: 1 }));
    expect([image.width, image.height]).toEqual([2, 4]);
    expect(image.pixel(1, 0)).toEqual(BLUE);
    expect(image.pixel(0, 3)).toEqual(MIDDLE);
    expect(decodeMosaic(synapseMosaic({ ...two, units: [0] })).pixel(1, 0)).toEqual(RED);
  });

  it('shares a given scale between mosaics, with the end colours beyond', () => {
    const image = decodeMosaic(synapseMosaic({ ...two, limit: 1 }));
    expect(image.pixel(1, 0)).toEqual(RED);
    expect(image.pixel(4, 0)).toEqual(RED);
  });

  it('maps three channels around mid grey, channels last', () => {
    const weights = Float32Array.of(1, 0, -1, 0, 0, 0.5);
    const image = decodeMosaic(
      synapseMosaic({ weights, hidden: 1, shape: [1, 2, 3], columns: 1, title: 'Colours' }),
    );
    expect(image.pixel(0, 0)).toEqual([255, 128, 0, 255]);
    // (0.5 + 1) / 2 x 255 = 191.25
    expect(image.pixel(1, 0)).toEqual([128, 128, 191, 255]);
  });

  it('draws weights that are all 0', () => {
    const image = decodeMosaic(synapseMosaic({ ...two, weights: new Float32Array(4) }));
    expect(image.pixel(5, 0)).toEqual(MIDDLE);
  });

  it('shows the values of the scale and says them', () => {
    const svg = parseXml(synapseMosaic(two));
    const labels = named(svg, 'text').map(textOf);
    expect(labels).toEqual(expect.arrayContaining(['−2', '0', '2']));
    expect(textOf(named(svg, 'desc')[0] ?? svg)).toContain(
      'from −2 to 2, from blue over near-white (0) to red',
    );
  });

  it('crosses out the pruned units among those shown', () => {
    const pruned = [1, 0];
    const crosses = (units: number[]) =>
      named(parseXml(synapseMosaic({ ...two, units, pruned })), 'path').length / 2;
    expect([crosses([0, 1]), crosses([1])]).toEqual([1, 0]);
    expect(synapseMosaic({ ...two, pruned })).toContain('1 of the units shown are pruned');
  });

  it.each([
    [{ weights: new Float32Array(3) }, 'synapseMosaic: expected 2 x 1 x 2 x 1 = 4 weights, got 3'],
    [
      { weights: Float32Array.of(0, 0, 0, Number.POSITIVE_INFINITY) },
      'synapseMosaic: expected finite numbers in weights, got Infinity at index 3',
    ],
    [{ units: [2] }, 'synapseMosaic: expected units from 0 to 1, got 2'],
    [{ units: [] }, 'synapseMosaic: expected at least one element in units, got none'],
    [{ columns: 0 }, 'synapseMosaic: expected a whole number columns >= 1, got 0'],
    [{ pruned: [1] }, 'synapseMosaic: expected pruned and hidden units of the same length, got 1 and 2'],
    [{ limit: 0 }, 'synapseMosaic: expected finite numbers above 0 in limit, got 0 at index 0'],
  ])('refuses %j', (change, message) => {
    expect(() => synapseMosaic({ ...two, ...change })).toThrow(new Error(message));
  });

  it('refuses another number of channels', () => {
    const shape = JSON.parse('[1, 2, 4]');
    expect(() => synapseMosaic({ ...two, shape })).toThrow('synapseMosaic: expected 1 or 3 channels, got 4');
  });
});

function decodeMosaic(svg: string) {
  const address = named(parseXml(svg), 'image')[0]?.attributes.href ?? '';
  const { width, height, data, channels } = decode(Buffer.from(address.split(',')[1] ?? '', 'base64'));
  const pixel = (x: number, y: number) =>
    Array.from(data.slice((y * width + x) * 4, (y * width + x) * 4 + 4));
  expect(channels).toBe(4);
  return { width, height, pixel };
}
