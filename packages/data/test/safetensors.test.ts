import { type ArrayData, readSafetensors, writeSafetensors } from '@hebblab/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOf, idx, safetensors } from './builders.js';
import { arrays } from './random-arrays.js';

const u8 = (shape: number[], from: number, to: number) => ({ dtype: 'U8', shape, data_offsets: [from, to] });
const fault = (file: Uint8Array) => faultOf(() => readSafetensors(file, { source: 'm.safetensors' }));
const named = fc.uniqueArray(
  fc.tuple(
    fc.string({ maxLength: 8 }).filter((name) => name !== '__metadata__'),
    arrays,
  ),
  { selector: ([name]) => name, maxLength: 5 },
);

describe('readSafetensors', () => {
  it('reads tensors and metadata', () => {
    // 1.5 is 3fc00000 (IEEE 754).
    const header = {
      __metadata__: { rule: 'Krotov-Hopfield' },
      weights: { dtype: 'F32', shape: [1, 1], data_offsets: [2, 6] },
      labels: u8([2], 0, 2),
    };
    const { tensors, metadata } = readSafetensors(safetensors(header, Uint8Array.of(7, 8, 0, 0, 0xc0, 0x3f)));
    expect(metadata).toEqual({ rule: 'Krotov-Hopfield' });
    expect([...tensors]).toEqual([
      ['labels', { dtype: 'uint8', shape: [2], data: Uint8Array.of(7, 8) }],
      ['weights', { dtype: 'float32', shape: [1, 1], data: Float32Array.of(1.5) }],
    ]);
  });

  it('reads a file without tensors and a header that ends in spaces', () => {
    expect(readSafetensors(safetensors('{}   ', new Uint8Array(0)))).toEqual({
      tensors: new Map(),
      metadata: {},
    });
  });

  it('refuses tensors that overlap', () => {
    expect(fault(safetensors({ a: u8([2], 0, 2), b: u8([2], 1, 3) }, new Uint8Array(3)))).toBe(
      'readSafetensors: expected b to start at byte 2, got 1: it overlaps the tensor before it in m.safetensors',
    );
  });

  it('refuses a gap between tensors', () => {
    expect(fault(safetensors({ a: u8([1], 0, 1), b: u8([1], 2, 3) }, new Uint8Array(3)))).toContain(
      'leaves a gap',
    );
  });

  it('refuses values that are truncated or too long', () => {
    expect(fault(safetensors({ a: u8([3], 0, 3) }, new Uint8Array(2)))).toContain('got 2 (truncated)');
    expect(fault(safetensors({ a: u8([3], 0, 3) }, new Uint8Array(4)))).toContain('got 4 (too long)');
  });

  it('refuses offsets that do not fit shape and type', () => {
    expect(fault(safetensors({ a: u8([3], 0, 2) }, new Uint8Array(2)))).toContain(
      'expected 3 bytes for a U8 [3]',
    );
    expect(fault(safetensors({ a: u8([0], 2, 1) }, new Uint8Array(2)))).toContain('got offsets 2 to 1');
  });

  it('refuses a header that is too long, or longer than the file', () => {
    expect(fault(Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0x7b))).toContain(
      'expected a header of at most 100000000 bytes',
    );
    expect(fault(Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d))).toContain('got 2 (truncated)');
    expect(fault(Uint8Array.of(1, 0, 0))).toContain('got 3 bytes (truncated)');
  });

  it.each(['{"a":', '[]', '"text"', 'null', '\u0000'])('refuses the header %j', (header) => {
    expect(fault(safetensors(header, new Uint8Array(0)))).toContain(
      'expected a header that is a JSON object',
    );
  });

  it.each(['F16', 'BF16', 'F8_E4M3', 7, undefined])('refuses the type %s', (dtype) => {
    const file = safetensors({ a: { dtype, shape: [1], data_offsets: [0, 2] } }, new Uint8Array(2));
    expect(fault(file)).toContain('expected one of the types F32, F64');
  });

  it.each([
    null,
    [],
    { dtype: 'U8', shape: [1] },
    { dtype: 'U8', shape: [-1], data_offsets: [0, 1] },
    { dtype: 'U8', shape: [1.5], data_offsets: [0, 1] },
    { dtype: 'U8', shape: '1', data_offsets: [0, 1] },
    { dtype: 'U8', shape: [1], data_offsets: [0] },
  ])('refuses the description %j', (entry) => {
    expect(fault(safetensors({ a: entry }, new Uint8Array(1)))).toContain(
      'expected dtype, shape and data_offsets for a',
    );
  });

  it('refuses metadata that is not text', () => {
    expect(fault(safetensors({ __metadata__: { epoch: 3 } }, new Uint8Array(0)))).toContain(
      'metadata of texts',
    );
  });

  it('refuses every cut of a file', () => {
    const file = writeSafetensors(
      new Map([['a', { dtype: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 3) }]]),
    );
    for (let length = 0; length < file.length; length++)
      expect(fault(file.subarray(0, length))).toContain('truncated');
  });

  it('refuses another format', () => {
    expect(fault(idx(2051, [1, 28, 28], new Array(784).fill(0)))).toContain('it looks like IDX images');
  });

  it('refuses NaN in weights unless it is accepted', () => {
    const weights: ArrayData = { dtype: 'float64', shape: [2], data: Float64Array.of(0, Number.NaN) };
    const tensors = new Map([['weights', weights]]);
    expect(faultOf(() => writeSafetensors(tensors))).toContain('got NaN at index 1 in weights');
    const file = writeSafetensors(tensors, {}, { nonFinite: 'accept' });
    expect(fault(file)).toBe(
      'readSafetensors: expected finite values, got NaN at index 1 in weights of m.safetensors',
    );
    expect(readSafetensors(file, { nonFinite: 'accept' }).tensors).toEqual(tensors);
  });
});

describe('writeSafetensors', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(named, fc.dictionary(fc.string(), fc.string()), (entries, metadata) => {
        const read = readSafetensors(writeSafetensors(new Map(entries), metadata));
        expect(new Map([...read.tensors].sort())).toEqual(new Map([...entries].sort()));
        expect({ ...read.metadata }).toEqual({ ...metadata });
      }),
    );
  });

  it('gives the same bytes whatever the order of tensors and metadata', () => {
    fc.assert(
      fc.property(named, fc.array(fc.tuple(fc.string(), fc.string())), (entries, texts) => {
        const unique = [...new Map(texts)];
        const file = writeSafetensors(new Map(entries), Object.fromEntries(unique));
        const turned = writeSafetensors(
          new Map(entries.toReversed()),
          Object.fromEntries(unique.toReversed()),
        );
        expect(turned).toEqual(file);
      }),
    );
  });

  it('aligns the values: the largest elements first, the header a multiple of 8 bytes', () => {
    const file = writeSafetensors(
      new Map<string, ArrayData>([
        ['a', { dtype: 'uint8', shape: [1], data: Uint8Array.of(1) }],
        ['b', { dtype: 'float64', shape: [1], data: Float64Array.of(1) }],
      ]),
    );
    expect(Number(new DataView(file.buffer).getBigUint64(0, true)) % 8).toBe(0);
    expect([...readSafetensors(file).tensors.keys()]).toEqual(['b', 'a']);
  });

  it('refuses a tensor called __metadata__', () => {
    const array: ArrayData = { dtype: 'uint8', shape: [0], data: new Uint8Array(0) };
    expect(() => writeSafetensors(new Map([['__metadata__', array]]))).toThrow(RangeError);
  });
});
