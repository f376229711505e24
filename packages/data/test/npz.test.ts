import { type ArrayData, type NamedArrays, readNpz, writeNpy, writeNpz } from '@hebblab/data';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { faultOf, idx } from './builders.js';
import { arrays } from './random-arrays.js';

const images: ArrayData = { dtype: 'uint8', shape: [2, 50], data: new Uint8Array(100).fill(5) };
const labels: ArrayData = { dtype: 'int64', shape: [2], data: BigInt64Array.of(3n, 1n) };
const both: NamedArrays = new Map<string, ArrayData>([
  ['images', images],
  ['labels', labels],
]);

describe('readNpz', () => {
  it.each([true, false])('reads entries that are deflated: %s', (compressed) => {
    expect(readNpz(writeNpz(both, { compressed }))).toEqual(both);
  });

  it('reads an archive of another writer', () => {
    const file = zipSync({
      'a.npy': [writeNpy(images), { level: 6 }],
      'b.npy': [writeNpy(labels), { level: 0 }],
    });
    expect([...readNpz(file).keys()]).toEqual(['a', 'b']);
  });

  it.each([true, false])('refuses every cut of a file whose entries are deflated: %s', (compressed) => {
    const file = writeNpz(both, { compressed });
    for (let length = 0; length < file.length; length++) {
      expect(faultOf(() => readNpz(file.subarray(0, length)))).toMatch(/^readNpz: .* in the given bytes$/);
    }
  });

  it('refuses a changed value', () => {
    for (const compressed of [true, false]) {
      const file = writeNpz(both, { compressed });
      // Inside the first entry, behind its local header of 30 bytes and its name.
      for (let at = 30 + 'images.npy'.length; at < 100; at++) {
        const damaged = file.slice();
        damaged[at] = (damaged[at] as number) ^ 1;
        expect(faultOf(() => readNpz(damaged, { source: 'x.npz' }))).toMatch(
          /^readNpz: images.npy .*\(damaged\) in x.npz/,
        );
      }
    }
  });

  it('refuses what is appended', () => {
    expect(faultOf(() => readNpz(Uint8Array.from([...writeNpz(both), 0])))).toContain('directory at its end');
  });

  it('names the array in which a fault is', () => {
    const file = zipSync({ 'weights.npy': idx(2049, [1], [1]) });
    expect(faultOf(() => readNpz(file, { source: 'x.npz' }))).toBe(
      'readNpy: expected the magic \\x93NUMPY, got other bytes (it looks like IDX labels) in weights.npy of x.npz',
    );
  });

  it('refuses a file that is not a zip archive', () => {
    expect(faultOf(() => readNpz(writeNpy(images)))).toContain('it looks like an .npy file');
  });
});

describe('writeNpz', () => {
  it('gives back what was written', () => {
    const named = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), arrays), {
      selector: ([name]) => name.replace(/\.npy$/, ''),
      maxLength: 4,
    });
    fc.assert(
      fc.property(named, fc.boolean(), (entries, compressed) => {
        const content = new Map(entries.filter(([name]) => !name.endsWith('.npy')));
        fc.pre(content.size > 0);
        expect(readNpz(writeNpz(content, { compressed }))).toEqual(content);
      }),
    );
  });

  it('writes the same bytes at another time', () => {
    const first = writeNpz(both);
    // Bytes 10..13 of a local header are the time: 1980-01-01 00:00 is 0, 33.
    expect([...first.subarray(10, 14)]).toEqual([0, 0, 33, 0]);
    expect(writeNpz(both)).toEqual(first);
  });

  it('refuses an empty name', () => {
    expect(() => writeNpz(new Map([['', images]]))).toThrow(RangeError);
  });
});
