import { createImageSet, normalisationScales } from '@hebblab/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOf, tinySet } from './builders.js';

function grey(...images: number[][]) {
  return createImageSet({
    name: 'grey',
    split: 'train',
    shape: [1, images[0]?.length ?? 1, 1],
    pixels: Uint8Array.from(images.flat()),
    labels: new Uint8Array(images.length),
    classNames: ['one'],
  });
}

describe('normalisationScales', () => {
  it('divides by the L2 norm', () => {
    expect(normalisationScales(grey([3, 4], [0, 5]), { kind: 'lp', p: 2 })).toEqual(
      Float32Array.of(1 / 5, 1 / 5),
    );
  });

  it('divides by the L3 norm', () => {
    // 3^3 + 4^3 + 5^3 = 6^3 and 1 + 6^3 + 8^3 = 9^3.
    expect(normalisationScales(grey([3, 4, 5], [1, 6, 8]), { kind: 'lp', p: 3 })).toEqual(
      Float32Array.of(1 / 6, 1 / 9),
    );
  });

  it('divides by the L1 norm and by one number', () => {
    expect(normalisationScales(grey([3, 4]), { kind: 'lp', p: 1 })).toEqual(Float32Array.of(1 / 7));
    expect(normalisationScales(grey([3, 4], [0, 0]), { kind: 'divide', by: 255 })).toEqual(
      Float32Array.of(1 / 255, 1 / 255),
    );
  });

  it('gives images of norm 1 for any p, to the rounding of one float32', () => {
    const pixels = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 3, maxLength: 3 });
    const powers = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.double({ min: 1, max: 9, noNaN: true }));
    fc.assert(
      fc.property(pixels, powers, (image, p) => {
        fc.pre(image.some((value) => value > 0));
        const [scale] = normalisationScales(grey(image), { kind: 'lp', p }) as unknown as [number];
        const norm = image.reduce((sum, value) => sum + (value * scale) ** p, 0) ** (1 / p);
        // Half a unit in the last place of a float32, and some float64 rounding.
        expect(Math.abs(norm - 1)).toBeLessThan(2 ** -24 + 1e-13);
      }),
    );
  });

  it('names the image of zeros that has no norm', () => {
    expect(faultOf(() => normalisationScales(grey([1, 2], [0, 0]), { kind: 'lp', p: 3 }))).toContain(
      'got only zeros at index 1 in grey train',
    );
  });

  it.each([0.5, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses p = %d and a divisor of that kind',
    (p) => {
      expect(faultOf(() => normalisationScales(tinySet([0]), { kind: 'lp', p }))).toContain(`got ${p}`);
      if (p !== 0.5)
        expect(faultOf(() => normalisationScales(tinySet([0]), { kind: 'divide', by: p }))).toContain(
          `got ${p}`,
        );
    },
  );
});
