import { describe, expect, it } from 'vitest';
import { fittingTable, textTable, wrapped } from '../src/text-table.js';

const table = {
  columns: ['model', 'accuracy', 'units'],
  rows: [
    ['kh', '0.9', 12],
    ['shlp', '0.95', null],
  ],
};

describe('textTable', () => {
  it('sets the first column to the left and the others to the right; a missing value is a dash', () => {
    expect(textTable(table).split('\n')).toEqual([
      'model  accuracy  units',
      '──────────────────────',
      'kh          0.9     12',
      'shlp       0.95      –',
    ]);
  });

  it('sets named columns to the left', () => {
    expect(
      textTable(table, { left: ['accuracy'] })
        .split('\n')
        .at(-1),
    ).toBe('shlp   0.95          –');
  });
});

describe('fittingTable', () => {
  it('leaves a table that fits as it is', () => {
    expect(fittingTable(table, 22)).toBe(textTable(table));
  });

  it('turns a table that does not fit by its diagonal', () => {
    expect(fittingTable(table, 21).split('\n')).toEqual([
      'model      kh  shlp',
      '───────────────────',
      'accuracy  0.9  0.95',
      'units      12     –',
    ]);
  });

  it('leaves a table that turning makes no narrower', () => {
    const long = { columns: ['model', 'units'], rows: [1, 2, 3, 4].map((units) => [`kh ${units}`, units]) };
    expect(fittingTable(long, 5)).toBe(textTable(long));
  });
});

describe('wrapped', () => {
  it('breaks at spaces and keeps longer words whole', () => {
    expect(wrapped('put it into /a/long/path/of/yours or not', 12).split('\n')).toEqual([
      'put it into',
      '/a/long/path/of/yours',
      'or not',
    ]);
  });
});
