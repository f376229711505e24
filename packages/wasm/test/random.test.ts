import { randomNormal, randomPermutation, randomUniform } from '@hebblab/wasm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnv1a, philox, streamWord } from './support/philox.js';
import { type Bench, describeVariants } from './support/variants.js';

const largest = Number.MAX_SAFE_INTEGER;

describe('the transcription that the generator is compared with', () => {
  it('has the known answers of Philox4x32-10', () => {
    // The three of the authors' Random123 library, file kat_vectors.
    const ones = 0xffffffffn;
    expect(hex(philox([0n, 0n, 0n, 0n], [0n, 0n]))).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
    expect(hex(philox([ones, ones, ones, ones], [ones, ones]))).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
    const [counter, key] = [
      [0x243f6a88n, 0x85a308d3n, 0x13198a2en, 0x03707344n],
      [0xa4093822n, 0x299f31d0n],
    ];
    expect(hex(philox(counter, key))).toBe('d16cfe09 94fdcceb 5001e420 24126ea1');
  });

  it('has the known answers of FNV-1a', () => {
    expect(fnv1a('')).toBe(0xcbf29ce484222325n);
    expect(fnv1a('a')).toBe(0xaf63dc4c8601ec8cn);
    expect(fnv1a('foobar')).toBe(0x85944171f73967e8n);
  });
});

describeVariants('randomness', (bench) => {
  it.each([
    { seed: 0, stream: '', first: 0 },
    { seed: 1, stream: 'initial weights', first: 3 },
    { seed: largest, stream: 'größer', first: largest - 7 },
    { seed: 2 ** 32, stream: 'x', first: 2 ** 34 - 2 },
  ])('is Philox: uniform values are the upper 24 bits of its words ($seed, $stream, $first)', (place) => {
    const expected = Array.from({ length: 7 }, (_, i) => {
      return (streamWord(place.seed, place.stream, place.first + i) >>> 8) / 2 ** 24;
    });
    expect(Array.from(uniform(bench, place, 7))).toEqual(expected);
  });

  it('is normal by Box and Muller: words 2j and 2j + 1 give radius and angle of values 2j and 2j + 1', () => {
    const place = { seed: 5, stream: 'noise', first: 0 };
    const word = (index: number) => streamWord(place.seed, place.stream, index);
    const expected = Array.from({ length: 12 }, (_, i) => {
      const pair = i - (i % 2);
      const radius = Math.sqrt(-2 * Math.log((word(pair) + 1) / 2 ** 32));
      const angle = (2 * Math.PI * word(pair + 1)) / 2 ** 32;
      return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
    });
    // Rounded to float32 once: 2^-24 of a value of at most 6.7.
    normal(bench, place, 12).forEach((value, i) => {
      expect(Math.abs(value - (expected[i] as number))).toBeLessThan(6.7 * 2 ** -24);
    });
  });

  it('gives the same values for any split of the work', () => {
    const splits = fc.record({
      seed: fc.maxSafeNat(),
      stream: fc.string({ maxLength: 12 }),
      first: fc.nat({ max: 1e6 }),
      cuts: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(splits, ({ seed, stream, first, cuts }) => {
        for (const draw of [uniform, normal]) {
          const total = cuts.reduce((sum, length) => sum + length, 0);
          const parts: number[] = [];
          for (const length of cuts)
            parts.push(...draw(bench, { seed, stream, first: first + parts.length }, length));
          expect(parts).toEqual(Array.from(draw(bench, { seed, stream, first }, total)));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('fills arrays in kernel memory and outside with the same values', () => {
    const inside = bench.float32([11]);
    const outside = new Float32Array(11);
    randomNormal(bench.kernels, { seed: 3, stream: 's' }, inside);
    randomNormal(bench.kernels, { seed: 3, stream: 's', first: 0 }, outside);
    expect(outside).toEqual(inside.view());
  });

  it('differs between seeds and between streams', () => {
    const draws = [
      { seed: 1, stream: 'a' },
      { seed: 2, stream: 'a' },
      { seed: 1 + 2 ** 32, stream: 'a' },
      { seed: 1, stream: 'b' },
      { seed: 1, stream: 'a ' },
    ].map((place) => Array.from(uniform(bench, place, 4)).join());
    expect(new Set(draws).size).toBe(draws.length);
  });

  it('has the moments of its distributions', () => {
    const n = 200_000;
    const place = { seed: 7, stream: 'moments' };
    // Five standard errors: mean of uniforms sqrt(1/12 / n), of normals sqrt(1/n), of their squares sqrt(2/n).
    expect(Math.abs(mean(uniform(bench, place, n)) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    const values = normal(bench, place, n);
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean(values.map((value) => value * value)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  });

  it.each([0, 1, 2, 3, 1000])('gives a permutation of %i numbers, the same for the same seed', (length) => {
    const draw = (seed: number) =>
      Array.from(randomPermutation(bench.kernels, { seed, stream: 'order' }, length));
    expect(draw(1).toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
    expect(draw(1)).toEqual(draw(1));
    if (length === 1000) expect(draw(1)).not.toEqual(draw(2));
  });

  it('gives every order of three numbers equally often', () => {
    const counts = new Map<string, number>();
    const draws = 6000;
    for (let seed = 0; seed < draws; seed++) {
      const order = randomPermutation(bench.kernels, { seed, stream: 'orders' }, 3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    // Five standard deviations of a count: sqrt(6000 * 1/6 * 5/6).
    for (const count of counts.values())
      expect(Math.abs(count - draws / 6)).toBeLessThan(5 * Math.sqrt((draws * 5) / 36));
  });
});

interface Place {
  readonly seed: number;
  readonly stream: string;
  readonly first?: number;
}

function uniform(bench: Bench, place: Place, length: number): Float32Array {
  const values = new Float32Array(length);
  randomUniform(bench.kernels, place, values);
  return values;
}

function normal(bench: Bench, place: Place, length: number): Float32Array {
  const values = new Float32Array(length);
  randomNormal(bench.kernels, place, values);
  return values;
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function hex(words: readonly bigint[]): string {
  return words.map((word) => word.toString(16).padStart(8, '0')).join(' ');
}
