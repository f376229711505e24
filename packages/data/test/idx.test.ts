import { readIdxImages, readIdxLabels, writeIdxImages, writeIdxLabels } from '@hebblab/data';
import { describe, expect, it } from 'vitest';
import { faultOf, gzip, idx } from './builders.js';

const imageFile = idx(2051, [2, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
const labelFile = idx(2049, [4], [3, 0, 9, 1]);

describe('readIdxImages', () => {
  it('reads the sizes and the pixels', () => {
    expect(readIdxImages(imageFile)).toEqual({
      count: 2,
      rows: 2,
      columns: 3,
      pixels: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255),
    });
  });

  it('reads a gzipped file', () => {
    expect(readIdxImages(gzip(imageFile))).toEqual(readIdxImages(imageFile));
  });

  it('reads bytes in the middle of a buffer', () => {
    const around = new Uint8Array(imageFile.length + 7);
    around.set(imageFile, 3);
    expect(readIdxImages(around.subarray(3, 3 + imageFile.length))).toEqual(readIdxImages(imageFile));
  });

  it('does not share memory with the file', () => {
    const file = imageFile.slice();
    const { pixels } = readIdxImages(file);
    file.fill(7);
    expect(pixels[0]).toBe(0);
  });

  it('refuses a file of labels', () => {
    expect(faultOf(() => readIdxImages(labelFile, { source: 'train-labels' }))).toBe(
      'readIdxImages: expected magic 2051 (images), got 2049 (labels) in train-labels',
    );
  });

  it('names the format of another file', () => {
    const npy = Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
    expect(faultOf(() => readIdxImages(npy))).toContain('it looks like an .npy file');
  });

  it.each(Array.from({ length: imageFile.length }, (_, length) => length))(
    'refuses the first %i bytes',
    (length) => {
      expect(faultOf(() => readIdxImages(imageFile.subarray(0, length)))).toMatch(
        /^readIdxImages: expected .* got /,
      );
    },
  );

  it('refuses a file that is too long', () => {
    expect(faultOf(() => readIdxImages(Uint8Array.from([...imageFile, 0]), { source: 'images' }))).toBe(
      'readIdxImages: expected 28 bytes for 2 x 2 x 3, got 29 (too long) in images',
    );
  });

  it('refuses sizes that no memory could hold without allocating them', () => {
    const file = idx(2051, [0xffffffff, 0xffffffff, 0xffffffff], []);
    expect(faultOf(() => readIdxImages(file))).toContain('(truncated)');
  });

  it('refuses images without a row', () => {
    expect(faultOf(() => readIdxImages(idx(2051, [1, 0, 3], [])))).toContain('got 0 x 3');
  });
});

describe('readIdxLabels', () => {
  it('reads the labels, gzipped or not', () => {
    expect(readIdxLabels(labelFile)).toEqual(Uint8Array.of(3, 0, 9, 1));
    expect(readIdxLabels(gzip(labelFile))).toEqual(Uint8Array.of(3, 0, 9, 1));
  });

  it('refuses a file of images', () => {
    expect(faultOf(() => readIdxLabels(imageFile, { source: 'train-images' }))).toBe(
      'readIdxLabels: expected magic 2049 (labels), got 2051 (images) in train-images',
    );
  });

  it('refuses a count that does not fit', () => {
    expect(faultOf(() => readIdxLabels(idx(2049, [5], [1, 2, 3, 4])))).toContain('got 12 (truncated)');
    expect(faultOf(() => readIdxLabels(idx(2049, [3], [1, 2, 3, 4])))).toContain('got 12 (too long)');
  });
});

describe('a gzipped file', () => {
  const gzipped = gzip(labelFile);

  it.each(Array.from({ length: gzipped.length - 2 }, (_, i) => i + 2))(
    'is refused when cut after %i bytes',
    (length) => {
      expect(faultOf(() => readIdxLabels(gzipped.subarray(0, length)))).toMatch(
        /^readIdxLabels: the gzip (data|header) is (truncated|not valid|damaged)/,
      );
    },
  );

  it('is refused when one of its bytes was changed', () => {
    for (let i = 10; i < gzipped.length; i++) {
      const damaged = gzipped.slice();
      damaged[i] = (damaged[i] as number) ^ 1;
      expect(faultOf(() => readIdxLabels(damaged, { source: 'x.gz' }))).toContain('gzip data is');
    }
  });

  it('may have a file name and a comment in its header', () => {
    const [id1, id2, method] = gzipped;
    const header = [id1, id2, method, 16 + 8, 0, 0, 0, 0, 0, 0, 0x61, 0, 0x62, 0] as number[];
    expect(readIdxLabels(Uint8Array.from([...header, ...gzipped.subarray(10)]))).toEqual(
      readIdxLabels(labelFile),
    );
  });
});

describe('the IDX writers', () => {
  it('write what the format says', () => {
    expect(writeIdxImages(readIdxImages(imageFile))).toEqual(imageFile);
    expect(writeIdxLabels(readIdxLabels(labelFile))).toEqual(labelFile);
  });

  it('refuse pixels that do not fill the images', () => {
    expect(() => writeIdxImages({ count: 2, rows: 2, columns: 2, pixels: new Uint8Array(7) })).toThrow(
      RangeError,
    );
  });
});
