import { readCifar10 } from '@hebblab/data';
import { describe, expect, it } from 'vitest';
import { cifarRecord, faultOf, gzip, idx } from './builders.js';

const file = Uint8Array.from([
  ...cifarRecord(6, [10, 20, 30], [1, 2, 3]),
  ...cifarRecord(9, [40, 50, 60], [4, 5, 6]),
]);

describe('readCifar10', () => {
  it('interleaves the red, green and blue planes', () => {
    const { count, pixels, labels } = readCifar10(file);
    expect(count).toBe(2);
    expect(labels).toEqual(Uint8Array.of(6, 9));
    expect([...pixels.subarray(0, 6)]).toEqual([1, 2, 3, 10, 20, 30]);
    expect([...pixels.subarray(3072, 3078)]).toEqual([4, 5, 6, 40, 50, 60]);
    expect([...pixels.subarray(6141)]).toEqual([40, 50, 60]);
  });

  it('reads a gzipped file', () => {
    expect(readCifar10(gzip(file))).toEqual(readCifar10(file));
  });

  it('refuses a file that is truncated or too long', () => {
    const expected = 'readCifar10: expected records of 3073 bytes, got';
    expect(faultOf(() => readCifar10(file.subarray(0, 6145)))).toBe(
      `${expected} 6145 bytes in the given bytes`,
    );
    expect(faultOf(() => readCifar10(Uint8Array.from([...file, 0])))).toBe(
      `${expected} 6147 bytes in the given bytes`,
    );
    expect(faultOf(() => readCifar10(new Uint8Array(0)))).toBe(`${expected} 0 bytes in the given bytes`);
  });

  it('refuses whole records when there are not as many as asked for', () => {
    expect(faultOf(() => readCifar10(file, { count: 3, source: 'data_batch_1.bin' }))).toBe(
      'readCifar10: expected 3 records of 3073 bytes (9219 bytes), got 6146 bytes in data_batch_1.bin',
    );
  });

  it('refuses labels above 9', () => {
    const damaged = file.slice();
    damaged[3073] = 10;
    expect(faultOf(() => readCifar10(damaged))).toContain('expected labels 0..9, got 10 at image 1');
  });

  it('names the format of another file', () => {
    expect(faultOf(() => readCifar10(idx(2049, [2], [1, 2])))).toContain('IDX labels');
    expect(faultOf(() => readCifar10(Uint8Array.of(0x80, 0x02, 0x7d, 0x71)))).toContain(
      'Python version of CIFAR-10',
    );
  });
});
