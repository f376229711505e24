import { type ArrayData, readNpy, writeNpy } from '@hebblab/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOf, gzip, idx, npy } from './builders.js';
import { arrays } from './random-arrays.js';

const bytes = (...values: number[]) => Uint8Array.from(values);
const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe('readNpy', () => {
  it('reads little-endian float32', () => {
    // 1.0 is 3f800000, -2.5 is c0200000 (IEEE 754).
    const file = npy(header('<f4', '(2,)'), bytes(0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0));
    expect(readNpy(file)).toEqual({ dtype: 'float32', shape: [2], data: Float32Array.of(1, -2.5) });
  });

  it('swaps big-endian values', () => {
    const file = npy(header('>i4', '(2,)'), bytes(0, 0, 1, 2, 0xff, 0xff, 0xff, 0xfe));
    expect(readNpy(file)).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(258, -2) });
  });

  it('turns Fortran order into row-major order', () => {
    // [[1, 2, 3], [4, 5, 6]] column by column.
    const file = npy(header('|u1', '(2, 3)', 'True'), bytes(1, 4, 2, 5, 3, 6));
    expect(readNpy(file).data).toEqual(bytes(1, 2, 3, 4, 5, 6));
  });

  it('turns Fortran order of three axes with wide elements', () => {
    // Element [i, j, k] of shape [2, 1, 2] is 10 i + k; the first index moves fastest.
    const file = npy(header('<i2', '(2, 1, 2)', 'True'), bytes(0, 0, 10, 0, 1, 0, 11, 0));
    expect(readNpy(file).data).toEqual(Int16Array.of(0, 1, 10, 11));
  });

  it.each([1, 2, 3])('reads version %i', (version) => {
    expect(readNpy(npy(header('|u1', '(1,)'), bytes(9), version)).data).toEqual(bytes(9));
  });

  it('reads a single value, an empty array and a bool', () => {
    expect(readNpy(npy(header('|i1', '()'), bytes(0xff)))).toEqual({
      dtype: 'int8',
      shape: [],
      data: Int8Array.of(-1),
    });
    expect(readNpy(npy(header('<f8', '(0, 3)'), bytes()))).toEqual({
      dtype: 'float64',
      shape: [0, 3],
      data: new Float64Array(0),
    });
    expect(readNpy(npy(header('|b1', '(2,)'), bytes(1, 0)))).toEqual({
      dtype: 'bool',
      shape: [2],
      data: bytes(1, 0),
    });
  });

  it('reads keys in any order and the sizes of Python 2', () => {
    const file = npy("{'shape': (2L, 1L), 'fortran_order': False, 'descr': '|u1'}", bytes(3, 4));
    expect(readNpy(file).shape).toEqual([2, 1]);
  });

  it.each([
    ['<f2', 'got <f2'],
    ['<c8', 'got <c8'],
    ['|O', 'got |O'],
    ['<U4', 'got <U4'],
    ['<f4; drop', 'got <f4; drop'],
  ])('refuses the type %s', (descr, got) => {
    expect(faultOf(() => readNpy(npy(header(descr, '(1,)'), bytes(0, 0, 0, 0))))).toContain(got);
  });

  it('refuses a structured array', () => {
    const file = npy(
      "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }\n",
      bytes(0, 0, 0, 0),
    );
    expect(faultOf(() => readNpy(file))).toContain('got a structured array');
  });

  it('refuses values that are truncated or too long', () => {
    const fault = (values: Uint8Array) =>
      faultOf(() => readNpy(npy(header('<u2', '(2,)'), values), { source: 'a.npy' }));
    expect(fault(bytes(1, 0, 2))).toBe(
      'readNpy: expected 4 bytes of values for uint16 [2], got 3 (truncated) in a.npy',
    );
    expect(fault(bytes(1, 0, 2, 0, 3))).toContain('got 5 (too long)');
  });

  it('refuses every cut of a file', () => {
    const file = npy(header('|u1', '(3,)'), bytes(1, 2, 3));
    for (let length = 0; length < file.length; length++) {
      expect(faultOf(() => readNpy(file.subarray(0, length)))).toMatch(/^readNpy: expected /);
    }
  });

  it.each(['(-1,)', '(1.5,)', '(9007199254740993, 1024)', '(a,)', '(1,,2)'])(
    'refuses the shape %s',
    (shape) => {
      expect(faultOf(() => readNpy(npy(header('|u1', shape), bytes(1))))).toMatch(
        /^readNpy: expected a (shape|header)/,
      );
    },
  );

  it('refuses a header without one of its keys', () => {
    expect(faultOf(() => readNpy(npy("{'descr': '|u1', 'shape': (1,), }\n", bytes(1))))).toContain(
      'fortran_order',
    );
  });

  it('refuses an unknown version', () => {
    expect(faultOf(() => readNpy(npy(header('|u1', '(1,)'), bytes(1), 4)))).toContain('got 4.0');
    const file = npy(header('|u1', '(1,)'), bytes(1));
    file[7] = 1;
    expect(faultOf(() => readNpy(file))).toContain('got 1.1');
  });

  it('names the format of another file', () => {
    expect(faultOf(() => readNpy(idx(2051, [0, 1, 1], [])))).toContain('it looks like IDX images');
    expect(faultOf(() => readNpy(gzip(bytes(1))))).toContain('it looks like a gzip file');
  });

  it('refuses NaN and Infinity unless they are accepted', () => {
    const file = npy(header('<f4', '(2,)'), bytes(0, 0, 0x80, 0x3f, 0, 0, 0x80, 0x7f));
    expect(faultOf(() => readNpy(file, { source: 'x.npy' }))).toBe(
      'readNpy: expected finite values, got Infinity at index 1 in x.npy',
    );
    expect(readNpy(file, { nonFinite: 'accept' }).data).toEqual(Float32Array.of(1, Number.POSITIVE_INFINITY));
  });

  it('accepts finite values whose sum overflows', () => {
    const data = Float64Array.of(1e308, 1e308, 1e308);
    expect(readNpy(writeNpy({ dtype: 'float64', shape: [3], data })).data).toEqual(data);
  });
});

describe('writeNpy', () => {
  it('writes the header of NumPy, values aligned to 64 bytes', () => {
    const file = writeNpy({ dtype: 'float32', shape: [3], data: Float32Array.of(0, 1, 2) });
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
    expect(file.length).toBe(128 + 12);
    expect(new TextDecoder('latin1').decode(file.subarray(1, 128))).toBe(
      `NUMPY\x01\x00\x76\x00${text}${' '.repeat(117 - text.length)}\n`,
    );
  });

  it('gives back what was written', () => {
    fc.assert(
      fc.property(arrays, (array) => {
        expect(readNpy(writeNpy(array))).toEqual(array);
      }),
    );
  });

  it('writes the part of a buffer that the array shows', () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(readNpy(writeNpy({ dtype: 'float32', shape: [2], data })).data).toEqual(Float32Array.of(1, 2));
  });

  it('refuses a shape that does not fit', () => {
    expect(() => writeNpy({ dtype: 'uint8', shape: [2, 2], data: new Uint8Array(3) })).toThrow(
      'writeNpy: expected 4 values for shape [2,2], got 3 in the array',
    );
  });

  it('refuses data of another type', () => {
    const array = { dtype: 'float32', shape: [1], data: new Float64Array(1) } as unknown as ArrayData;
    expect(() => writeNpy(array)).toThrow('expected a Float32Array');
  });

  it('refuses NaN unless it is accepted', () => {
    const array: ArrayData = { dtype: 'float32', shape: [1], data: Float32Array.of(Number.NaN) };
    expect(faultOf(() => writeNpy(array))).toContain('got NaN at index 0');
    expect(readNpy(writeNpy(array, { nonFinite: 'accept' }), { nonFinite: 'accept' })).toEqual(array);
  });
});
