import { csv } from '@hebblab/report';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('csv', () => {
  it('ends every record with CRLF and quotes only what needs quotes', () => {
    const text = csv({
      columns: ['model', 'note'],
      rows: [
        ['KH', 'plain'],
        ['a, b', 'say "yes"\nor no'],
      ],
    });
    expect(text).toBe('model,note\r\nKH,plain\r\n"a, b","say ""yes""\nor no"\r\n');
  });

  it('writes numbers so that they are read back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const field = csv({ columns: ['value'], rows: [[value]] }).split('\r\n')[1];
        expect(Number(field) + 0).toBe(value + 0);
      }),
    );
  });

  it('writes missing values as empty fields and truth values as words', () => {
    expect(csv({ columns: ['a', 'b'], rows: [[null, true]] })).toBe('a,b\r\n,true\r\n');
  });

  it('is read back by the rules of RFC 4180 whatever the texts are', () => {
    const cells = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cells, cells)), (rows) => {
        expect(readCsv(csv({ columns: ['a', 'b'], rows }))).toEqual([['a', 'b'], ...rows]);
      }),
    );
  });

  it.each([
    [[[1]], 'csv: expected 2 cells in row 0, got 1'],
    [[[1, Number.NaN]], 'csv: expected finite numbers in column b (null where missing), got NaN in row 0'],
  ])('refuses %j', (rows, message) => {
    expect(() => csv({ columns: ['a', 'b'], rows })).toThrow(new Error(message));
  });
});

function readCsv(text: string): string[][] {
  const fields = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy;
  const records: string[][] = [[]];
  for (const [, field = '', end] of text.matchAll(fields)) {
    records.at(-1)?.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}
